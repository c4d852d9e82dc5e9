import path from 'node:path';
import {loadConfig} from '../config/load.js';
import type {Config, ConfigFlags} from '../config/types.js';
import type {Change, ScenarioResult} from '../judge/types.js';
import {defaultCacheRoot} from '../python/cache.js';
import type {ReportIo} from '../report/io.js';
import {changeBlock} from '../report/text/change-block.js';
import {harmless} from '../report/text/harmless.js';
import {changeText, headline} from '../report/text/headline.js';
import {coloured, plain, wantsColour} from '../report/text/paint.js';
import {writeBundle} from '../repro/bundle.js';
import {sourceLines} from '../repro/source-lines.js';
import type {RunContext} from '../run/job.js';
import {runInProcess} from '../run/process.js';
import {buildsOf} from '../scenario/builds.js';
import {loadScenarios} from '../scenario/load.js';
import type {Scenario} from '../scenario/types.js';
import {formatProblem, type Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {suggestion} from '../util/suggestion.js';
import {buildVersions} from './build-versions.js';
import {EXIT} from './exit-code.js';
import {debug} from './repro/debug.js';
import {shrinkBody} from './repro/shrink-body.js';
import {readBaselines} from './run/execute.js';
import {createFloors} from './run/floor.js';
import {measure} from './run/measure.js';
import {prepare} from './run/prepare.js';
import {openSession} from './run/session.js';
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
  const refuse = (problems: readonly Problem[]) => {
    for (const problem of problems) io.stderr.write(`${formatProblem(problem)}\n`);
    return EXIT.usage;
  };
  const chosen = await chooseScenario(options);
  if (!chosen.ok) return refuse(chosen.error);
  const {config, scenario} = chosen.value;
  const session = await openSession(signal);
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
    return await report(result.value, target, options, {io, refuse, config, context});
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
  const {scenarios, problems} = loadScenarios(config);
  const scenario = scenarios.find(({id, shownAs}) => id === options.scenario || shownAs === options.scenario);
  if (scenario === undefined) {
    const names = scenarios.map(({id}) => id);
    const message = `There is no scenario "${options.scenario}"${suggestion(options.scenario, names)}`;
    return fail([...problems, {message, next: 'leakline scenario list'}]);
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

interface Reporting {
  readonly io: ReportIo;
  readonly refuse: (problems: readonly Problem[]) => number;
  readonly config: Config;
  readonly context: RunContext;
}

type Present = Exclude<Change, {verdict: 'fixed'}>;

/** Shows what was found, and does with it what else was asked for. */
async function report(
  result: ScenarioResult,
  target: Target,
  options: ReproOptions,
  reporting: Reporting,
): Promise<number> {
  const {io, refuse} = reporting;
  const print = (line: string) => io.stdout.write(`${line}\n`);
  const {failure} = result;
  if (failure !== undefined) {
    print(headline(result));
    if (failure.output !== '') for (const line of harmless(failure.output).split('\n')) print(`  ${line}`);
    if (failure.reason === 'environment') return EXIT.usage;
    const problem =
      options.out === undefined ? undefined : bundle(options.out, [headline(result)], target, print);
    return problem === undefined ? EXIT.regressed : refuse([problem]);
  }
  const present = result.changes.filter((change): change is Present => change.verdict !== 'fixed');
  const {leak} = options;
  const shown = leak === undefined ? present : present.filter(({now}) => now.id.startsWith(leak));
  for (const change of shown) showChange(result, change, io);
  if (shown.length === 0) {
    const others = present.length === 0 ? '' : `; it has ${present.map(({now}) => now.id).join(', ')}`;
    const what = leak === undefined ? 'nothing' : `no ${leak}`;
    print(`${result.scenario} on ${result.build} leaves ${what} behind${others}.`);
    return EXIT.ok;
  }
  const findings = shown.map((change) => changeText(result, change));
  const problem =
    (options.shrink ? await printShrunk(shown, target, reporting) : undefined) ??
    (options.out === undefined ? undefined : bundle(options.out, findings, target, print)) ??
    (options.gdb ? await debug(shown, target, options, io) : undefined);
  return problem === undefined ? EXIT.regressed : refuse([problem]);
}

async function printShrunk(
  shown: readonly Present[],
  target: Target,
  {io, config, context}: Reporting,
): Promise<Problem | undefined> {
  const {work} = target.job.scenario;
  const leaks = shown.flatMap(({now}) => (now.type === 'leak' ? [now.id] : []));
  if (work.mode !== 'growth' || leaks.length === 0) {
    return {message: '--shrink needs a growth scenario with a leak'};
  }
  const startedAt = io.now();
  // What does not leak in every iteration may need as many as confirmed it.
  let shrunk = await shrinkBody(target, leaks, work.iterations, config.jobs, context);
  if (!shrunk.ok) shrunk = await shrinkBody(target, leaks, 10 * work.iterations, config.jobs, context);
  if (!shrunk.ok) return shrunk.error;
  const {text, tries} = shrunk.value;
  const seconds = ((io.now() - startedAt) / 1000).toFixed(1);
  io.stdout.write(`What still leaks of the body, after ${tries} tries in ${seconds} s:\n`);
  for (const line of text.trimEnd().split('\n')) io.stdout.write(`    ${line}\n`);
  return undefined;
}

function bundle(
  folder: string,
  findings: readonly string[],
  target: Target,
  print: (line: string) => void,
): Problem | undefined {
  try {
    writeBundle(folder, target.job, findings);
  } catch (error) {
    const next = 'name a new or empty folder that you may write to';
    return {file: folder, message: (error as Error).message, next};
  }
  print(`Written to ${folder}; run it: ${path.join(folder, 'run.sh')}`);
  return undefined;
}

function showChange(result: ScenarioResult, change: Present, io: ReportIo): void {
  const {now} = change;
  const paint = wantsColour(io.env, io.stdout.isTTY === true) ? coloured() : plain;
  const columns = io.stdout.isTTY === true ? (io.stdout.columns ?? 80) : Number.POSITIVE_INFINITY;
  const lines = [
    paint.strong(headline(result, change)),
    `  id        ${now.id}`,
    ...changeBlock(result, change, {paint, columns}),
  ];
  const frames = 'stack' in now ? now.stack.filter(({origin}) => origin === 'extension') : [];
  for (const frame of frames.slice(0, 2)) {
    const source = sourceLines(frame);
    if (source.length > 0)
      lines.push(
        `  ${paint.extension(`${frame.path}:${frame.line}`)}`,
        ...source.map((line) => `  ${harmless(line)}`),
      );
  }
  io.stdout.write(`${lines.join('\n')}\n\n`);
}
