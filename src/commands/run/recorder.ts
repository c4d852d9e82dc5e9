import type {Config} from '../../config/types.js';
import type {ScenarioResult} from '../../judge/types.js';
import type {LeaklineEvent, RunSummary} from '../../report/events.js';
import type {Reporters} from '../../report/multiplexer.js';
import {
  durationKey,
  openRunLog,
  type RunIdentity,
  type RunLog,
  writeDurations,
} from '../../report/run-log.js';
import type {Problem} from '../../util/problem.js';
import {fail, ok, type Result} from '../../util/result.js';
import {EXIT, exitCodeOf} from '../exit-code.js';
import {skipped, unmeasured} from './execute.js';
import type {Prepared} from './prepare.js';
import type {Target} from './target.js';

/** The log of a new run, opened before anything is built. */
export function openLog({stateDirectory}: Config, identity: RunIdentity): Result<RunLog, Problem> {
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
export interface Recorder {
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

export function createRecorder(
  config: Config,
  identity: RunIdentity,
  log: RunLog,
  reporters: Reporters,
): Recorder {
  let total = 0;
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
    total = targets.length + prepared.unprepared.length + prepared.skipped.length;
    try {
      log.plan(total);
    } catch {
      // The first result that cannot be written is told.
    }
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
      total,
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
