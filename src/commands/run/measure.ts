import {addUp, childFindings} from '../../judge/children.js';
import {compare, type Expectation} from '../../judge/compare.js';
import {decide, type GrowthCase, type Measurement, unconfirmedFindings} from '../../judge/decide.js';
import {failureOf} from '../../judge/failure.js';
import {errorsOf, exitFindings, totalsOf} from '../../judge/findings.js';
import {isClean} from '../../judge/screening.js';
import {statusOf} from '../../judge/status.js';
import type {Change, ErrorFinding, Failure, Finding, ScenarioResult} from '../../judge/types.js';
import type {Job} from '../../run/job.js';
import type {ChildObservation, Observation} from '../../run/observation.js';
import type {GrowthWork, Scenario} from '../../scenario/types.js';
import {defined} from '../../util/defined.js';
import type {FloorContent} from './floor.js';
import type {Target} from './target.js';

/** Runs a job and says where it ran; `note` is why that was not where it was asked for. */
export type RunJob = (job: Job) => Promise<{readonly observation: Observation; readonly note?: string}>;

/** What the judgement of one scenario on one build needs beside its runs. */
export interface Judging {
  readonly target: Target;
  readonly expectation: Pick<Expectation, 'entries' | 'interpreter'>;
  readonly hadBaseline: boolean;
  /** Exit mode: what an empty scenario, and a child, leaves behind on the build; none for programs. */
  readonly floor: FloorContent;
  /** Growth mode: see {@link GrowthCase.confirmAtOnce}. */
  readonly confirmAtOnce?: boolean;
}

/** Result fields that the scenario and the build give. */
export function resultHead({id, shownAs, description, work}: Scenario, build: string) {
  return {
    scenario: id,
    build,
    mode: work.mode,
    file: shownAs,
    ...defined({description}),
    isolation: work.mode === 'growth' ? work.isolation : ('process' as const),
    cached: false,
  };
}

/** Runs one scenario on one build as often as its judgement needs, and judges it. */
export async function measure(judging: Judging, runJob: RunJob): Promise<ScenarioResult> {
  const {work} = judging.target.job.scenario;
  return work.mode === 'growth' ? measureGrowth(judging, work, runJob) : measureExit(judging, runJob);
}

async function measureExit(judging: Judging, runJob: RunJob): Promise<ScenarioResult> {
  const {target, floor} = judging;
  const {observation, note} = await runJob(target.job);
  const {children = []} = observation;
  const notes = [...(note === undefined ? [] : [note]), ...killedChildren(children)];
  const failure = failureOf(observation, target);
  if (failure !== undefined) return failed(judging, [observation], failure, notes);
  const findings = [
    ...addUp([
      ...exitFindings(observation, floor.atExit, target.place),
      ...childFindings(children, floor.ofChildren ?? [], target.place),
    ]),
    ...ownErrors(observation, judging),
  ];
  return {
    ...judged(judging, [observation], findings, 1, notes),
    totals: totalsOf(observation.atExit),
    ...(target.job.interpreter === undefined ? {} : {floor: totalsOf(floor.atExit)}),
  };
}

/** A word about processes of which only the memory errors are known. */
function killedChildren(children: readonly ChildObservation[]): readonly string[] {
  const count = children.filter(({wasKilled}) => wasKilled).length;
  if (count === 0) return [];
  const who = count === 1 ? '1 child process' : `${count} child processes`;
  return [`${who} did not exit, so what was left behind there is not known`];
}

async function measureGrowth(judging: Judging, work: GrowthWork, runJob: RunJob): Promise<ScenarioResult> {
  const {target} = judging;
  const growthCase: GrowthCase = {
    ...target.place,
    iterations: work.iterations,
    checkpoints: work.checkpoints,
    confirmAtOnce: judging.confirmAtOnce ?? false,
    tolerance: work.tolerance,
    expectation: judging.expectation,
  };
  const measurements: Measurement[] = [];
  const notes: string[] = [];
  const completion = {...target, checkpoints: work.checkpoints};
  const screenings: Observation[] = [];
  for (;;) {
    const decision = decide(measurements, growthCase);
    const observations = [...screenings, ...measurements.map(({observation}) => observation)];
    if (decision.type === 'decided') {
      const findings = [...decision.findings, ...firstErrors(measurements, judging)];
      notes.push(...decision.notes, ...lateErrors(measurements, judging));
      return {
        ...judged(judging, observations, findings, decision.totalIterations, notes),
        ...defined({iterations: measurements.at(-1)?.iterations}),
      };
    }
    if (measurements.length > 0)
      notes.push(`measured again over ${decision.iterations} iterations: ${decision.because}`);
    const isScreening = observations.length === 0 && canBeScreened(judging, work);
    const {observation, note} = await runJob({
      ...jobFor(target.job, work, decision.iterations),
      checks: isScreening ? 'ends' : 'all',
    });
    if (note !== undefined && !notes.includes(note)) notes.push(note);
    const failure = failureOf(observation, completion);
    const last = measurements.at(-1);
    if (failure !== undefined && last === undefined)
      return failed(judging, [...observations, observation], failure, notes);
    if (failure !== undefined && last !== undefined) {
      notes.push(`could not be confirmed: ${failure.message}`);
      const findings = [...unconfirmedFindings(last, growthCase), ...firstErrors(measurements, judging)];
      const all = [...observations, observation];
      const result = judged(judging, all, findings, last.iterations, notes);
      // What did not run to its end is no pass, and nothing counts as fixed that it might have shown.
      if (observation.outcome.reason === 'aborted' || result.status !== 'regressed')
        return failed(judging, all, failure, notes);
      const changes = result.changes.filter(({verdict}) => verdict !== 'fixed');
      return {...result, changes, iterations: last.iterations};
    }
    if (isScreening && !isClean(observation, target.place)) screenings.push(observation);
    else measurements.push({iterations: decision.iterations, observation});
  }
}

