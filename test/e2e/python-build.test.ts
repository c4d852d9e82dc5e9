import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {readManifest} from '../../src/python/manifest.js';
import {type FakeSource, writeFakeSource} from './fake-cpython.js';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

let root: string;
let cache: string;
let mounts: string[];
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'leakline-build-')));
  cache = path.join(root, 'cache');
  mounts = [];
});
afterEach(() => {
  for (const mount of mounts) system('umount', '-l', mount);
  rmSync(root, {recursive: true, force: true});
});

const inRoot = (...parts: string[]) => path.join(root, ...parts);

/** Runs a command of the system and gives whether it worked. */
const system = (...argv: string[]) => spawnSync(argv[0] ?? '', argv.slice(1)).status === 0;

/** A project whose build `fake` comes from a source that passes for CPython's. */
function project(source: FakeSource = {}, recipe = ''): void {
  writeFakeSource(inRoot('cpython'), {counter: inRoot('configured'), ...source});
  mkdirSync(inRoot('python-build'), {recursive: true});
  writeFileSync(inRoot('python-build', 'fake.yaml'), `source: {path: ../cpython}\n${recipe}`);
}

const timesConfigured = () =>
  existsSync(inRoot('configured')) ? readFileSync(inRoot('configured'), 'utf8').split('\n').length - 1 : 0;

function start(env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, [CLI, 'python', 'build', 'fake'], {
    cwd: root,
    env: {...process.env, CI: '1', LEAKLINE_CACHE: cache, ...env},
  });
}

/** The exit code or the signal, and everything that was written. */
async function ended(child: ChildProcess): Promise<{code: number | string | null; output: string}> {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({code: code ?? signal, output}));
  });
}

const build = (env: Readonly<Record<string, string>> = {}) => ended(start(env));

function leakline(...args: string[]): {status: number | null; stdout: string} {
  const env = {...process.env, LEAKLINE_CACHE: cache};
  return spawnSync(process.execPath, [CLI, ...args], {cwd: root, env, encoding: 'utf8'});
}

const builds = () => (existsSync(path.join(cache, 'builds')) ? readdirSync(path.join(cache, 'builds')) : []);

