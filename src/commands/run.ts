import pLimit from 'p-limit';
import {loadConfig} from '../config/load.js';
import type {Config, ConfigFlags} from '../config/types.js';
import {isFailing} from '../judge/status.js';
import type {ScenarioResult} from '../judge/types.js';
import type {UpdateMode} from '../judge/update-mode.js';
import {defaultCacheRoot} from '../python/cache.js';
import type {LeaklineEvent, RunSummary} from '../report/events.js';
import type {ReportIo} from '../report/io.js';
import type {Reporters} from '../report/multiplexer.js';
import {defaultReporters, openReporters} from '../report/registry.js';
import {
  durationKey,
  openRunLog,
  type RunIdentity,
  type RunLog,
  readDurations,
  readLastRun,
  writeDurations,
} from '../report/run-log.js';
import type {RunContext} from '../run/job.js';
import {loadScenarios} from '../scenario/load.js';
import {type Selection, selectScenarios} from '../scenario/select.js';
import {packageVersion} from '../util/package-root.js';
import {formatProblem, type Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {formatValgrindVersion} from '../valgrind/version.js';
import {EXIT, exitCodeOf} from './exit-code.js';
import {execute, skipped, unmeasured} from './run/execute.js';
import {createFloors} from './run/floor.js';
import {type Prepared, prepare} from './run/prepare.js';
import {openResultCache} from './run/result-cache.js';
import {createRunner} from './run/servers.js';
import {openSession, type Session} from './run/session.js';
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
  const refuse = (problems: readonly Problem[]) => {
    for (const problem of problems) io.stderr.write(`${formatProblem(problem)}\n`);
    return EXIT.usage;
  };
  const loadedConfig = loadConfig(options.cwd, options.flags);
  if (!loadedConfig.ok) return refuse(loadedConfig.error);
  const config = loadedConfig.value;
  const loaded = loadScenarios(config);
  const durations = readDurations(config.stateDirectory);
  const selected = selectScenarios(
    {cwd: options.cwd, ...loaded},
    {...options.selection, ...(options.lastFailed ? {lastFailed: failedLately(config)} : {})},
  );
  if (!selected.ok) return refuse([...loaded.problems, ...selected.error]);
  const scenarios = selected.value;
  if (options.list) {
    for (const {id} of scenarios) io.stdout.write(`${id}\n`);
    return loaded.problems.length > 0 ? refuse(loaded.problems) : EXIT.ok;
  }
  if (scenarios.length === 0 && loaded.problems.length === 0) {
    return refuse([
      {message: `No scenario to run in ${config.scenarios}`, next: 'leakline scenario new NAME'},
    ]);
  }
  const stop = new AbortController();
  const session = await openSession(AbortSignal.any([signal, stop.signal]));
  if (!session.ok) return refuse([session.error]);
  try {
    const identity = identityOf(config, session.value.context);
    const log = openLog(config, identity);
    if (!log.ok) return refuse([log.error]);
    const names = options.reporters.length > 0 ? options.reporters : defaultReporters(io.env);
    const reporters = openReporters(names, io);
    if (!reporters.ok) return refuse(reporters.error);

    const recorder = createRecorder(config, identity, log.value, reporters.value);
    try {
      for (const problem of loaded.problems) recorder.addProblem(problem);
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
  const limit = pLimit(config.jobs);
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

function openLog({stateDirectory}: Config, identity: RunIdentity): Result<RunLog, Problem> {
  try {
    return ok(openRunLog(stateDirectory, identity));
  } catch (error) {
    return fail({
      file: stateDirectory,
      message: `results cannot be written: ${(error as Error).message}`,
      next: 'make the folder writable, or free some space',
    });
  }
}

/** Keeps what happened, on disk and for the reporters. */
interface Recorder {
  readonly emit: (event: LeaklineEvent) => void;
  readonly addProblem: (problem: Problem) => void;
  readonly addResult: (result: ScenarioResult, updatedBaseline?: string) => void;
  readonly start: (
    prepared: Prepared,
    targets: readonly Target[],
    durations: Readonly<Record<string, number>>,
  ) => void;
  readonly finish: (isInterrupted: boolean) => Promise<number>;
}

function createRecorder(config: Config, identity: RunIdentity, log: RunLog, reporters: Reporters): Recorder {
  const results: ScenarioResult[] = [];
  const problems: Problem[] = [];
  const updatedBaselines: string[] = [];
  const startedAtMs = performance.now();
  const emit = reporters.onEvent;
  const addProblem = (problem: Problem) => {
    problems.push(problem);
    emit({type: 'problem', problem});
  };
  const addResult = (result: ScenarioResult, updated?: string) => {
    try {
      log.append(result);
    } catch (error) {
      addProblem({
        message: `The result of ${result.scenario} cannot be written: ${(error as Error).message}`,
      });
    }
    results.push(result);
    if (updated !== undefined) updatedBaselines.push(updated);
    emit({type: 'scenario-finished', result});
  };
  const start: Recorder['start'] = (prepared, targets, durations) => {
    for (const problem of prepared.problems) addProblem(problem);
    const expected = targets.flatMap(({job, build}) => {
      const durationMs = durations[durationKey(job.scenario.id, build)];
      return durationMs === undefined ? [] : [{scenario: job.scenario.id, build, durationMs}];
    });
    const total = targets.length + prepared.unprepared.length + prepared.skipped.length;
    const builds = [...new Set(targets.map(({build}) => build))];
    emit({type: 'run-started', ...identity, total, builds, expected});
    for (const {scenario, build, why} of prepared.skipped) addResult(skipped(scenario, build, why));
    for (const {scenario, build, problem} of prepared.unprepared) {
      addResult(unmeasured(scenario, build, [problem]));
    }
  };
  const finish = async (isInterrupted: boolean) => {
    try {
      writeDurations(config.stateDirectory, results);
    } catch {
      // Only the order of the next run suffers.
    }
    const summary: RunSummary = {
      ...identity,
      durationMs: performance.now() - startedAtMs,
      results,
      problems,
      interrupted: isInterrupted,
      updatedBaselines,
      exitCode: exitCodeOf(results, problems.length, isInterrupted),
    };
    try {
      log.finish(summary);
    } catch {
      // Its results are there, without the end it counts as interrupted.
    }
    emit({type: 'run-finished', summary});
    const failedReporters = await reporters.close();
    return failedReporters.length > 0 && summary.exitCode !== EXIT.interrupted
      ? EXIT.usage
      : summary.exitCode;
  };
  return {emit, addProblem, addResult, start, finish};
}
