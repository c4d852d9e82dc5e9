import {entryOf} from '../../judge/baseline.js';
import {type BaselineStore, baselineFile, INTERPRETER, readBaseline} from '../../judge/store.js';
import type {Baseline, Change, ScenarioResult} from '../../judge/types.js';
import {updateBaselines} from '../../judge/update.js';
import type {UpdateMode} from '../../judge/update-mode.js';
import type {Scenario} from '../../scenario/types.js';
import {formatProblem, type Problem} from '../../util/problem.js';
import {fail, ok, type Result} from '../../util/result.js';
import type {Floor} from './floor.js';
import {type Judging, measure, resultHead} from './measure.js';
import type {ResultCache} from './result-cache.js';
import type {Runner} from './servers.js';
import type {Target} from './target.js';

/** What carries one target from its baseline to its result. */
export interface Execution {
  readonly store: BaselineStore;
  readonly runner: Runner;
  readonly floorOf: (target: Target) => Promise<Floor>;
  /** Undefined when every scenario is to be run. */
  readonly cache: ResultCache | undefined;
  readonly update: UpdateMode;
  /** See {@link Judging.confirmAtOnce}. */
  readonly confirmAtOnce?: boolean;
}

export interface Executed {
  readonly result: ScenarioResult;
  /** The baseline file that was written. */
  readonly updated?: string;
  readonly problems: readonly Problem[];
}

/** Runs and judges one target, and updates its baseline when that is asked for. */
export async function execute(target: Target, execution: Execution): Promise<Executed> {
  const {store, runner, floorOf, cache, update} = execution;
  const {build} = target;
  const {id, work} = target.job.scenario;
  const baseline = readBaselines(store, id, build, work.mode);
  const refuse = (problems: readonly Problem[]) => ({
    result: unmeasured(target.job.scenario, build, problems),
    problems,
  });
  if (!baseline.ok) return refuse(baseline.error);
  const {own, interpreter} = baseline.value;
  const entries = own?.entries ?? [];
  const cached = cache?.find(target, [...entries, ...interpreter]);
  // Without a baseline, an exit scenario that leaves nothing has not passed.
  if (cached?.hadBaseline === (own !== undefined)) return {result: cached, problems: []};

  const floor = await floorOf(target);
  if (!floor.ok) return refuse([floor.error]);
  const judging: Judging = {
    target,
    expectation: {entries, interpreter},
    hadBaseline: own !== undefined,
    floor: floor.value,
    confirmAtOnce: execution.confirmAtOnce ?? false,
  };
  const result = await measure(judging, runner.runJob);
  cache?.keep(target, [...entries, ...interpreter], result);
  const {accepted, files, problems} = await updateBaselines(store, [result], update);
  const [updated] = files;
  return {
    result: accepted.has(result)
      ? {
          ...result,
          status: 'passed',
          changes: result.changes.flatMap((change) => knownFromNowOn(change, result.mode)),
          notes: [...result.notes, 'baseline updated'],
        }
      : result,
    ...(updated === undefined ? {} : {updated}),
    problems,
  };
}

/** A change that was accepted: the baseline says so now. */
function knownFromNowOn(change: Change, mode: Baseline['mode']): readonly Change[] {
  if (change.verdict === 'fixed') return [];
  return [{verdict: 'known', now: change.now, before: entryOf(change.now, mode)}];
}

/** The result of something that could not be run for a reason outside the scenario's code. */
export function unmeasured(scenario: Scenario, build: string, problems: readonly Problem[]): ScenarioResult {
  const [problem] = problems;
  return {
    ...resultHead(scenario, build),
    status: 'failed',
    durationMs: 0,
    hadBaseline: false,
    changes: [],
    suppressions: [],
    failure: {
      reason: 'environment',
      message: problem?.message ?? 'could not be prepared',
      output: problems.map(formatProblem).join('\n'),
    },
    notes: [],
  };
}

/** The result of something that does not run on the build, and `why`: it `runs on >=3.11 only`. */
export function skipped(scenario: Scenario, build: string, why: string): ScenarioResult {
  return {
    ...resultHead(scenario, build),
    status: 'skipped',
    durationMs: 0,
    hadBaseline: false,
    changes: [],
    suppressions: [],
    notes: [why],
  };
}

/**
 * The baseline of a scenario on a build, and the entries of the build's own.
 *
 * @param mode that of the scenario: amounts of the other mode are no expectation
 */
export function readBaselines(
  store: BaselineStore,
  scenario: string,
  build: string,
  mode?: Baseline['mode'],
): Result<
  {readonly own: Baseline | undefined; readonly interpreter: Baseline['entries']},
  readonly Problem[]
> {
  const own = readBaseline(store, scenario, build);
  if (!own.ok) return own;
  if (own.value !== undefined && mode !== undefined && own.value.mode !== mode) {
    return fail([
      {
        file: baselineFile(store, scenario, build),
        message: `is of ${own.value.mode} mode, and ${scenario} is of ${mode} mode now`,
        next: `remove the file, then: leakline run ${scenario} --update changed`,
      },
    ]);
  }
  const interpreter = readBaseline(store, INTERPRETER, build);
  if (!interpreter.ok) return interpreter;
  return ok({own: own.value, interpreter: interpreter.value?.entries ?? []});
}