/**
 * Whether the first run may look for leaks at its first and last checkpoint only. Most scenarios
 * are clean: they leave nothing over all intervals, so they leave nothing in each of them, and a
 * leak check takes longer than most bodies do. Any other is measured anew with all checkpoints.
 */
function canBeScreened({expectation, confirmAtOnce}: Judging, {isolation}: GrowthWork): boolean {
  // To start an interpreter a second time costs more than the checks do.
  if (isolation === 'process' || confirmAtOnce) return false;
  return !expectation.entries.some(({type}) => type === 'leak' || type === 'resource');
}

/** The memory errors that are not those of the interpreter's own start. */
function ownErrors(observation: Observation, {floor, target: {place}}: Judging): readonly ErrorFinding[] {
  const known = new Set(errorsOf(floor, place).map(({id}) => id));
  return errorsOf(observation, place).filter(({id}) => !known.has(id));
}

/** Errors depend on how often the body ran, so the measurement that every run makes is the one that counts. */
const firstErrors = ([first]: readonly Measurement[], judging: Judging): readonly Finding[] =>
  first === undefined ? [] : ownErrors(first.observation, judging);

/** A word about memory errors that only a longer measurement saw. */
function lateErrors(measurements: readonly Measurement[], judging: Judging): readonly string[] {
  const first = new Set(firstErrors(measurements, judging).map(({id}) => id));
  const late = measurements
    .slice(1)
    .flatMap(({observation}) => ownErrors(observation, judging))
    .filter(({id}) => !first.has(id));
  const texts = late.map(({what, frames}) => `${what} in ${frames[0]?.name ?? '???'}`);
  return [...new Set(texts)].map(
    (text) => `only over more iterations: ${text}; raise "iterations" to have it judged`,
  );
}

/** The job with more iterations, and with as much more warm-up and time. */
export function jobFor(job: Job, work: GrowthWork, iterations: number): Job {
  const factor = iterations / work.iterations;
  return {
    ...job,
    iterations,
    warmup: work.warmup * factor,
    timeoutMs: job.timeoutMs * factor,
    inspect: factor > 1 && job.inspect,
  };
}

const NO_PYTHON_FRAMES = 'the stacks show no Python functions: that takes CPython 3.9 or later';

/** Whether the probe can give Python functions frames that valgrind sees (PEP 523). */
function hasPythonFrames({interpreter}: Job): boolean {
  if (interpreter === undefined) return true;
  const [major, minor] = interpreter.version;
  return major > 3 || (major === 3 && minor >= 9);
}

function judged(
  judging: Judging,
  observations: readonly Observation[],
  findings: readonly Finding[],
  totalIterations: number,
  notes: readonly string[],
): ScenarioResult {
  const {mode} = judging.target.job.scenario.work;
  const leaks = findings.some(({type}) => type === 'leak');
  const remarks = leaks && !hasPythonFrames(judging.target.job) ? [...notes, NO_PYTHON_FRAMES] : notes;
  const changes = compare(findings, {...judging.expectation, mode, totalIterations});
  return {
    ...resultHead(judging.target.job.scenario, judging.target.build),
    ...runFacts(judging, observations, remarks),
    status: statusOf(changes, {mode, hadBaseline: judging.hadBaseline}),
    changes,
  };
}

/** What went wrong with memory until something failed: often the reason why it did. */
function errorsBefore(judging: Judging, observations: readonly Observation[]): readonly Change[] {
  const errors = observations.flatMap((observation) => ownErrors(observation, judging));
  const unique = [...new Map(errors.map((error) => [error.id, error])).values()];
  const {mode} = judging.target.job.scenario.work;
  const changes = compare(unique, {...judging.expectation, mode, totalIterations: 1});
  return changes.filter(({verdict}) => verdict === 'new' || verdict === 'grown');
}

function failed(
  judging: Judging,
  observations: readonly Observation[],
  failure: Failure,
  notes: readonly string[],
): ScenarioResult {
  return {
    ...resultHead(judging.target.job.scenario, judging.target.build),
    ...runFacts(judging, observations, notes),
    status: failure.reason === 'timed-out' ? 'timed-out' : 'failed',
    changes: errorsBefore(judging, observations),
    failure,
  };
}

function runFacts({hadBaseline}: Judging, observations: readonly Observation[], notes: readonly string[]) {
  const last = observations.at(-1);
  return {
    hadBaseline,
    durationMs: observations.reduce((sum, {durationMs}) => sum + durationMs, 0),
    ...(last === undefined ? {} : {isolation: last.isolation}),
    suppressions: (last?.suppressions ?? [])
      .map(({name, count}) => ({name, count}))
      .toSorted((a, b) => b.count - a.count),
    notes,
  };
}
