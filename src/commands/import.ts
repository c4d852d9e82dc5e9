import {mkdtempSync, rmSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {loadConfig} from '../config/load.js';
import type {Config, ConfigFlags} from '../config/types.js';
import type {ExportedJob} from '../export/layout.js';
import {openResults, type Results} from '../export/results.js';
import {CONFIRM} from '../judge/decide.js';
import type {ReportIo} from '../report/io.js';
import {defaultReporters, openReporters} from '../report/registry.js';
import type {RunIdentity} from '../report/run-log.js';
import type {Job} from '../run/job.js';
import type {Observation} from '../run/observation.js';
import {loadScenarios} from '../scenario/load.js';
import type {Scenario} from '../scenario/types.js';
import {packageVersion} from '../util/package-root.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {shownPath} from '../util/shown-path.js';
import {formatValgrindVersion, parseValgrindVersion} from '../valgrind/version.js';
import {EXIT} from './exit-code.js';
import {refusing} from './refusing.js';
import {type Execution, execute} from './run/execute.js';
import {emptyJob, emptyProgram, type FloorContent, floorIn, NO_FLOOR, withChildFloor} from './run/floor.js';
import {makeJob, promiseOf} from './run/make-job.js';
import {createRecorder, openLog} from './run/recorder.js';
import type {Target} from './run/target.js';
import {scenarioIdentity} from './scenario-identity.js';
import {baselineStore} from './store.js';

/** Something that was run elsewhere, with what it left there. */
interface ImportedTarget {
  readonly target: Target;
  readonly observation: Observation;
  readonly floor: FloorContent;
}

/**
 * `leakline report --import`: judges what an export's script brought home, with the baselines of
 * this project, and renders it. It counts as the last run, so that `leakline baseline update` can
 * accept it. Gives the exit code of a run.
 *
 * @param file the archive as it was typed
 */
export async function reportImported(
  {cwd, flags}: {readonly cwd: string; readonly flags: ConfigFlags},
  file: string,
  reporterNames: readonly string[],
  io: ReportIo,
  signal: AbortSignal,
): Promise<number> {
  const refuse = refusing(io);
  const config = loadConfig(cwd, flags);
  if (!config.ok) return refuse(config.error);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'leakline-import-'));
  try {
    const absolute = path.resolve(cwd, file);
    const opened = await openResults(absolute, shownPath(cwd, absolute), {folder, signal});
    if (signal.aborted) return EXIT.interrupted;
    if (!opened.ok) return refuse([opened.error]);
    const identity = identityOf(opened.value);
    if (!identity.ok) return refuse([{file, ...identity.error}]);
    const log = openLog(config.value, identity.value);
    if (!log.ok) return refuse([log.error]);
    const names = reporterNames.length === 0 ? defaultReporters(io.env) : reporterNames;
    const reporters = openReporters(names, io);
    if (!reporters.ok) return refuse(reporters.error);
    const recorder = createRecorder(config.value, identity.value, log.value, reporters.value);
    const {targets, problems} = await readTargets(config.value, opened.value);
    recorder.start(
      {targets: [], unprepared: [], skipped: [], problems},
      targets.map(({target}) => target),
      {},
    );
    for (const imported of targets) {
      if (signal.aborted) break;
      const {result, problems: more} = await execute(imported.target, executionOf(config.value, imported));
      for (const problem of more) recorder.addProblem(problem);
      recorder.addResult({...result, imported: true});
    }
    return await recorder.finish(signal.aborted);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

function identityOf({valgrind}: Results): Result<RunIdentity, Problem> {
  const version = parseValgrindVersion(valgrind);
  if (version === undefined) return fail({message: `says that it was run by ${JSON.stringify(valgrind)}`});
  return ok({
    leaklineVersion: packageVersion,
    valgrindVersion: formatValgrindVersion(version),
    jobs: 1,
    startedAt: new Date().toISOString(),
  });
}

/** Gives what was measured elsewhere to the judgement of a run. */
const executionOf = (config: Config, {observation, floor}: ImportedTarget): Execution => ({
  store: baselineStore(config),
  runner: {runJob: async () => ({observation}), release: async () => {}, close: async () => {}},
  floorOf: async () => ok(floor),
  cache: undefined,
  update: 'none',
  confirmAtOnce: true,
});

/** The jobs that were run, as far as this project still has their scenarios. */
async function readTargets(
  config: Config,
  results: Results,
): Promise<{readonly targets: readonly ImportedTarget[]; readonly problems: readonly Problem[]}> {
  const scenarios = new Map(loadScenarios(config).scenarios.map((scenario) => [scenario.id, scenario]));
  const targets: ImportedTarget[] = [];
  const problems: Problem[] = [];
  for (const exported of results.manifest.jobs) {
    const scenario = scenarios.get(exported.scenario);
    const target = await readTarget(config, exported, scenario, results);
    if (target === undefined) continue;
    if (target.ok) targets.push(target.value);
    else problems.push(target.error);
  }
  if (targets.length === 0 && problems.length === 0) {
    problems.push({
      message: 'No scenario was run: the results hold none',
      next: './run.sh, without arguments',
    });
  }
  return {targets, problems};
}

/** Undefined when the job was not run. */
async function readTarget(
  config: Config,
  exported: ExportedJob,
  scenario: Scenario | undefined,
  results: Results,
): Promise<Result<ImportedTarget, Problem> | undefined> {
  const {build, fingerprint, profile, version} = results.manifest;
  const next = `leakline python export ${build}, and run it anew`;
  if (scenario === undefined) {
    return fail({message: `This project has no scenario ${exported.scenario} any more`, next});
  }
  const job = makeJob(
    config,
    scenario,
    profile,
    {},
    {
      interpreter: {python: '', version, probe: '', agent: '', path: []},
      programFolders: [],
      suppressions: [],
    },
  );
  const reading = results.observationOf(exported.number, job);
  if (reading === undefined) return undefined;
  const {work} = scenario;
  const iterations = work.mode === 'growth' ? CONFIRM * work.iterations : 1;
  if (scenarioIdentity(scenario, config) !== exported.identity || iterations !== exported.iterations) {
    return fail({message: `${scenario.id} is another scenario now than the one that was run`, next});
  }
  const observation = await reading;
  if (!observation.ok) return observation;
  const floor = await readFloors(exported, job, results);
  if (!floor.ok) return floor;
  return ok({
    observation: observation.value,
    floor: floor.value,
    target: {
      build,
      fingerprint,
      job,
      place: {prefix: path.posix.join(results.root, 'prefix'), scenarioFile: exported.file},
      ...promiseOf(job, profile),
    },
  });
}

/** What an empty scenario left on the other machine; nothing for a job that needs no floor. */
async function readFloors(
  {floor, childFloor}: ExportedJob,
  job: Job,
  results: Results,
): Promise<Result<FloorContent, Problem>> {
  const {interpreter} = job;
  if (interpreter === undefined || floor === undefined) return ok(NO_FLOOR);
  const own = await readFloor(floor, emptyJob(job), results);
  if (!own.ok || childFloor === undefined) return own;
  const child = await readFloor(childFloor, emptyProgram(job, interpreter), results);
  return child.ok ? ok(withChildFloor(own.value, child.value)) : child;
}

async function readFloor(
  number: string,
  empty: Job,
  {manifest: {build}, observationOf}: Results,
): Promise<Result<FloorContent, Problem>> {
  const observation = await observationOf(number, empty);
  if (observation === undefined) {
    const {id} = empty.scenario;
    return fail({message: `The floor of ${build} was not measured, which ${id} is judged against`});
  }
  return observation.ok ? floorIn(observation.value, build) : observation;
}
