import {mkdirSync, readdirSync, rmSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import path from 'node:path';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {buildsFolder, cacheProblem, lockFile, logFolder, markUsed} from './cache.js';
import {type Compiler, findCompiler, noCompiler} from './compiler.js';
import type {OnBuildEvent} from './events.js';
import {whileLocked} from './locked.js';
import {buildOf, type PythonBuild, readManifest, writeManifest} from './manifest.js';
import {folderBytes} from './prune.js';
import {
  type AnyRecipe,
  buildFingerprint,
  type ForeignRecipe,
  nativeRecipe,
  type Recipe,
  recipeFingerprint,
} from './recipe.js';
import {sourceIdentity} from './source-tree.js';
import type {Findings} from './verify.js';

export interface EnsureBuildOptions {
  readonly cacheRoot: string;
  /** Processes of `make`; by default as many as there are processors. */
  readonly jobs?: number;
  /** A file or folder of the user with source archives. */
  readonly sources?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: OnBuildEvent;
}

/**
 * The finished build of `recipe`: the one in the cache, or a new one; an interpreter of the user's
 * is asked what it is. A finished build is found
 * by reading its manifest alone, without a lock and without needing a compiler. Processes that
 * want the same build at the same time make it once.
 */
export async function ensureBuild(
  recipe: AnyRecipe,
  options: EnsureBuildOptions,
): Promise<Result<PythonBuild, Problem>> {
  if (recipe.profile === 'foreign') return foreign(recipe);
  const located = await locateBuild(recipe, options.cacheRoot);
  if (!located.ok) return located;
  const {finished, recipeHash, target} = located.value;
  if (finished !== undefined) {
    markUsed(finished.folder);
    return ok(finished);
  }
  if (target === undefined) {
    return fail(noCompiler(recipe.name, recipe.host));
  }
  if (recipe.host === undefined) return makeUnderLock(recipe, recipeHash, target, options);
  const native = await ensureNativeBuild(recipe, options);
  return native.ok ? makeUnderLock(recipe, recipeHash, {...target, native: native.value}, options) : native;
}

/** The build that runs here while `recipe` is compiled: any that is the same, else one of its own. */
async function ensureNativeBuild(
  recipe: Recipe,
  options: EnsureBuildOptions,
): Promise<Result<PythonBuild, Problem>> {
  const native = nativeRecipe(recipe);
  const located = await locateBuild(native, options.cacheRoot);
  if (!located.ok) return located;
  const {target} = located.value;
  const same = target && buildWith(target.fingerprint, buildsFolder(path.resolve(options.cacheRoot)));
  return same === undefined ? ensureBuild(native, options) : ok(same);
}

/** A finished build with this fingerprint, whatever its name. */
function buildWith(fingerprint: string, builds: string): PythonBuild | undefined {
  const [manifest] = foldersIn(builds)
    .filter((name) => name.endsWith(`-${fingerprint}`))
    .flatMap((name) => readManifest(path.join(builds, name)) ?? []);
  return manifest === undefined ? undefined : buildOf(manifest);
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

// What most runs do without is loaded when it is needed.
async function foreign(recipe: ForeignRecipe): Promise<Result<PythonBuild, Problem>> {
  const {askForeign} = await import('./foreign.js');
  return askForeign(recipe);
}

interface BuildTarget {
  readonly folder: string;
  readonly fingerprint: string;
  readonly compiler: Compiler;
  /** What runs here while it is compiled for another machine. */
  readonly native?: PythonBuild;
}

/** Where the build of a recipe is, or would be. */
export interface LocatedBuild {
  readonly recipeHash: string;
  readonly finished: PythonBuild | undefined;
  /** Undefined without a compiler. */
  readonly target: BuildTarget | undefined;
}

/** Looks for the build of `recipe` without making anything. */
export async function locateBuild(
  recipe: AnyRecipe,
  cacheRoot: string,
): Promise<Result<LocatedBuild, Problem>> {
  if (recipe.profile === 'foreign') {
    const build = await foreign(recipe);
    if (!build.ok) return build;
    return ok({recipeHash: build.value.fingerprint, finished: build.value, target: undefined});
  }
  const [identity, compiler] = await Promise.all([sourceIdentity(recipe.source), findCompiler(recipe.host)]);
  if (!identity.ok) return identity;
  const recipeHash = recipeFingerprint(recipe, identity.value, process.arch);
  const builds = buildsFolder(path.resolve(cacheRoot));
  if (compiler === undefined) {
    return ok({recipeHash, finished: anyBuildOf(recipe.name, recipeHash, builds), target: undefined});
  }
  const fingerprint = buildFingerprint(recipeHash, compiler.version);
  const folder = path.join(builds, `${recipe.name}-${fingerprint}`);
  const manifest = readManifest(folder);
  return ok({
    recipeHash,
    finished: manifest === undefined ? undefined : buildOf(manifest),
    target: {folder, fingerprint, compiler},
  });
}

/** A finished build of the same recipe by whatever compiler. */
function anyBuildOf(name: string, recipeHash: string, builds: string): PythonBuild | undefined {
  const manifest = foldersIn(builds)
    .filter((folder) => folder.startsWith(`${name}-`))
    .map((folder) => readManifest(path.join(builds, folder)))
    .find((candidate) => candidate?.recipeFingerprint === recipeHash && candidate.name === name);
  return manifest === undefined ? undefined : buildOf(manifest);
}

async function makeUnderLock(
  recipe: Recipe,
  recipeHash: string,
  target: BuildTarget,
  options: EnsureBuildOptions,
): Promise<Result<PythonBuild, Problem>> {
  const {cacheRoot, signal, onEvent} = options;
  const id = path.basename(target.folder);
  const work = async () => {
    // Whoever held the lock before may have finished it.
    const manifest = readManifest(target.folder);
    if (manifest !== undefined) return ok(buildOf(manifest));
    return makeAndReport(recipe, recipeHash, target, options);
  };
  const onWait = () => onEvent({type: 'build-waiting', build: recipe.name, what: recipe.name});
  try {
    const lock = lockFile(path.resolve(cacheRoot), id);
    return await whileLocked(lock, {title: `build of ${recipe.name}`, signal, onWait}, work);
  } catch (error) {
    return fail(cacheProblem(error, cacheRoot));
  }
}

async function makeAndReport(
  recipe: Recipe,
  recipeHash: string,
  {folder, fingerprint, compiler, native}: BuildTarget,
  {cacheRoot, jobs, sources, signal, onEvent}: EnsureBuildOptions,
): Promise<Result<PythonBuild, Problem>> {
  const startedAt = performance.now();
  const logs = logFolder(path.resolve(cacheRoot), path.basename(folder));
  onEvent({type: 'build-started', build: recipe.name, fingerprint});
  // What an interrupted build left there; the last of its processes may be about to end.
  rmSync(folder, {recursive: true, force: true, maxRetries: 5});
  rmSync(logs, {recursive: true, force: true});
  const {makeBuild} = await import('./build-steps.js');
  let made: Result<Findings, Problem>;
  try {
    mkdirSync(folder, {recursive: true});
    made = await makeBuild({
      recipe,
      compiler,
      native,
      folder,
      logs,
      cacheRoot,
      jobs: jobs ?? availableParallelism(),
      sources,
      signal,
      onEvent,
    });
    if (made.ok) {
      const {missingModules, ...found} = made.value;
      writeManifest({
        ...found,
        name: recipe.name,
        profile: recipe.profile,
        host: recipe.host,
        fingerprint,
        recipeFingerprint: recipeHash,
        compiler: compiler.version,
        folder,
        missingModules,
        log: logs,
        bytes: folderBytes(folder),
        builtAt: new Date().toISOString(),
      });
    }
  } catch (error) {
    made = fail(cacheProblem(error, cacheRoot));
  }
  if (!made.ok) {
    rmSync(folder, {recursive: true, force: true});
    onEvent({type: 'build-failed', build: recipe.name, problem: made.error});
    return made;
  }
  const manifest = readManifest(folder);
  if (manifest === undefined) throw new Error(`the manifest in ${folder} vanished`);
  const build = buildOf(manifest);
  onEvent({type: 'build-finished', build, durationMs: performance.now() - startedAt});
  return ok(build);
}
