import {existsSync, mkdirSync, renameSync, rmSync} from 'node:fs';
import path from 'node:path';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {cacheProblem, environmentsFolder, lockFile, logFolder, markUsed} from './cache.js';
import {type Compiler, findCompiler, noCompiler} from './compiler.js';
import {compilerProblem} from './compiler-problem.js';
import type {OnBuildEvent} from './events.js';
import {targetArch} from './host.js';
import {whileLocked} from './locked.js';
import type {PythonBuild} from './manifest.js';
import {type NativeTarget, nativeArgv, nativeFingerprint} from './native-command.js';
import {type NativeSource, readNativeSource} from './native-source.js';
import {plainEnvironment, runStep} from './step.js';

export interface NativeOptions {
  readonly cacheRoot: string;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: OnBuildEvent;
}

/** Something compiled, in a folder of its own. */
export interface NativeObject {
  readonly folder: string;
  readonly file: string;
}

/**
 * The extension module or program made of the C or C++ file `file`: from the cache, or compiled
 * now. Recompiled when the file, a header beside it, the compiler or the build has changed.
 */
export async function ensureNative(
  build: PythonBuild,
  target: NativeTarget,
  file: string,
  options: NativeOptions,
): Promise<Result<NativeObject, Problem>> {
  let source: NativeSource;
  try {
    source = readNativeSource(path.resolve(file));
  } catch (error) {
    return fail({file, message: `cannot be read: ${(error as Error).message}`});
  }
  const compiler = await findCompiler(build.host);
  const version = compiler?.version ?? build.compiler;
  const fingerprint = nativeFingerprint(target, source, version, build, archOf(build));
  const module = path.parse(file).name;
  const id = `${module}-${fingerprint}`;
  const folder = path.join(environmentsFolder(path.resolve(options.cacheRoot)), id);
  const name = target === 'extension' ? `${module}${build.extensionSuffix}` : module;
  const object: NativeObject = {folder, file: path.join(folder, name)};
  if (existsSync(object.file)) {
    markUsed(folder);
    return ok(object);
  }
  if (compiler === undefined) return fail(noCompiler(file, build.host));
  const title = `compilation of ${file}`;
  const onWait = () => options.onEvent({type: 'build-waiting', build: build.name, what: file});
  const lock = lockFile(path.resolve(options.cacheRoot), id);
  try {
    return await whileLocked(lock, {title, signal: options.signal, onWait}, async () =>
      existsSync(object.file) ? ok(object) : compileNative(build, target, source, compiler, object, options),
    );
  } catch (error) {
    return fail(cacheProblem(error, options.cacheRoot));
  }
}

const archOf = ({host}: PythonBuild): string => (host === undefined ? process.arch : targetArch(host));

async function compileNative(
  build: PythonBuild,
  target: NativeTarget,
  source: NativeSource,
  compiler: Compiler,
  object: NativeObject,
  {cacheRoot, signal, onEvent}: NativeOptions,
): Promise<Result<NativeObject, Problem>> {
  const startedAt = performance.now();
  onEvent({type: 'native-started', build: build.name, source: source.file});
  // The finished folder appears by a rename, so that it is there whole or not at all.
  const making = `${object.folder}.making`;
  rmSync(making, {recursive: true, force: true});
  try {
    mkdirSync(making, {recursive: true});
    const output = path.join(making, path.basename(object.file));
    const log = path.join(logFolder(path.resolve(cacheRoot), path.basename(object.folder)), 'compile.log');
    const compiled = await runStep({
      title: `compilation of ${source.file}`,
      argv: nativeArgv(target, source, compiler, build.includes, output, archOf(build)),
      cwd: path.dirname(source.file),
      env: plainEnvironment(),
      log,
      signal,
      onFailure: compilerProblem,
    });
    if (!compiled.ok) {
      onEvent({type: 'native-failed', build: build.name, source: source.file});
      return compiled;
    }
    rmSync(object.folder, {recursive: true, force: true});
    renameSync(making, object.folder);
  } finally {
    rmSync(making, {recursive: true, force: true});
  }
  onEvent({
    type: 'native-finished',
    build: build.name,
    source: source.file,
    durationMs: performance.now() - startedAt,
  });
  return ok(object);
}
