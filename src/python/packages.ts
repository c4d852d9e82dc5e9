import {mkdirSync, rmSync} from 'node:fs';
import path from 'node:path';
import type {PackageRequirement} from '../scenario/types.js';
import {defined} from '../util/defined.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {cacheProblem, environmentsFolder, lockFile, logFolder, markUsed} from './cache.js';
import {findCompiler} from './compiler.js';
import {keepSources} from './kept-sources.js';
import {whileLocked} from './locked.js';
import type {PythonBuild} from './manifest.js';
import type {NativeOptions} from './native.js';
import {objectsIn, strippedProblem} from './objects.js';
import {identify, packagesFingerprint} from './packages-fingerprint.js';
import {type PackagesManifest, readPackagesManifest, writePackagesManifest} from './packages-manifest.js';
import {ensurePip, type Pip} from './pip.js';
import {buildIdentity, type PipPlaces, pipArguments, pipEnvironment, requirementText} from './pip-command.js';
import {pipProblem} from './pip-problem.js';
import {copyProject} from './project-tree.js';
import {plainEnvironment, runStep} from './step.js';

export interface PackagesOptions extends NativeOptions {
  /** Absolute paths of folders that are no part of a project, though they may lie in it. */
  readonly leaveOut?: readonly string[];
}

/** An environment with packages. All paths are absolute. */
export type Packages = Pick<PackagesManifest, 'python' | 'pythonPath' | 'binPath' | 'objects'>;

/**
 * The environment that holds `requirements`, which are not empty: from the cache, or made now by
 * the build's own pip. It is made anew when a requirement's text, a file of a local project, the
 * build, the compiler or its flags have changed.
 */
export async function ensurePackages(
  build: PythonBuild,
  requirements: readonly PackageRequirement[],
  options: PackagesOptions,
): Promise<Result<Packages, Problem>> {
  const identified = identify(requirements, options.leaveOut ?? []);
  if (!identified.ok) return identified;
  const compiler = (await findCompiler())?.version ?? build.compiler;
  const cacheRoot = path.resolve(options.cacheRoot);
  const compiled = buildIdentity(process.env, compiler, process.arch);
  const id = `packages-${packagesFingerprint(identified.value, build, compiled)}`;
  const folder = path.join(environmentsFolder(cacheRoot), id);
  const finished = readPackagesManifest(folder);
  if (finished !== undefined) {
    markUsed(folder);
    return ok(finished);
  }
  const texts = requirements.map(requirementText);
  const title = `installation of ${texts.join(', ')} on ${build.name}`;
  const onWait = () => options.onEvent({type: 'build-waiting', build: build.name, what: texts.join(', ')});
  try {
    return await whileLocked(lockFile(cacheRoot, id), {title, signal: options.signal, onWait}, async () => {
      const made = readPackagesManifest(folder);
      if (made !== undefined) return ok(made);
      const pip = await ensurePip(build, compiled, options);
      return pip.ok ? install({build, requirements, folder, title, pip: pip.value, options}) : pip;
    });
  } catch (error) {
    return fail(cacheProblem(error, options.cacheRoot));
  }
}

interface Installation {
  readonly build: PythonBuild;
  readonly requirements: readonly PackageRequirement[];
  /** The environment's own. */
  readonly folder: string;
  readonly title: string;
  readonly pip: Pip;
  readonly options: PackagesOptions;
}

async function install(installation: Installation): Promise<Result<Packages, Problem>> {
  const {build, requirements, folder, options} = installation;
  const startedAt = performance.now();
  const source = requirements.map(requirementText).join(', ');
  options.onEvent({type: 'native-started', build: build.name, source});
  rmSync(folder, {recursive: true, force: true, maxRetries: 5});
  let installed: Result<PackagesManifest, Problem>;
  try {
    mkdirSync(folder, {recursive: true});
    installed = await installInto(installation);
  } catch (error) {
    rmSync(folder, {recursive: true, force: true});
    options.onEvent({type: 'native-failed', build: build.name, source});
    throw error;
  }
  if (!installed.ok) {
    rmSync(folder, {recursive: true, force: true});
    options.onEvent({type: 'native-failed', build: build.name, source});
    return installed;
  }
  const problem = strippedProblem(build.name, requirements, folder);
  if (problem !== undefined) options.onEvent({type: 'build-warning', build: build.name, problem});
  writePackagesManifest(installed.value);
  const durationMs = performance.now() - startedAt;
  options.onEvent({type: 'native-finished', build: build.name, source, durationMs});
  return installed;
}

async function installInto({
  build,
  requirements,
  folder,
  title,
  pip,
  options,
}: Installation): Promise<Result<PackagesManifest, Problem>> {
  const {signal} = options;
  const id = path.basename(folder);
  const logs = logFolder(path.resolve(options.cacheRoot), id);
  rmSync(logs, {recursive: true, force: true});
  const layout = layoutOf(build, folder);
  if (layout.python !== undefined) {
    const venv = await runStep({
      title: `virtual environment for ${build.name}`,
      argv: [build.python, '-s', '-m', 'venv', '--without-pip', folder],
      cwd: folder,
      env: plainEnvironment(),
      log: path.join(logs, 'venv.log'),
      signal,
    });
    if (!venv.ok) return venv;
  }
  const temporary = path.join(pip.sources, id);
  rmSync(temporary, {recursive: true, force: true});
  mkdirSync(temporary, {recursive: true});
  const copies = copyProjects(requirements, path.join(folder, 'projects'), options.leaveOut ?? []);
  const ran = await runStep({
    title,
    argv: [
      layout.python ?? build.python,
      '-s',
      pip.pip,
      ...pipArguments(requirements, copies),
      ...layout.arguments,
    ],
    cwd: folder,
    env: pipEnvironment(
      process.env,
      {temporary, cache: pip.cache, tools: pip.tools, ceiling: folder, copies},
      process.arch,
    ),
    log: path.join(logs, 'pip.log'),
    signal,
    onFailure: pipProblem(title, path.join(logs, 'pip.log')),
  });
  rmSync(path.join(folder, 'projects'), {recursive: true, force: true});
  keepSources(temporary);
  if (!ran.ok) return ran;
  const {python, pythonPath, binPath} = layout;
  return ok({
    folder,
    requirements: requirements.map(requirementText),
    ...defined({python}),
    pythonPath: [...pythonPath],
    binPath: [...binPath],
    objects: [...objectsIn(folder)],
    madeAt: new Date().toISOString(),
  });
}

interface Layout extends Pick<PackagesManifest, 'python' | 'pythonPath' | 'binPath'> {
  /** What pip is told of the place. */
  readonly arguments: readonly string[];
}

/**
 * A virtual environment, whose interpreter is a link to that of the build: what looks at sys.prefix,
 * .pth files and entry points find all as usual. 2.7 has no venv; there it is a folder for sys.path.
 */
function layoutOf(build: PythonBuild, folder: string): Layout {
  if (build.version[0] >= 3) {
    const bin = path.join(folder, 'bin');
    return {python: path.join(bin, 'python'), pythonPath: [], binPath: [bin], arguments: []};
  }
  const site = path.join(folder, 'site-packages');
  return {pythonPath: [site], binPath: [path.join(site, 'bin')], arguments: ['--target', site]};
}

function copyProjects(
  requirements: readonly PackageRequirement[],
  target: string,
  leaveOut: readonly string[],
): PipPlaces['copies'] {
  const projects = requirements.filter(({type}) => type === 'project').map(requirementText);
  return projects.map((original, index) => ({
    original,
    copy: copyProject(original, leaveOut, path.join(target, `${index}`)),
  }));
}
