import {loadConfig} from '../config/load.js';
import type {Config, ConfigFlags} from '../config/types.js';
import type {ScenarioResult} from '../judge/types.js';
import {defaultCacheRoot} from '../python/cache.js';
import type {ReportIo} from '../report/io.js';
import type {RunContext} from '../run/job.js';
import {runInProcess} from '../run/process.js';
import {buildsOf} from '../scenario/builds.js';
import {loadScenarios} from '../scenario/load.js';
import {matches} from '../scenario/match.js';
import {problemsUnder, unknownScenario} from '../scenario/select.js';
import type {Scenario} from '../scenario/types.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {buildVersions} from './build-versions.js';
import {EXIT} from './exit-code.js';
import {refusing} from './refusing.js';
import {showResult} from './repro/show.js';
import {readBaselines} from './run/execute.js';
import {createFloors} from './run/floor.js';
import {measure} from './run/measure.js';
import {prepare} from './run/prepare.js';
import {askValgrind, openSession} from './run/session.js';
import {suppressionProblems} from './run/suppressions.js';
import type {Target} from './run/target.js';
import {baselineStore} from './store.js';

export interface ReproOptions {
  readonly cwd: string;
  readonly flags: ConfigFlags;
  /** Id of the scenario. */
  readonly scenario: string;
  /** Signature, or the beginning of it, of the only leak to show. */
  readonly leak?: string;
  /** Folder to write that reproduces the scenario without leakline. */
  readonly out?: string;
  /** Reduce the body to the statements that still leak. */
  readonly shrink: boolean;
  /** Stop in gdb where the first leak is allocated. */
  readonly gdb: boolean;
}

/** Where uninitialised values come from, and stacks as deep as valgrind can. */
const THOROUGH = ['--track-origins=yes', '--num-callers=500'];

/**
 * `leakline repro`: one scenario alone and cold, with all that valgrind can say. Exit code 1 when
 * the leak (or anything, without `leak`) is there, 0 when it is not: what `git bisect run` wants.
 */
export async function repro(options: ReproOptions, io: ReportIo, signal: AbortSignal): Promise<number> {
  const refuse = refusing(io);
  const chosen = await chooseScenario(options);
  if (!chosen.ok) return refuse(chosen.error);
  const {config, scenario} = chosen.value;
  const wrongRules = config.suppressions.flatMap((file) => suppressionProblems(file, config.cwd));
  if (wrongRules.length > 0) return refuse(wrongRules);
  const session = await openSession(askValgrind(), config.jobs, signal);
  if (!session.ok) return refuse([session.error]);
  try {
    const {context} = session.value;
    const say = (message: string) => io.stderr.write(`${message}\n`);
    const prepared = await prepare(config, [scenario], {
      signal,
      onEvent: (event) => {
        if (event.type === 'build-started') say(`Building ${event.build}, which takes a minute or two`);
      },
    });
    const [target] = prepared.targets;
    if (target === undefined) {
      return signal.aborted
        ? EXIT.interrupted
        : refuse([...prepared.problems, ...prepared.unprepared.map(({problem}) => problem)]);
    }
    const result = await reproduce(config, thorough(target), context);
    if (signal.aborted) return EXIT.interrupted;
    if (!result.ok) return refuse(result.error);
    return await showResult(result.value, target, options, {io, refuse, config, context});
  } finally {
    await session.value.close();
  }
}

async function chooseScenario(
  options: ReproOptions,
): Promise<Result<{readonly config: Config; readonly scenario: Scenario}, readonly Problem[]>> {
  const loadedConfig = loadConfig(options.cwd, options.flags);
  if (!loadedConfig.ok) return loadedConfig;
  const config = loadedConfig.value;
  const loaded = loadScenarios(config);
  const {scenarios} = loaded;
  const named = scenarios.filter((each) => matches(each, options.scenario, options.cwd));
  const scenario = named.find(({id}) => id === options.scenario) ?? named[0];
  if (scenario !== undefined && named.length > 1 && scenario.id !== options.scenario) {
    const ids = named.map(({id}) => id).join(', ');
    const message = `${options.scenario} are several scenarios: ${ids}`;
    return fail([{message, next: `leakline repro ${scenario.id}`}]);
  }
  if (scenario === undefined) {
    const problems = problemsUnder(loaded, [options.scenario], options.cwd);
    if (problems.length > 0) return fail(problems);
    const ids = scenarios.map(({id}) => id);
    return fail([unknownScenario(options.scenario, ids)]);
  }
  const chosen = buildsOf(config, scenario, await buildVersions(config, [scenario]));
  const [build, ...others] = chosen.builds;
  if (build === undefined) {
    const [skipped] = chosen.skipped;
    const why = skipped === undefined ? '' : ` (${skipped.build}): it ${skipped.why}`;
    return fail([{message: `${scenario.id} does not run on the builds that were asked for${why}`}]);
  }
  // One build is enough to look at a leak; the first one that the scenario runs on.
  return ok({config: others.length === 0 ? config : {...config, onlyBuilds: [build]}, scenario});
}

function thorough(target: Target): Target {
  return {...target, job: {...target.job, valgrindOptions: [...target.job.valgrindOptions, ...THOROUGH]}};
}

async function reproduce(
  config: Config,
  target: Target,
  context: RunContext,
): Promise<Result<ScenarioResult, readonly Problem[]>> {
  const {id, work} = target.job.scenario;
  const baselines = readBaselines(baselineStore(config), id, target.build, work.mode);
  if (!baselines.ok) return baselines;
  const floor = await createFloors(defaultCacheRoot(), context)(target);
  if (!floor.ok) return fail([floor.error]);
  const {own, interpreter} = baselines.value;
  return ok(
    await measure(
      {
        target,
        expectation: {entries: own?.entries ?? [], interpreter},
        hadBaseline: own !== undefined,
        floor: floor.value,
        confirmAtOnce: true,
      },
      async (job) => ({observation: await runInProcess(job, context)}),
    ),
  );
}