/** The folder of the only build there is. */
function buildFolder(): string {
  expect(builds()).toHaveLength(1);
  return path.join(cache, 'builds', builds()[0] ?? '');
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Processes whose command line holds `text`. */
function processesWith(text: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}

/** Whether the process holds or waits for a lock of the cache. */
function hasLockOpen(pid: number | undefined): boolean {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((name) => {
    try {
      return readlinkSync(path.join(folder, name)).endsWith('.lock');
    } catch {
      return false;
    }
  });
}

/** A `make` that says that it runs and then sleeps for a time that names this test. */
function sleeper(): {readonly compile: string; readonly started: string; readonly mark: string} {
  const mark = `${1000 + Math.floor(Math.random() * 1e9) / 1e6}`;
  const started = inRoot('started');
  return {compile: `touch ${started}; sleep ${mark}`, started, mark};
}

function mountTmpfs(folder: string, options: string): boolean {
  mkdirSync(folder, {recursive: true});
  const isMounted = system('mount', '-t', 'tmpfs', '-o', options, 'tmpfs', folder);
  if (isMounted) mounts.push(folder);
  return isMounted;
}

describe('a build', () => {
  it('is made once and then found', async () => {
    project();
    expect((await build()).code).toBe(0);
    const again = await build();
    expect(again.code).toBe(0);
    expect(again.output).toContain(buildFolder());
    expect(timesConfigured()).toBe(1);
  });

  it('keeps the prefix, C sources and suppressions, and nothing else', async () => {
    project();
    await build();
    const files = readdirSync(buildFolder(), {recursive: true, encoding: 'utf8'}).filter((name) =>
      /\.|python3/.test(name),
    );
    expect(files.sort()).toEqual([
      'manifest.json',
      'prefix/bin/python3',
      'prefix/bin/python3.13',
      'prefix/lib/python3.13',
      'src/Objects/object.c',
      'valgrind-python.supp',
    ]);
    expect(readManifest(buildFolder())).toMatchObject({
      name: 'fake',
      version: [3, 13, 5],
      python: path.join(buildFolder(), 'prefix/bin/python3.13'),
    });
  });

  it('needs no compiler when it is there, and says what is missing when it is not', async () => {
    project();
    const withoutCompiler = {CC: 'no-such-compiler'};
    const refused = await build(withoutCompiler);
    expect(refused.code).toBe(2);
    expect(refused.output).toContain('leakline doctor --fix');
    await build();
    expect((await build(withoutCompiler)).code).toBe(0);
    expect(timesConfigured()).toBe(1);
  });

  it('is another one when the source has changed', async () => {
    project();
    await build();
    writeFileSync(inRoot('cpython', 'Objects', 'object.c'), 'int changed;\n');
    await build();
    expect(builds()).toHaveLength(2);
  });

  it('has the patches of its recipe', async () => {
    const patch =
      '--- a/Objects/object.c\n+++ b/Objects/object.c\n@@ -1 +1 @@\n-int object;\n+int patched;\n';
    project({}, 'patches: [fix.patch]\n');
    writeFileSync(inRoot('python-build', 'fix.patch'), patch);
    expect((await build()).code).toBe(0);
    expect(readFileSync(path.join(buildFolder(), 'src/Objects/object.c'), 'utf8')).toBe('int patched;\n');
  });

  it('whose allocator is not what the profile promises is none', async () => {
    project({allocatedBlocks: 5000});
    const {code, output} = await build();
    expect(code).toBe(2);
    expect(output).toContain('pymalloc is live');
    expect(builds()).toEqual([]);
  });

  it('that fails shows the end of its log and leaves only that', async () => {
    project({compile: 'seq 1 100; echo object.c:1: no such thing; exit 1'});
    const {code, output} = await build();
    expect(code).toBe(2);
    expect(output).toContain('compile step of fake failed');
    expect(output).toContain('object.c:1: no such thing');
    expect(output).not.toMatch(/^\s*50$/m);
    const log = output.match(/\S+compile\.log/)?.[0] ?? '';
    expect(readFileSync(log, 'utf8')).toMatch(/^1\n2\n3$/m);
    expect(builds()).toEqual([]);
  });

  it('of something that is no source is refused', async () => {
    project();
    rmSync(inRoot('cpython', 'configure'));
    expect((await build()).output).toContain('holds no CPython source');
  });
});

describe('two processes', () => {
  it('that want the same build make it once', async () => {
    project({compile: 'sleep 1'});
    const outcomes = await Promise.all([build(), build(), build()]);
    expect(outcomes.map(({code}) => code)).toEqual([0, 0, 0]);
    expect(timesConfigured()).toBe(1);
  });

  it('do not wait for each other for ever: an interrupted one gives up its place', async () => {
    const {compile, started} = sleeper();
    project({compile});
    const first = start();
    await until(() => existsSync(started));
    const second = start();
    const secondEnd = ended(second);
    await until(() => hasLockOpen(second.pid));
    second.kill('SIGINT');
    expect(await secondEnd).toMatchObject({code: 130, output: expect.stringContaining('interrupted')});
    const firstEnd = ended(first);
    first.kill('SIGINT');
    await firstEnd;
  });
});

describe('a build that is broken off', () => {
  it('by Ctrl-C leaves neither processes nor a build', async () => {
    const {compile, started, mark} = sleeper();
    project({compile});
    const child = start();
    const end = ended(child);
    await until(() => existsSync(started));
    child.kill('SIGINT');
    expect(await end).toMatchObject({code: 130, output: expect.stringContaining('interrupted')});
    await until(() => processesWith(mark).length === 0);
    expect(builds()).toEqual([]);
  });

  it('by SIGKILL leaves no processes, nothing that looks finished, and is made again', async () => {
    const {compile, started, mark} = sleeper();
    project({compile: `test -e ${inRoot('again')} && exit 0; ${compile}`});
    const child = start();
    const end = ended(child);
    await until(() => existsSync(started));
    child.kill('SIGKILL');
    expect((await end).code).toBe('SIGKILL');
    await until(() => processesWith(mark).length === 0);
    expect(leakline('python', 'path', 'fake').stdout).toContain('fake is not built');
    writeFileSync(inRoot('again'), '');
    expect((await build()).code).toBe(0);
    expect(builds()).toHaveLength(1);
    expect(timesConfigured()).toBe(2);
  });

  it('is removed by remove --unused, which leaves the others', async () => {
    project();
    await build();
    const kept = builds();
    mkdirSync(path.join(cache, 'builds', 'fake-0123456789ab', 'src'), {recursive: true});
    expect(leakline('python', 'remove', '--unused').stdout).toContain('removed fake-0123456789ab');
    expect(builds()).toEqual(kept);
  });
});

describe('a cache', () => {
  it('that is full is named as the reason, and can be used after that', async ({skip}) => {
    project({compile: 'head -c 3000000 /dev/zero > object.bin'});
    if (!mountTmpfs(cache, 'size=2m')) skip();
    const {code, output} = await build();
    expect(code).toBe(2);
    expect(output).toContain('No space is left');
    expect(builds()).toEqual([]);
    system('mount', '-o', 'remount,size=20m', cache);
    expect((await build()).code).toBe(0);
  });

  it('that is read-only serves what it has and refuses the rest', async ({skip}) => {
    project();
    if (!mountTmpfs(cache, 'size=20m')) skip();
    await build();
    system('mount', '-o', 'remount,ro', cache);
    expect((await build()).code).toBe(0);
    writeFileSync(inRoot('cpython', 'Objects', 'object.c'), 'int changed;\n');
    const {code, output} = await build();
    expect(code).toBe(2);
    expect(output).toContain(`${cache} cannot be written`);
    expect(output).toContain('LEAKLINE_CACHE');
  });

  it('forgets a build by its name', async () => {
    project();
    await build();
    expect(leakline('python', 'list').stdout).toMatch(/^fake +3\.13\.5 +malloc +\S+ \S+ +- +\S.*ago +\//m);
    expect(leakline('python', 'remove', 'fake')).toMatchObject({status: 0});
    expect(builds()).toEqual([]);
    expect(leakline('python', 'list').stdout).toMatch(/^fake +- +malloc +- +- +not built$/m);
    expect(leakline('python', 'remove', 'fake')).toMatchObject({status: 2});
  });
});
