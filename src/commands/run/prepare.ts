import {realpathSync} from 'node:fs';
import type {Place} from '../../config/environment.js';
import type {Config} from '../../config/types.js';
import {ensureAgent} from '../../python/agent.js';
import {ensureBuild} from '../../python/build.js';
import {defaultCacheRoot} from '../../python/cache.js';
import {type Environment, ensureEnvironment} from '../../python/environment.js';
import type {OnBuildEvent} from '../../python/events.js';
import {foreignNotice} from '../../python/foreign.js';
import type {PythonBuild} from '../../python/manifest.js';
import {ensureForks, ensureProbe} from '../../python/probe.js';
import {loadRecipe, recipeFolders} from '../../python/recipe-file.js';
import {tracing} from '../../run/job.js';
import {buildsOf} from '../../scenario/builds.js';
import type {Scenario} from '../../scenario/types.js';
import type {Problem} from '../../util/problem.js';
import {fail, ok, type Result} from '../../util/result.js';
import {buildVersions} from '../build-versions.js';
import {makeJob, promiseOf} from './make-job.js';
import {suppressionProblems} from './suppressions.js';
import type {Target} from './target.js';

/** What is ready to run, and what stood in the way of the rest. */
export interface Prepared {
  readonly targets: readonly Target[];
  readonly unprepared: readonly {
    readonly scenario: Scenario;
    readonly build: string;
    readonly problem: Problem;
  }[];
  /** Builds that were asked for and that the scenario does not run on. */
  readonly skipped: readonly {readonly scenario: Scenario; readonly build: string; readonly why: string}[];
  /** Problems of whole builds, each told once. */
  readonly problems: readonly Problem[];
}

interface ReadyBuild {
  readonly build: PythonBuild;
  readonly probe: string;
  readonly agent: string;
}

export interface PrepareOptions {
  readonly signal: AbortSignal;
  readonly onEvent: OnBuildEvent;
}

/** Makes the builds, the probe and the environments that the scenarios need, one after another. */
export async function prepare(
  config: Config,
  scenarios: readonly Scenario[],
  options: PrepareOptions,
): Promise<Prepared> {
  const cacheRoot = defaultCacheRoot();
  const native = {
    cacheRoot,
    signal: options.signal,
    onEvent: options.onEvent,
    // An edited scenario is no reason to build the project anew that it lies in.
    leaveOut: [config.scenarios, config.baselines, config.stateDirectory, cacheRoot],
  };
  const versionOf = await buildVersions(config, scenarios);
  const chosen = scenarios.map((scenario) => ({scenario, ...buildsOf(config, scenario, versionOf)}));
  const all = chosen.flatMap(({scenario, builds: names}) => names.map((build) => ({scenario, build})));
  const hosts = new Map(
    [...new Set(all.map(({build}) => build))].map((name) => [name, hostOf(config, name)]),
  );
  const pairs = all.filter(({build}) => hosts.get(build) === undefined);
  const skipped = [
    ...chosen.flatMap(({scenario, skipped: left}) => left.map((each) => ({scenario, ...each}))),
    ...all.flatMap((pair) => {
      const host = hosts.get(pair.build);
      return host === undefined ? [] : [{...pair, why: `runs on ${host}: leakline python export`}];
    }),
  ];
  const builds = new Map<string, Result<ReadyBuild, readonly Problem[]>>();
  const problems: Problem[] = [...hosts].flatMap(([name, host]) =>
    host !== undefined && config.onlyBuilds?.includes(name) ? [runsElsewhere(name, host)] : [],
  );
  for (const name of new Set(pairs.map(({build}) => build))) {
    if (options.signal.aborted) break;
    const ready = await makeBuild(config, name, native);
    if (!ready.ok) problems.push(...ready.error);
    builds.set(name, ready);
  }
  const checked = new Map<string, Problem | undefined>();
  const environments = new Map<string, Result<Environment, Problem>>();
  const environmentOf = async (build: PythonBuild, requires: Scenario['requires']) => {
    const key = JSON.stringify([build.name, requires]);
    const environment = environments.get(key) ?? (await ensureEnvironment(build, requires, native));
    environments.set(key, environment);
    return environment;
  };
  const targets: Target[] = [];
  const unprepared: Prepared['unprepared'][number][] = [];
  for (const {scenario, build: name} of pairs) {
    if (options.signal.aborted) break;
    const build = builds.get(name);
    if (build === undefined) continue;
    if (!build.ok) {
      unprepared.push({scenario, build: name, problem: {message: `the build ${name} could not be made`}});
      continue;
    }
    const target = await makeTarget(config, scenario, build.value, environmentOf, checked, native);
    if (target.ok) targets.push(target.value);
    else unprepared.push({scenario, build: name, problem: target.error});
  }
  return {targets, unprepared, skipped, problems};
}

