import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {captureOutput} from '../util/child.js';
import {shortHash} from '../util/hash.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {cacheProblem, environmentsFolder, lockFile, markUsed} from './cache.js';
import {whileLocked} from './locked.js';
import type {PythonBuild} from './manifest.js';
import type {NativeOptions} from './native.js';
import {plainEnvironment} from './step.js';

/** The agent's Python files as leakline ships them, beside this module's folder in dist/ as in src/. */
const shipped = fileURLToPath(new URL('../probe', import.meta.url));

/** Names of the agent's files, relative to its folder. */
function agentFiles(): readonly string[] {
  return readdirSync(shipped, {recursive: true, encoding: 'utf8'})
    .filter((file) => file.endsWith('.py'))
    .sort();
}

/** Hash of the agent's files: another agent leaves other things behind. */
function agentIdentity(): string {
  return shortHash(agentFiles().flatMap((file) => [file, readFileSync(path.join(shipped, file), 'utf8')]));
}

/** Copies the agent's source files into `folder`. */
export function copyAgent(folder: string): void {
  for (const file of agentFiles()) cpSync(path.join(shipped, file), path.join(folder, file));
}

/**
 * A copy of the agent in the cache, byte-compiled for `build`: to compile it anew under valgrind
 * takes each process a second, and leakline's own folder may be read-only.
 *
 * @returns the copy's folder
 */
export async function ensureAgent(
  build: PythonBuild,
  {cacheRoot, signal, onEvent}: NativeOptions,
): Promise<Result<string, Problem>> {
  const id = `agent-${shortHash([agentIdentity(), build.fingerprint])}`;
  const folder = path.join(environmentsFolder(path.resolve(cacheRoot)), id);
  const compiled = path.join(folder, 'compiled');
  if (existsSync(compiled)) {
    markUsed(folder);
    return ok(folder);
  }
  const onWait = () => onEvent({type: 'build-waiting', build: build.name, what: 'the agent'});
  try {
    return await whileLocked(
      lockFile(path.resolve(cacheRoot), id),
      {title: 'compilation of the agent', signal, onWait},
      () => makeAgent(build, folder, compiled),
    );
  } catch (error) {
    return fail(cacheProblem(error, cacheRoot));
  }
}

async function makeAgent(
  {python}: PythonBuild,
  folder: string,
  compiled: string,
): Promise<Result<string, Problem>> {
  if (existsSync(compiled)) return ok(folder);
  rmSync(folder, {recursive: true, force: true});
  mkdirSync(folder, {recursive: true});
  copyAgent(folder);
  // Compiled where it stays: the files' paths become part of the code.
  const argv = [python, '-s', '-m', 'compileall', '-q', folder];
  if ((await captureOutput(argv, {env: plainEnvironment()})) === undefined) {
    return fail({message: `The agent cannot be compiled: ${argv.join(' ')} failed`});
  }
  const marker = `${compiled}.new`;
  mkdirSync(marker);
  renameSync(marker, compiled);
  return ok(folder);
}
