import {existsSync, mkdirSync, readFileSync, rmSync, symlinkSync} from 'node:fs';
import path from 'node:path';
import {z} from 'zod';
import {writeFileAtomic} from '../util/atomic-file.js';
import {captureOutput} from '../util/child.js';
import {shortHash} from '../util/hash.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {environmentsFolder, lockFile, logFolder, markUsed} from './cache.js';
import {writeLinkTools} from './link-tools.js';
import {whileLocked} from './locked.js';
import type {PythonBuild} from './manifest.js';
import type {NativeOptions} from './native.js';
import {pipEnvironment} from './pip-command.js';
import {runStep} from './step.js';

/** The pip of one build, and what its runs share. */
export interface Pip {
  /** The package's folder, which an interpreter can run. */
  readonly pip: string;
  /**
   * pip's cache: the user's own for downloads, one of this build for wheels. pip takes a wheel that
   * it compiled before whatever flags were meant (since 23.1 with --no-binary too), so those of
   * other interpreters and other flags must not be found.
   */
  readonly cache: string;
  /** Linkers that strip nothing. */
  readonly tools: string;
  /** Where the sources of what was compiled stay for debuggers. */
  readonly sources: string;
}

/** Raised when what an earlier version of leakline unpacked or compiled is not to be used any more. */
const PIP_FORMAT = 1;

/** The first pip that builds a project in its own folder and knows today's wheel tags. */
const OLDEST = [21, 3] as const;

const MANIFEST_FILE = 'pip.json';

const manifestSchema = z.object({
  format: z.literal(PIP_FORMAT),
  pip: z.string(),
  /** The cache of the user's own pip, as far as that tells. */
  userCache: z.string().nullable(),
});

/** Prints where wheels of pip and setuptools are that came with the interpreter. Runs on 2.7 too. */
const FIND_WHEELS = `
import glob, os, sysconfig
folders = [sysconfig.get_config_var("WHEEL_PKG_DIR") or "", "/usr/share/python-wheels"]
try:
    import ensurepip
    folders.insert(0, os.path.join(os.path.dirname(ensurepip.__file__), "_bundled"))
except ImportError:
    pass
for folder in folders:
    if folder and glob.glob(os.path.join(folder, "pip-*.whl")):
        for name in ("pip", "setuptools"):
            for wheel in sorted(glob.glob(os.path.join(folder, name + "-*.whl")))[-1:]:
                print(wheel)
        break
`;

/**
 * The pip that belongs to `build`: unpacked from the wheel that came with it, once.
 *
 * @param compiled what tells its wheels from those of other compilers and flags
 */
export async function ensurePip(
  build: PythonBuild,
  compiled: readonly string[],
  options: NativeOptions,
): Promise<Result<Pip, Problem>> {
  const cacheRoot = path.resolve(options.cacheRoot);
  const id = `pip-${shortHash([`${PIP_FORMAT}`, build.fingerprint, ...compiled])}`;
  const folder = path.join(environmentsFolder(cacheRoot), id);
  const known = readPip(folder);
  if (known !== undefined) {
    markUsed(folder);
    return ok(known);
  }
  const onWait = () => options.onEvent({type: 'build-waiting', build: build.name, what: 'its pip'});
  return whileLocked(
    lockFile(cacheRoot, id),
    {title: `unpacking of pip for ${build.name}`, signal: options.signal, onWait},
    async () => {
      const made = readPip(folder);
      return made === undefined ? makePip(build, folder, options) : ok(made);
    },
  );
}

async function makePip(
  build: PythonBuild,
  folder: string,
  options: NativeOptions,
): Promise<Result<Pip, Problem>> {
  rmSync(folder, {recursive: true, force: true});
  mkdirSync(folder, {recursive: true});
  const tools = path.join(folder, 'tools');
  writeLinkTools(tools);
  const bundled = path.join(folder, 'bundled');
  const wheels = await captureOutput([build.python, '-s', '-c', FIND_WHEELS], {cwd: folder});
  const files = (wheels ?? '').split('\n').filter(Boolean);
  if (files.length === 0) {
    return fail({
      message: `${build.name} has no pip to install requirements with`,
      next: 'install what came with its ensurepip: apt-get install python3-venv, on Debian',
    });
  }
  for (const wheel of files) {
    const argv = [build.python, '-s', '-m', 'zipfile', '-e', wheel, bundled];
    if ((await captureOutput(argv, {cwd: folder})) === undefined) {
      return fail({message: `${wheel} cannot be unpacked into ${bundled}`});
    }
  }
  let pip = path.join(bundled, 'pip');
  if (build.version[0] >= 3 && isOld(files[0] ?? '')) {
    const newer = path.join(folder, 'newer');
    const upgraded = await runStep({
      title: `upgrade of pip for ${build.name}`,
      argv: [build.python, '-s', pip, 'install', '--no-deps', '--target', newer, 'pip'],
      cwd: folder,
      env: pipEnvironment(
        process.env,
        {temporary: folder, cache: path.join(folder, 'cache'), tools, ceiling: folder, copies: []},
        process.arch,
      ),
      log: path.join(logFolder(path.resolve(options.cacheRoot), path.basename(folder)), 'pip.log'),
      signal: options.signal,
    });
    if (options.signal?.aborted && !upgraded.ok) return upgraded;
    // Where there is no newer one to be had, the old one does for most.
    if (upgraded.ok) pip = path.join(newer, 'pip');
  }
  // Fails where a cache is not wanted, and before pip 20.1.
  const userCache = await captureOutput([build.python, '-s', pip, 'cache', 'dir'], {cwd: folder});
  const manifest = {format: PIP_FORMAT, pip, userCache: userCache?.trim() || null};
  writeFileAtomic(path.join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  const made = readPip(folder);
  if (made === undefined) throw new Error(`the manifest in ${folder} vanished`);
  return ok(made);
}

/** Whether the pip in a wheel called `pip-20.2.3-py2.py3-none-any.whl` is too old. */
function isOld(wheel: string): boolean {
  const [major = 0, minor = 0] = (/pip-(\d+)\.(\d+)/.exec(path.basename(wheel)) ?? []).slice(1).map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

function readPip(folder: string): Pip | undefined {
  try {
    const text = readFileSync(path.join(folder, MANIFEST_FILE), 'utf8');
    const {pip, userCache} = manifestSchema.parse(JSON.parse(text));
    if (!existsSync(pip)) return undefined;
    return {
      pip,
      cache: linkedCache(path.join(folder, 'cache'), userCache ?? undefined),
      tools: path.join(folder, 'tools'),
      sources: path.join(folder, 'sources'),
    };
  } catch {
    return undefined;
  }
}

/** A cache of pip whose downloads are those of the user's. */
function linkedCache(cache: string, userCache: string | undefined): string {
  try {
    mkdirSync(cache, {recursive: true});
    if (userCache === undefined) return cache;
    for (const name of ['http', 'http-v2', 'selfcheck']) {
      mkdirSync(path.join(userCache, name), {recursive: true});
      const link = path.join(cache, name);
      if (!existsSync(link)) symlinkSync(path.join(userCache, name), link);
    }
  } catch {
    // Without the link pip downloads once more, into a folder of its own.
  }
  return cache;
}