type NativeOptions = PrepareOptions & {readonly cacheRoot: string};

async function makeBuild(
  config: Config,
  name: string,
  options: NativeOptions,
): Promise<Result<ReadyBuild, readonly Problem[]>> {
  const recipe = loadRecipe(name, recipeFolders(config.pythonBuild));
  if (!recipe.ok) return recipe;
  const build = await ensureBuild(recipe.value, {...options, sources: process.env.LEAKLINE_SOURCES});
  if (!build.ok) return fail([build.error]);
  if (build.value.profile === 'foreign') {
    options.onEvent({type: 'build-warning', build: name, problem: foreignNotice(build.value)});
  }
  const probe = await ensureProbe(build.value, options);
  if (!probe.ok) return fail([probe.error]);
  const agent = await ensureAgent(build.value, options);
  if (!agent.ok) return fail([agent.error]);
  return ok({build: build.value, probe: probe.value.folder, agent: agent.value});
}

async function makeTarget(
  config: Config,
  scenario: Scenario,
  {build, probe, agent}: ReadyBuild,
  environmentOf: (
    build: PythonBuild,
    requires: Scenario['requires'],
  ) => Promise<Result<Environment, Problem>>,
  checked: Map<string, Problem | undefined>,
  native: NativeOptions,
): Promise<Result<Target, Problem>> {
  const own = [...config.suppressions, ...scenario.suppressions];
  for (const file of own) {
    if (!checked.has(file)) checked.set(file, suppressionProblems(file, config.cwd)[0]);
    const problem = checked.get(file);
    if (problem !== undefined) return fail(problem);
  }
  const environment = await environmentOf(build, scenario.requires);
  if (!environment.ok) return environment;
  const children = await prepareChildren(scenario, build, environment.value, native);
  if (!children.ok) return children;
  const {python, pythonPath, binPath} = environment.value;
  const interpreter = {python, version: build.version, probe, agent, path: pythonPath};
  const job = makeJob(config, isolated(scenario, config), build.profile, process.env, {
    interpreter,
    programFolders: [...binPath, `${build.prefix}/bin`],
    ...children.value,
    suppressions: [...build.suppressions, ...own],
  });
  return ok({
    build: build.name,
    fingerprint: build.fingerprint,
    job,
    // Valgrind names objects by their real paths, and the cache may lie behind a link.
    place: {prefix: realpathSync(build.prefix), scenarioFile: scenario.shownAs},
    ...promiseOf(job, build.profile),
  });
}

/** What the processes that a scenario with `trace-children` starts need in their environment. */
async function prepareChildren(
  scenario: Scenario,
  build: PythonBuild,
  {pythonPath}: Environment,
  native: NativeOptions,
): Promise<Result<Pick<Place, 'moduleFolders' | 'preloaded'>, Problem>> {
  const traced = tracing(scenario);
  if (traced !== 'leaks') return ok(traced === undefined ? {} : {moduleFolders: pythonPath});
  const forks = await ensureForks(build, native);
  return forks.ok ? ok({moduleFolders: pythonPath, preloaded: [forks.value.file]}) : forks;
}

/** What to say to those who asked for a build that is for another machine. */
const runsElsewhere = (name: string, host: string): Problem => ({
  message: `${name} is compiled for ${host}, where its scenarios have to run`,
  next: `leakline python export ${name}, which packs both for such a machine`,
});

/** The machine that a build is compiled for, undefined when that is this one, or it has no recipe. */
function hostOf({pythonBuild}: Config, name: string): string | undefined {
  const recipe = loadRecipe(name, recipeFolders(pythonBuild));
  return recipe.ok && recipe.value.profile !== 'foreign' ? recipe.value.host : undefined;
}

/** The scenario with the isolation that the command line asks for. */
function isolated(scenario: Scenario, {onlyIsolation}: Config): Scenario {
  const {work} = scenario;
  if (work.mode !== 'growth' || onlyIsolation === undefined || scenario.traceChildren) return scenario;
  return {...scenario, work: {...work, isolation: onlyIsolation}};
}
