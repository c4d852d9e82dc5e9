import {copyFileSync, existsSync, mkdtempSync, renameSync, rmSync, statSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {loadConfig} from '../config/load.js';
import type {Config} from '../config/types.js';
import {type ExportManifest, FORMAT} from '../export/layout.js';
import {writeExport} from '../export/write.js';
import {copyAgent} from '../python/agent.js';
import {ensureBuild} from '../python/build.js';
import {defaultCacheRoot} from '../python/cache.js';
import type {OnBuildEvent} from '../python/events.js';
import type {PythonBuild} from '../python/manifest.js';
import {ensureProbe} from '../python/probe.js';
import type {Recipe} from '../python/recipe.js';
import {loadRecipe, recipeFolders} from '../python/recipe-file.js';
import {formatSize, quantity} from '../report/text/numbers.js';
import {buildsOf} from '../scenario/builds.js';
import {loadScenarios} from '../scenario/load.js';
import {problemsUnder, selectScenarios} from '../scenario/select.js';
import type {Scenario} from '../scenario/types.js';
import {packageVersion} from '../util/package-root.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {shownPath} from '../util/shown-path.js';
import {packFolder} from '../util/tar.js';
import {buildVersions} from './build-versions.js';
import {EXIT} from './exit-code.js';
import {type Exportable, planExport} from './python-export/plan.js';
import {type Print, type PythonOptions, printProblems} from './python-recipes.js';

export interface ExportOptions extends PythonOptions {
  /** Name of the build. */
  readonly name: string;
  /** Scenarios, folders of them, or patterns; all when there are none. */
  readonly paths: readonly string[];
  /** The archive to write, `NAME.tar.gz` by default. */
  readonly out?: string;
}

/**
 * `leakline python export`: packs a build with the scenarios that run on it, to be run on another
 * machine. What cannot be packed is left out with a word.
 */
export async function pythonExport(
  options: ExportOptions,
  signal: AbortSignal,
  onEvent: OnBuildEvent,
  print: Print,
): Promise<number> {
  const {cwd, flags, name, paths, out = `${name}.tar.gz`} = options;
  const config = loadConfig(cwd, {...flags, builds: [name]});
  if (!config.ok) return printProblems(config.error, print);
  const chosen = await chooseScenarios(config.value, name, paths, print);
  if (!chosen.ok) return printProblems(chosen.error, print);
  const build = await makeBuild(config.value, name, {signal, onEvent});
  if (!build.ok) return signal.aborted ? EXIT.interrupted : printProblems(build.error, print);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'leakline-export-'));
  try {
    const packed = await pack(config.value, build.value, chosen.value, {folder, signal, onEvent, print});
    if (signal.aborted) return EXIT.interrupted;
    if (!packed.ok) return printProblems([packed.error], print);
    const file = path.resolve(cwd, out);
    const moved = moveFile(packed.value.archive, file);
    if (moved !== undefined) return printProblems([{file: out, ...moved}], print);
    const what = quantity(packed.value.count, 'scenario');
    print(`${shownPath(cwd, file)} holds ${name} and ${what} (${formatSize(statSync(file).size)})`);
    print('Unpack it on the machine and start ./run.sh there, which writes results.tar.gz');
    print('Then: leakline report --import results.tar.gz');
    return EXIT.ok;
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** The scenarios that can be packed; a line is printed for each that cannot. */
async function chooseScenarios(
  config: Config,
  name: string,
  paths: readonly string[],
  print: Print,
): Promise<Result<readonly Scenario[], readonly Problem[]>> {
  const loaded = loadScenarios(config);
  const selected = selectScenarios({cwd: config.cwd, ...loaded}, {paths});
  const problems = problemsUnder(loaded, paths, config.cwd);
  if (!selected.ok) return fail([...problems, ...selected.error]);
  if (problems.length > 0) return fail(problems);
  const versionOf = await buildVersions(config, selected.value);
  const left = selected.value.filter((scenario) => {
    const {builds, skipped} = buildsOf(config, scenario, versionOf);
    const packages = scenario.requires.some(({type}) => type !== 'extension' && type !== 'program');
    const why = packages
      ? 'it requires packages, which pip installs for this machine only'
      : builds.includes(name)
        ? undefined
        : `it ${skipped[0]?.why ?? 'does not run on this build'}`;
    if (why !== undefined) print(`left out: ${scenario.id}: ${why}`);
    return why === undefined;
  });
  if (left.length > 0) return ok(left);
  return fail([{message: `No scenario is left to run on ${name}`, next: 'leakline scenario list'}]);
}

interface Making {
  readonly signal: AbortSignal;
  readonly onEvent: OnBuildEvent;
}

async function makeBuild(
  config: Config,
  name: string,
  making: Making,
): Promise<Result<{readonly recipe: Recipe; readonly build: PythonBuild}, readonly Problem[]>> {
  const recipe = loadRecipe(name, recipeFolders(config.pythonBuild));
  if (!recipe.ok) return recipe;
  if (recipe.value.profile === 'foreign') {
    return fail([
      {
        file: recipe.value.file,
        message: `${name} is no build of leakline's, and may need anything of this machine`,
        next: 'export a build with a source',
      },
    ]);
  }
  const sources = process.env.LEAKLINE_SOURCES;
  const build = await ensureBuild(recipe.value, {cacheRoot: defaultCacheRoot(), sources, ...making});
  return build.ok ? ok({recipe: recipe.value, build: build.value}) : fail([build.error]);
}

/** Makes the archive in `folder`. */
async function pack(
  config: Config,
  {recipe, build}: {readonly recipe: Recipe; readonly build: PythonBuild},
  scenarios: readonly Scenario[],
  {folder, signal, onEvent, print}: Making & {readonly folder: string; readonly print: Print},
): Promise<Result<{readonly archive: string; readonly count: number}, Problem>> {
  const native = {cacheRoot: defaultCacheRoot(), signal, onEvent};
  const probe = await ensureProbe(build, native);
  if (!probe.ok) return probe;
  const agent = path.join(folder, 'agent');
  copyAgent(agent);
  const exportable: Exportable = {config, build, probe: probe.value.folder, agent};
  const plan = await planExport(exportable, scenarios, native);
  if (!plan.ok) return plan;
  const {jobs, manifestJobs, copies} = plan.value;
  const manifest: ExportManifest = {
    format: FORMAT,
    leakline: packageVersion,
    build: build.name,
    fingerprint: build.fingerprint,
    profile: recipe.profile,
    version: [...build.version],
    ...(recipe.host === undefined ? {} : {host: recipe.host}),
    jobs: [...manifestJobs],
  };
  const top = `leakline-${build.name}`;
  print(`${build.name}: pack ${quantity(scenarios.length, 'scenario')}`);
  try {
    writeExport(path.join(folder, top), manifest, jobs, copies, {
      build: build.name,
      python: path.posix.join('prefix', path.relative(build.prefix, build.python)),
      machine: recipe.host ?? `${process.arch} Linux`,
    });
  } catch (error) {
    return fail({
      message: `${build.name} cannot be packed in ${folder}: ${(error as Error).message}`,
      next: 'set TMPDIR to a folder that can be written and has room',
    });
  }
  const archive = path.join(folder, 'export.tar.gz');
  const packed = await packFolder(archive, top, {folder, signal});
  if (packed.ok) return ok({archive, count: scenarios.length});
  return fail({message: `${build.name} cannot be packed`, detail: packed.error});
}

/** Moves a file that may have to go to another file system; gives what prevents it. */
function moveFile(from: string, to: string): Problem | undefined {
  if (existsSync(to) && !statSync(to).isFile())
    return {message: 'is a folder', next: 'name a file: --out FILE.tar.gz'};
  const beside = `${to}.new`;
  try {
    copyFileSync(from, beside);
    renameSync(beside, to);
    return undefined;
  } catch (error) {
    rmSync(beside, {force: true});
    return {
      message: `cannot be written: ${(error as Error).message}`,
      next: 'name another file: --out FILE.tar.gz',
    };
  }
}
