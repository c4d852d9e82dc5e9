import {existsSync, rmSync} from 'node:fs';
import path from 'node:path';
import {loadConfig} from '../config/load.js';
import type {Config, ConfigFlags} from '../config/types.js';
import {updateBaseline} from '../judge/baseline.js';
import {printBaseline} from '../judge/baseline-text.js';
import {type BaselineStore, baselineFile, INTERPRETER, listBaselines, readBaseline} from '../judge/store.js';
import type {Change, ScenarioResult} from '../judge/types.js';
import {acceptInterpreterLeaks, isUpdated, updateBaselines} from '../judge/update.js';
import type {UpdateMode} from '../judge/update-mode.js';
import {recipeFolders, recipeNames} from '../python/recipe-file.js';
import {readLastRun} from '../report/run-log.js';
import {headline} from '../report/text/headline.js';
import {quantity} from '../report/text/numbers.js';
import {buildsOf} from '../scenario/builds.js';
import {loadScenarios} from '../scenario/load.js';
import {withLock} from '../util/lock.js';
import {formatProblem, type Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {buildVersions} from './build-versions.js';
import {EXIT} from './exit-code.js';
import {baselineStore} from './store.js';

type Print = (line: string) => void;

export interface BaselineOptions {
  readonly cwd: string;
  readonly flags: ConfigFlags;
  /** Ids or folders of ids; all without any. */
  readonly paths: readonly string[];
}

/** `leakline baseline diff`: what `update` would change, after the last run. 1 when there is something. */
export function baselineDiff(options: BaselineOptions, print: Print): number {
  const last = lastResults(options);
  if (!last.ok) return refuse(last.error, print);
  const {config, results} = last.value;
  const store = baselineStore(config);
  const changed = results.filter((result) => isUpdated(result, 'changed') && !isStored(result, store));
  for (const result of changed) {
    print(baselineFile(store, result.scenario, result.build));
    for (const change of result.changes) {
      if (change.verdict !== 'known') print(`  ${sign(change.verdict)} ${headline(result, change)}`);
    }
  }
  print(changed.length === 0 ? upToDate(results) : `${changed.length} to update: leakline baseline update`);
  return changed.length === 0 ? EXIT.ok : EXIT.regressed;
}

/** `leakline baseline update`: accepts what the last run found, without running again. */
export async function baselineUpdate(
  options: BaselineOptions & {readonly mode: UpdateMode; readonly interpreter: boolean},
  print: Print,
): Promise<number> {
  const last = lastResults(options);
  if (!last.ok) return refuse(last.error, print);
  const {config, results} = last.value;
  const store = baselineStore(config);
  const {files, problems} = options.interpreter
    ? await acceptInterpreterLeaks(store, results)
    : await updateBaselines(store, results, options.mode);
  // One that expects nothing any more is removed.
  for (const file of files)
    print(`${existsSync(path.join(store.root, file)) ? 'updated' : 'removed'} ${file}`);
  if (problems.length > 0) return refuse(problems, print);
  if (files.length === 0) print(upToDate(results));
  return EXIT.ok;
}

/** `leakline baseline prune`: removes baselines of scenarios that are gone, and of builds that are gone or on which the scenario runs no more. */
export async function baselinePrune(options: BaselineOptions, print: Print): Promise<number> {
  const loadedConfig = loadConfig(options.cwd, options.flags);
  if (!loadedConfig.ok) return refuse(loadedConfig.error, print);
  const config = loadedConfig.value;
  const store = baselineStore(config);
  const {scenarios, broken, problems} = loadScenarios(config);
  // Not only the configured builds: a matrix may choose others with --build.
  const recipes = recipeNames(recipeFolders(config.pythonBuild));
  const builds = [...new Set([...config.builds, ...recipes])];
  const versionOf = await buildVersions({...config, builds}, scenarios);
  const kept = new Set(
    scenarios.flatMap((scenario) => {
      const chosen = buildsOf({builds}, scenario, versionOf);
      return chosen.builds.map((build) => `${scenario.id} ${build}`);
    }),
  );
  // A file that cannot be read now may have cases: its baselines are not those of a deleted scenario.
  const isBroken = (scenario: string) =>
    broken.some(({id}) => scenario === id || scenario.startsWith(`${id}@`));
  const gone = listBaselines(store).filter(
    ({scenario, build}) => !kept.has(`${scenario} ${build}`) && !isBroken(scenario),
  );
  await withLock(store.lock, async () => {
    for (const {scenario, build} of gone) {
      const file = baselineFile(store, scenario, build);
      rmSync(path.join(store.root, file));
      print(`removed ${file}`);
    }
  });
  if (gone.length === 0) print('Every baseline belongs to a scenario.');
  return problems.length > 0 ? refuse(problems, print) : EXIT.ok;
}

function upToDate(results: readonly ScenarioResult[]): string {
  const failed = results.filter(({failure}) => failure !== undefined).length;
  const without = failed === 0 ? '' : ` ${quantity(failed, 'scenario')} gave no result: leakline report`;
  return `Every baseline says what the last run found.${without}`;
}

/** Whether an update would change nothing any more, since the result was accepted after the run. */
function isStored({scenario, build, mode, changes}: ScenarioResult, store: BaselineStore): boolean {
  const stored = readBaseline(store, scenario, build);
  if (!stored.ok) return false;
  const before = stored.value ?? (mode === 'growth' ? {mode, entries: []} : undefined);
  const after = updateBaseline(mode, changes, stored.value, false);
  return (
    before !== undefined && printBaseline(before, scenario, build) === printBaseline(after, scenario, build)
  );
}

/** The result without what its build's own baseline knows by now. */
function withoutInterpreterLeaks(result: ScenarioResult, store: BaselineStore): ScenarioResult {
  const stored = readBaseline(store, INTERPRETER, result.build);
  const known = new Set(stored.ok ? stored.value?.entries.map(({id}) => id) : []);
  const isKnown = (change: Change) =>
    change.verdict === 'new' &&
    change.now.type === 'leak' &&
    change.now.interpreterId !== undefined &&
    known.has(change.now.interpreterId);
  return {...result, changes: result.changes.filter((change) => !isKnown(change))};
}

const sign = (verdict: 'new' | 'grown' | 'shrunk' | 'fixed') =>
  ({new: '+', grown: '>', shrunk: '<', fixed: '-'})[verdict];

function lastResults({
  cwd,
  flags,
  paths,
}: BaselineOptions): Result<
  {readonly config: Config; readonly results: readonly ScenarioResult[]},
  readonly Problem[]
> {
  const config = loadConfig(cwd, flags);
  if (!config.ok) return config;
  const run = readLastRun(config.value.stateDirectory);
  if (run === undefined) return fail([{message: 'There is no run to work from', next: 'leakline run'}]);
  const isChosen = ({scenario}: ScenarioResult) =>
    paths.length === 0 ||
    paths.some(
      (chosen) =>
        scenario === chosen ||
        scenario.startsWith(`${chosen.replace(/\/$/, '')}/`) ||
        scenario.startsWith(`${chosen}@`),
    );
  const results = run.results.filter(isChosen);
  if (results.length === 0) {
    return fail([
      {message: `The last run has no result of ${paths.join(', ')}`, next: `leakline run ${paths.join(' ')}`},
    ]);
  }
  const store = baselineStore(config.value);
  return ok({config: config.value, results: results.map((result) => withoutInterpreterLeaks(result, store))});
}

function refuse(problems: readonly Problem[], print: Print): number {
  for (const problem of problems) print(formatProblem(problem));
  return EXIT.usage;
}
