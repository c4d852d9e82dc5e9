import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {suggestion} from '../util/suggestion.js';
import type {LoadedScenarios} from './load.js';
import {choices, type Matchable, matches} from './match.js';
import {parseShard, shardOf} from './shard.js';
import type {Scenario} from './types.js';

/** What the command line says about which scenarios are meant; all of it has to hold. */
export interface Selection {
  /** Ids, folders of ids, patterns, files or folders: any of them. */
  readonly paths?: readonly string[];
  /** A regular expression, looked for in id and description, upper and lower case alike. */
  readonly grep?: string;
  /** Tags: one of them, and none of those written with `!` before them. */
  readonly tags?: readonly string[];
  /** Ids that failed in the last run. */
  readonly lastFailed?: ReadonlySet<string>;
  /** `1/4`, applied after everything else. */
  readonly shard?: string;
  /** Effort by id, so that shards take equally long; see {@link shardOf}. */
  readonly weights?: ReadonlyMap<string, number>;
}

/** What a selection is made from. */
export interface SelectionSource {
  /** Folder that paths on the command line are relative to. */
  readonly cwd: string;
  readonly scenarios: readonly Scenario[];
  /** Scenario files that could not be read: to name one of them is no mistake. */
  readonly broken?: readonly Matchable[];
}

/**
 * The chosen scenarios in the order of `scenarios`. A path, a tag or an expression that chooses
 * nothing at all is a problem; that nothing is left when all of them hold is none.
 */
export function selectScenarios(
  {cwd, scenarios, broken = []}: SelectionSource,
  selection: Selection,
): Result<readonly Scenario[], readonly Problem[]> {
  const {paths = [], tags = [], lastFailed, weights} = selection;
  const grep = selection.grep === undefined ? ok(undefined) : parseGrep(selection.grep);
  const shard = selection.shard === undefined ? ok(undefined) : parseShard(selection.shard);
  const problems = [
    ...pathProblems(paths, [...scenarios, ...broken], cwd),
    ...tagProblems(tags, scenarios),
    ...[grep, shard].flatMap((result) => (result.ok ? [] : [result.error])),
  ];
  if (problems.length > 0 || !grep.ok || !shard.ok) return fail(problems);
  const expression = grep.value;
  const found = (scenario: Scenario) => expression === undefined || isFound(scenario, expression);
  if (scenarios.length > 0 && !scenarios.some(found)) {
    return fail([{message: `--grep ${selection.grep}: no scenario's id or description fits it`}]);
  }

  const selected = scenarios.filter(
    (scenario) =>
      (paths.length === 0 || paths.some((typed) => matches(scenario, typed, cwd))) &&
      found(scenario) &&
      hasTags(scenario, tags) &&
      (lastFailed === undefined || lastFailed.has(scenario.id)),
  );
  return ok(shard.value === undefined ? selected : shardOf(selected, shard.value, weights));
}

/** The problems of the files that `paths` name; those of no scenario file belong to every choice. */
export function problemsUnder(
  {problems, broken}: Pick<LoadedScenarios, 'problems' | 'broken'>,
  paths: readonly string[],
  cwd: string,
): readonly Problem[] {
  if (paths.length === 0) return problems;
  const others = broken.filter((place) => !paths.some((typed) => matches(place, typed, cwd)));
  return problems.filter(({file}) => !others.some(({shownAs}) => shownAs === file));
}

/** What to say of a name that is none of `ids`. */
export function unknownScenario(typed: string, ids: readonly string[]): Problem {
  const hint = suggestion(typed, choices(ids));
  return {message: `no scenario is called ${typed}${hint}`, next: 'leakline scenario list'};
}

function parseGrep(text: string): Result<RegExp, Problem> {
  try {
    return ok(new RegExp(text, 'i'));
  } catch (error) {
    return fail({message: `--grep ${text}: ${(error as Error).message}`});
  }
}

const isFound = ({id, description}: Scenario, expression: RegExp) =>
  expression.test(id) || (description !== undefined && expression.test(description));

function hasTags(scenario: Scenario, tags: readonly string[]): boolean {
  const wanted = tags.filter((tag) => !tag.startsWith('!'));
  const refused = tags.filter((tag) => tag.startsWith('!')).map((tag) => tag.slice(1));
  return (
    (wanted.length === 0 || wanted.some((tag) => scenario.tags.includes(tag))) &&
    !refused.some((tag) => scenario.tags.includes(tag))
  );
}

function pathProblems(
  paths: readonly string[],
  known: readonly Matchable[],
  cwd: string,
): readonly Problem[] {
  const unmatched = paths.filter((typed) => !known.some((each) => matches(each, typed, cwd)));
  const ids = known.map(({id}) => id);
  return unmatched.map((typed) => unknownScenario(typed, ids));
}

/** A misspelt `!slow` would run what it was meant to leave out. */
function tagProblems(tags: readonly string[], scenarios: readonly Scenario[]): readonly Problem[] {
  const known = [...new Set(scenarios.flatMap((scenario) => scenario.tags))];
  const unknown = tags.filter((tag) => !known.includes(tag.replace(/^!/, '')));
  return unknown.map((tag) => {
    const hint = suggestion(tag.replace(/^!/, ''), known);
    return {message: `--tag ${tag}: no scenario has this tag${hint}`};
  });
}
