import path from 'node:path';
import type {Config} from '../../config/types.js';
import {type ExportedJob, NAMES, onTarget} from '../../export/layout.js';
import type {Copy, JobToWrite} from '../../export/write.js';
import {CONFIRM} from '../../judge/decide.js';
import {ensureEnvironment} from '../../python/environment.js';
import type {PythonBuild} from '../../python/manifest.js';
import type {PackagesOptions} from '../../python/packages.js';
import {ensureForks} from '../../python/probe.js';
import {type Job, tracing} from '../../run/job.js';
import type {Scenario} from '../../scenario/types.js';
import type {Problem} from '../../util/problem.js';
import {fail, ok, type Result} from '../../util/result.js';
import {emptyJob, emptyProgram} from '../run/floor.js';
import {makeJob} from '../run/make-job.js';
import {jobFor} from '../run/measure.js';
import {suppressionProblems} from '../run/suppressions.js';
import {scenarioIdentity} from '../scenario-identity.js';

/** What every job of an export has in common. */
export interface Exportable {
  readonly config: Config;
  readonly build: PythonBuild;
  /** Folders on this machine. */
  readonly probe: string;
  readonly agent: string;
}

export interface ExportPlan {
  readonly jobs: readonly JobToWrite[];
  readonly manifestJobs: readonly ExportedJob[];
  readonly copies: readonly Copy[];
}

/** Gathers what is to be copied, each file or folder once, and says where it will be. */
function createLuggage() {
  const copies = new Map<string, Copy & {readonly place: string}>();
  const put = (from: string, to: string, without?: RegExp): string => {
    const known = copies.get(from);
    if (known !== undefined) return known.place;
    const place = onTarget(to);
    copies.set(from, {from, to, place, ...(without === undefined ? {} : {without})});
    return place;
  };
  /** With a number before its name, since several of one name may come together. */
  const putInto = (folder: string, from: string, without?: RegExp): string =>
    put(from, `${folder}/${copies.size}-${path.basename(from)}`, without);
  return {put, putInto, copies: () => [...copies.values()]};
}

type Luggage = ReturnType<typeof createLuggage>;

/** Compiles what the scenarios require and says what goes into the export, and what runs there. */
export async function planExport(
  exportable: Exportable,
  scenarios: readonly Scenario[],
  options: PackagesOptions,
): Promise<Result<ExportPlan, Problem>> {
  const {build, probe, agent} = exportable;
  const luggage = createLuggage();
  // Headers are for compilers.
  luggage.put(build.prefix, NAMES.prefix, /^(include|pkgconfig)$/);
  luggage.put(probe, NAMES.probe);
  luggage.put(agent, NAMES.agent);
  const jobs: JobToWrite[] = [];
  const manifestJobs: ExportedJob[] = [];
  const add = (job: Job): string => {
    const number = String(jobs.length + 1).padStart(4, '0');
    jobs.push({number, job});
    return number;
  };
  const floors = new Map<string, string>();
  const floorOf = (empty: Job): string => {
    const key = JSON.stringify([empty.interpreter === undefined, empty.valgrindOptions, empty.suppressions]);
    const number = floors.get(key) ?? add(empty);
    floors.set(key, number);
    return number;
  };
  const floorsOf = (job: Job) => {
    const {interpreter, scenario} = job;
    if (scenario.work.mode === 'growth' || interpreter === undefined) return {};
    const floor = floorOf(emptyJob(job));
    return tracing(scenario) === 'leaks'
      ? {floor, childFloor: floorOf(emptyProgram(job, interpreter))}
      : {floor};
  };
  for (const scenario of scenarios) {
    const made = await exportedJob(exportable, scenario, luggage, options);
    if (!made.ok) return made;
    const job = made.value;
    manifestJobs.push({
      scenario: scenario.id,
      file: scenario.shownAs,
      identity: scenarioIdentity(scenario, exportable.config),
      iterations: job.iterations,
      timeoutMs: job.timeoutMs,
      ...floorsOf(job),
      number: add(job),
    });
  }
  return ok({jobs, manifestJobs, copies: luggage.copies()});
}

/** What is of no use beside a script: version control, caches, other interpreters. */
const NOT_OF_A_SCRIPT = /^(\..*|__pycache__|__baselines__|node_modules)$/;

/** The scenario's job as it will be on the other machine, where it cannot be measured again. */
async function exportedJob(
  {config, build}: Exportable,
  scenario: Scenario,
  luggage: Luggage,
  options: PackagesOptions,
): Promise<Result<Job, Problem>> {
  const own = [...config.suppressions, ...scenario.suppressions];
  const [wrong] = own.flatMap((file) => suppressionProblems(file, config.cwd));
  if (wrong !== undefined) return fail(wrong);
  const environment = await ensureEnvironment(build, scenario.requires, options);
  if (!environment.ok) return environment;
  const {pythonPath, binPath} = environment.value;
  const traced = tracing(scenario);
  const forks = traced === 'leaks' ? await ensureForks(build, options) : undefined;
  if (forks !== undefined && !forks.ok) return forks;
  const python = onTarget(NAMES.prefix, path.relative(build.prefix, build.python));
  const interpreter = {
    python,
    version: build.version,
    probe: onTarget(NAMES.probe),
    agent: onTarget(NAMES.agent),
    path: pythonPath.map((folder) => luggage.putInto(NAMES.extensions, folder)),
  };
  // Nothing of this machine's environment goes to another one, whatever passEnv says.
  const job = makeJob(
    config,
    withScript(scenario, luggage),
    build.profile,
    {},
    {
      interpreter,
      programFolders: [
        ...binPath.map((folder) => luggage.putInto(NAMES.programs, folder)),
        path.posix.dirname(python),
      ],
      ...(traced === undefined ? {} : {moduleFolders: interpreter.path}),
      ...(forks === undefined ? {} : {preloaded: [luggage.putInto(NAMES.programs, forks.value.file)]}),
      suppressions: [...build.suppressions, ...own].map((file) => luggage.putInto(NAMES.suppressions, file)),
    },
  );
  const {work} = scenario;
  return ok(work.mode === 'growth' ? {...jobFor(job, work, CONFIRM * work.iterations), checks: 'all'} : job);
}

/** A script may import its neighbours, so its whole folder comes along. */
function withScript(scenario: Scenario, luggage: Luggage): Scenario {
  const {work} = scenario;
  if (work.mode !== 'exit' || work.run.type !== 'script') return scenario;
  const folder = luggage.putInto(NAMES.scripts, path.dirname(work.run.path), NOT_OF_A_SCRIPT);
  const script = path.posix.join(folder, path.basename(work.run.path));
  return {...scenario, work: {...work, run: {...work.run, path: script}}};
}
