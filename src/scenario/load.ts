import {NAME_PATTERN, NAME_RULE} from '../config/schema.js';
import type {Config} from '../config/types.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {readYamlDocument, type YamlDocument} from '../util/yaml-document.js';
import {readCases} from './cases.js';
import {expandCase} from './expand.js';
import {readNamedFiles} from './files.js';
import {runKey} from './keys.js';
import {type ScenarioFile, scenarioSchema} from './schema.js';
import {readSections} from './section.js';
import type {Scenario} from './types.js';
import {findScenarioFiles, type ScenarioPlace} from './walk.js';

export interface LoadedScenarios {
  /** Sorted by file, cases in the order of their file. */
  readonly scenarios: readonly Scenario[];
  readonly problems: readonly Problem[];
  /** Files that exist and could not be used: their baselines are not those of a deleted scenario. */
  readonly broken: readonly ScenarioPlace[];
}

/** Longest part of a scenario's path, so that baselines and their temporary files still have names. */
const MAX_NAME = 100;

/** Reads all scenarios of the project. A file with a problem does not stop the others. */
export function loadScenarios(config: Config): LoadedScenarios {
  const found = findScenarioFiles(config);
  const scenarios: Scenario[] = [];
  const problems: Problem[] = [...found.problems];
  const broken: ScenarioPlace[] = [];
  const taken = new Map<string, Scenario>();
  for (const place of found.places) {
    const loaded = loadFile(place, config);
    const clash = loaded.ok
      ? loaded.value.flatMap((scenario) => clashProblem(scenario, taken))
      : loaded.error;
    if (loaded.ok && clash.length === 0) {
      scenarios.push(...loaded.value);
    } else {
      broken.push(place);
      problems.push(...clash);
    }
  }
  return {scenarios, problems, broken};
}

function loadFile(place: ScenarioPlace, config: Config): Result<readonly Scenario[], readonly Problem[]> {
  const wrong = place.id.split('/').find((name) => !NAME_PATTERN.test(name) || name.length > MAX_NAME);
  if (wrong !== undefined) {
    const rule = wrong.length > MAX_NAME ? `must be at most ${MAX_NAME} characters long` : NAME_RULE;
    return fail([{file: place.shownAs, message: `${JSON.stringify(wrong)} ${rule}`}]);
  }
  const document = readYamlDocument(place.file, scenarioSchema, place.shownAs);
  return document.ok ? readScenarios(document.value, place, config) : document;
}

function readScenarios(
  document: YamlDocument<ScenarioFile>,
  place: ScenarioPlace,
  config: Config,
): Result<readonly Scenario[], readonly Problem[]> {
  const run = runKey(document);
  const named = readNamedFiles(document, place.file, config);
  const texts = readSections(document);
  const expansion = readCases(document);
  const problems = [named, texts, expansion].flatMap((part) => part.problems);
  if (!run.ok) return fail(inFileOrder([...run.error, ...problems]));
  if (problems.length > 0) return fail(inFileOrder(problems));

  const parts = {run: run.value, value: document.value, sections: texts.sections, files: named.files};
  const expanded = expansion.cases.map((each) => expandCase(document, parts, each, place, config));
  const wrong = expanded.flatMap((result) => (result.ok ? [] : result.error));
  return wrong.length > 0
    ? fail(inFileOrder(wrong))
    : ok(expanded.flatMap((result) => (result.ok ? [result.value] : [])));
}

const inFileOrder = (problems: readonly Problem[]) =>
  problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));

/** Ids name baselines, and some file systems do not tell `A` from `a`. */
function clashProblem(scenario: Scenario, taken: Map<string, Scenario>): readonly Problem[] {
  const key = scenario.id.toLowerCase();
  const other = taken.get(key);
  if (other === undefined) {
    taken.set(key, scenario);
    return [];
  }
  const message =
    other.file === scenario.file
      ? `the cases ${other.id} and ${scenario.id} differ only in upper and lower case`
      : `has the same name as ${other.shownAs}${other.id === scenario.id ? '' : ', but for upper and lower case'}`;
  return [{file: scenario.shownAs, message}];
}
