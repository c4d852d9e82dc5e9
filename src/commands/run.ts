import pLimit from 'p-limit';
import {loadConfig} from '../config/load.js';
import type {Config, ConfigFlags} from '../config/types.js';
import {isFailing} from '../judge/status.js';
import type {UpdateMode} from '../judge/update-mode.js';
import {defaultCacheRoot} from '../python/cache.js';
import {findCompiler} from '../python/compiler.js';
import {loadRecipe, recipeFolders} from '../python/recipe-file.js';
import type {ReportIo} from '../report/io.js';
import {defaultReporters, openReporters} from '../report/registry.js';
import {durationKey, type RunIdentity, readDurations, readLastRun} from '../report/run-log.js';
import type {RunContext} from '../run/job.js';
import {loadScenarios} from '../scenario/load.js';
import {problemsUnder, type Selection, selectScenarios} from '../scenario/select.js';
import {packageVersion} from '../util/package-root.js';
import {formatValgrindVersion} from '../valgrind/version.js';
import {EXIT} from './exit-code.js';
import {refusing} from './refusing.js';
import {execute} from './run/execute.js';
import {createFloors} from './run/floor.js';
import {nothingToRun} from './run/nothing-to-run.js';
import {prepare} from './run/prepare.js';
import {createRecorder, openLog, type Recorder} from './run/recorder.js';
import {openResultCache} from './run/result-cache.js';
import {createRunner} from './run/servers.js';
import {askValgrind, openSession, type Session} from './run/session.js';
import {suppressionProblems} from './run/suppressions.js';
import type {Target} from './run/target.js';
import {baselineStore} from './store.js';

export interface RunOptions {
  readonly cwd: string;
  readonly flags: ConfigFlags;
  readonly selection: Omit<Selection, 'lastFailed' | 'weights'>;
  readonly lastFailed: boolean;
  /** Undefined: `missing` on a terminal, `none` elsewhere. */
  readonly update?: UpdateMode;
  /** Reporters as they were typed; none means the default ones. */
  readonly reporters: readonly string[];
  readonly cache: boolean;
  readonly failFast: boolean;
  /** Only say what would run. */
  readonly list: boolean;
}

/** `leakline run`: the nightly job. Gives the exit code. */
export async function run(options: RunOptions, io: ReportIo, signal: AbortSignal): Promise<number> {
  const refuse = refusing(io);
  const valgrind = askValgrind();
  // The answer is for prepare(), and comes while the scenarios are read.
  void findCompiler();
  const loadedConfig = loadConfig(options.cwd, options.flags);
  if (!loadedConfig.ok) return refuse(loadedConfig.error);
  const config = loadedConfig.value;
  const loaded = loadScenarios(config);
  const durations = readDurations(config.stateDirectory);
  const selected = selectScenarios(
    {cwd: options.cwd, ...loaded},
    {...options.selection, ...(options.lastFailed ? {lastFailed: failedLately(config)} : {})},
  );
  const problems = problemsUnder(loaded, options.selection.paths ?? [], options.cwd);
  if (!selected.ok) return refuse([...problems, ...selected.error]);
  const scenarios = selected.value;
  if (options.list) {
    for (const {id} of scenarios) io.stdout.write(`${id}\n`);
    return problems.length > 0 ? refuse(problems) : EXIT.ok;
  }
  if (scenarios.length === 0 && loaded.broken.length === 0) {
    const nothing = nothingToRun(config, loaded, options.selection, options.lastFailed);
    if (!nothing.ok) return refuse(nothing.error);
    io.stderr.write(`${nothing.value}\n`);
    return EXIT.ok;
  }
  const wrongRules = config.suppressions.flatMap((file) => suppressionProblems(file, config.cwd));
  if (wrongRules.length > 0) return refuse(wrongRules);
  const wrongBuilds = (config.onlyBuilds ?? []).flatMap((name) => {
    const recipe = loadRecipe(name, recipeFolders(config.pythonBuild));
    return recipe.ok ? [] : recipe.error;
  });
  if (wrongBuilds.length > 0) return refuse(wrongBuilds);
  const stop = new AbortController();
  const session = await openSession(valgrind, config.jobs, AbortSignal.any([signal, stop.signal]));
  if (!session.ok) return refuse([session.error]);
  try {
    const identity = identityOf(config, session.value.context);
    const log = openLog(config, identity);
    if (!log.ok) return refuse([log.error]);
    // A reporter that writes to a file leaves the terminal to the report for people.
    const isForFiles = options.reporters.every((name) => name.includes('='));
    const names = [...(isForFiles ? defaultReporters(io.env) : []), ...options.reporters];
    const reporters = openReporters(names, io);
    if (!reporters.ok) return refuse(reporters.error);

    const recorder = createRecorder(config, identity, log.value, reporters.value);
    try {
      for (const problem of problems) recorder.addProblem(problem);
      const prepared = await prepare(config, scenarios, {
        signal: session.value.context.signal,
        onEvent: recorder.emit,
      });
      const targets = longestFirst(prepared.targets, durations);
      recorder.start(prepared, targets, durations);
      await runTargets(targets, {config, session: session.value, options, io, recorder, stop});
    } catch (error) {
      await reporters.value.close();
      throw error;
    }
    return await recorder.finish(signal.aborted);
  } finally {
    await session.value.close();
  }
}

const identityOf = ({jobs}: Config, {valgrindVersion}: RunContext): RunIdentity => ({
  leaklineVersion: packageVersion,
  valgrindVersion: formatValgrindVersion(valgrindVersion),
  jobs,
  startedAt: new Date().toISOString(),
});

interface Running {
  readonly config: Config;
  readonly session: Session;
  readonly options: RunOptions;
  readonly io: ReportIo;
  readonly recorder: Recorder;
  readonly stop: AbortController;
}

/** Runs the targets, as many at a time as there are jobs. */
async function runTargets(targets: readonly Target[], running: Running): Promise<void> {
  const {config, session, options, io, recorder, stop} = running;
  const {context} = session;
  const runner = createRunner(targets, context);
  const execution = {
    store: baselineStore(config),
    runner,
    floorOf: createFloors(defaultCacheRoot(), context),
    cache: options.cache ? openResultCache(config.stateDirectory, packageVersion, context) : undefined,
    update: options.update ?? defaultUpdate(io),
  };
  // One more than may run at a time: what a scenario left is read and judged while the next one runs.
  // Whoever wants to stop at the first failure wants to know it before that.
  const limit = pLimit(options.failFast ? config.jobs : config.jobs + 1);
  const runTarget = async (target: Target) => {
    if (context.signal.aborted) return;
    recorder.emit({type: 'scenario-started', scenario: target.job.scenario.id, build: target.build});
    const {result, updated, problems} = await execute(target, execution);
    await runner.release(target);
    // A run that is being stopped kills its scenarios: what they say then is no result.
    if (context.signal.aborted && isFailing(result.status)) return;
    for (const problem of problems) recorder.addProblem(problem);
    recorder.addResult(result, updated);
    if (options.failFast && isFailing(result.status)) stop.abort();
  };
  try {
    await Promise.all(targets.map((target) => limit(() => runTarget(target))));
  } finally {
    await runner.close();
  }
}

/** In CI nothing is written unless it was asked for. */
const defaultUpdate = ({stdout, env}: ReportIo): UpdateMode =>
  stdout.isTTY === true && !env.CI ? 'missing' : 'none';

function failedLately({stateDirectory}: Config): ReadonlySet<string> {
  const results = readLastRun(stateDirectory)?.results ?? [];
  return new Set(results.filter(({status}) => isFailing(status)).map(({scenario}) => scenario));
}

/** The longest first, so that none starts last and is waited for; unknown ones count as long. */
function longestFirst(
  targets: readonly Target[],
  durations: Readonly<Record<string, number>>,
): readonly Target[] {
  const durationOf = ({job, build}: Target) =>
    durations[durationKey(job.scenario.id, build)] ?? Number.POSITIVE_INFINITY;
  return targets.toSorted((a, b) => {
    const [ofA, ofB] = [durationOf(a), durationOf(b)];
    return ofA === ofB ? 0 : ofB - ofA;
  });
}
