import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {type ChildOptions, captureOutput, runChild, startChild} from '../../../src/util/child.js';

let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'leakline-child-'));
  log = path.join(folder, 'log.txt');
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const PATH = process.env.PATH ?? '';
const options = (over: Partial<ChildOptions> = {}): ChildOptions => ({
  cwd: folder,
  env: {PATH},
  log,
  ...over,
});
const sh = (script: string, over: Partial<ChildOptions> = {}) =>
  runChild(['sh', '-c', script], options(over));
const start = (script: string, over: Partial<ChildOptions> = {}) =>
  startChild(['sh', '-c', script], options(over));

const isAlive = (pid: number) => {
  try {
    // A zombie answers to signals too; its command line is empty.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
};

/** Waits for the end of a process that was sent SIGKILL. */
async function isGone(pid: number): Promise<true> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
  return true;
}

/** The number in a file that a child writes, once it is there. */
async function pidIn(name: string): Promise<number> {
  const file = path.join(folder, name);
  for (;;) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (text.endsWith('\n')) return Number(text);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A process that the child starts and would leave behind. */
const WITH_DESCENDANT = 'sleep 600 & echo $! > descendant; ';

describe('a child', () => {
  it.each([
    ['true', {reason: 'exited', code: 0}],
    ['exit 7', {reason: 'exited', code: 7}],
    ['kill -SEGV $$', {reason: 'signalled', signal: 'SIGSEGV'}],
    ['kill -KILL $$', {reason: 'signalled', signal: 'SIGKILL'}],
  ])('that ran %j: %j', async (script, outcome) => {
    const done = await sh(script);
    expect(done.outcome).toEqual(outcome);
    expect(done.durationMs).toBeGreaterThan(0);
    expect(done.pid).toBeGreaterThan(0);
  });

  it.each([
    ['no such program', ['/nowhere/at-all'], {}],
    ['no such folder', ['true'], {cwd: '/nowhere/at-all'}],
    ['no program', ['/etc/passwd'], {}],
  ])('did not start: %s', async (_, argv, over) => {
    const {outcome, pid} = await runChild(argv, options(over));
    expect(outcome).toEqual({reason: 'not-started', message: expect.stringMatching(/ENOENT|EACCES/)});
    expect(pid).toBeUndefined();
  });

  it('has the environment that it is given and no other', async () => {
    await sh('env | cut -d= -f1 | sort', {env: {PATH, ONLY: 'this'}});
    const names = readFileSync(log, 'utf8').trim().split('\n');
    expect(names.filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name))).toEqual(['ONLY', 'PATH']);
  });

  it('writes both of its outputs to the log, in order', async () => {
    await sh('echo one; echo two >&2; echo three');
    expect(readFileSync(log, 'utf8')).toBe('one\ntwo\nthree\n');
  });

  it('has an empty standard input', async () => {
    await sh('cat; echo end');
    expect(readFileSync(log, 'utf8')).toBe('end\n');
  });

  it('leads a process group of its own', async () => {
    const {pid} = await sh('cut -d" " -f5 /proc/$$/stat');
    expect(Number(readFileSync(log, 'utf8'))).toBe(pid);
  });

  it('gets its arguments as they are', async () => {
    await runChild(['printf', '%s|', 'a b', '$HOME', '', '*'], options());
    expect(readFileSync(log, 'utf8')).toBe('a b|$HOME||*|');
  });
});

describe('the end of a child', () => {
  it('takes what it started along', async () => {
    const {outcome} = await sh(`${WITH_DESCENDANT}exit 0`);
    expect(outcome).toEqual({reason: 'exited', code: 0});
    expect(await isGone(await pidIn('descendant'))).toBe(true);
  });

  it('comes with its time-out, for what it started too', async () => {
    const {outcome} = await sh(`${WITH_DESCENDANT}wait`, {timeoutMs: 200});
    expect(outcome).toEqual({reason: 'timed-out', timeoutMs: 200});
    expect(await isGone(await pidIn('descendant'))).toBe(true);
  });

  it('comes though it ignores the polite signals', async () => {
    const {outcome} = await sh('trap "" TERM INT HUP; while :; do sleep 1; done', {timeoutMs: 200});
    expect(outcome.reason).toBe('timed-out');
  });

  it('comes when it is aborted, for what it started too', async () => {
    const abort = new AbortController();
    const child = start(`${WITH_DESCENDANT}wait`, {signal: abort.signal});
    const descendant = await pidIn('descendant');
    abort.abort();
    expect((await child.done).outcome).toEqual({reason: 'aborted'});
    expect(await isGone(descendant)).toBe(true);
  });

  it('comes at once when all was aborted before', async () => {
    expect((await sh('sleep 600', {signal: AbortSignal.abort()})).outcome).toEqual({reason: 'aborted'});
  });

  it('is a time-out though all is aborted right after', async () => {
    const abort = new AbortController();
    const child = start('sleep 600', {timeoutMs: 50, signal: abort.signal});
    setTimeout(() => abort.abort(), 60);
    const {outcome} = await child.done;
    expect(['timed-out', 'aborted']).toContain(outcome.reason);
  });

  it('comes when it is killed', async () => {
    const child = start(`${WITH_DESCENDANT}wait`);
    const descendant = await pidIn('descendant');
    child.kill();
    expect((await child.done).outcome).toEqual({reason: 'signalled', signal: 'SIGKILL'});
    expect(await isGone(descendant)).toBe(true);
    child.kill();
  });

  it.each([
    ['its standard input', '<&5', {}],
    ['its messages', '5<&-', {onMessage: () => {}}],
  ])('does not wait for a daemon that has %s', async (_, redirection, over) => {
    const daemon = `setsid sh -c 'echo $$ > daemon; exec sleep 600' ${redirection} &`;
    const {outcome} = await start(`exec 5<&0; ${daemon} while [ ! -s daemon ]; do :; done`, over).done;
    const pid = await pidIn('daemon');
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
    expect(outcome).toEqual({reason: 'exited', code: 0});
  });
});

describe('messages', () => {
  it('are the lines on descriptor 3, each of them', async () => {
    const lines: string[] = [];
    const onMessage = (line: string) => lines.push(line);
    await sh('echo one >&3; echo "not this"; i=0; while [ $i -lt 2000 ]; do echo $i; i=$((i+1)); done >&3', {
      onMessage,
    });
    expect(lines).toEqual(['one', ...Array.from({length: 2000}, (_, index) => `${index}`)]);
  });

  it('answer what was sent', async () => {
    const lines: string[] = [];
    const child = start('while read -r line; do echo "<$line>" >&3; done', {
      onMessage: (line) => lines.push(line),
    });
    child.send('one\n');
    child.send('two\n');
    child.closeStdin();
    expect((await child.done).outcome).toEqual({reason: 'exited', code: 0});
    expect(lines).toEqual(['<one>', '<two>']);
  });

  it('to a child that is gone are swallowed', async () => {
    const child = start('exec 0<&-; exit 0');
    await child.done;
    child.send('x'.repeat(1_000_000));
    child.closeStdin();
  });

  it('need descriptor 3, which is closed where nobody listens', async () => {
    const {outcome} = await sh('(echo one >&3) 2>/dev/null && exit 0; exit 9');
    expect(outcome).toEqual({reason: 'exited', code: 9});
  });
});

describe('output that is captured', () => {
  it.each([
    [['echo', 'text'], 'text'],
    [['sh', '-c', 'echo text; echo noise >&2'], 'text'],
    [['sh', '-c', 'echo text; exit 1'], undefined],
    [['/nowhere/at-all'], undefined],
    [['sh', '-c', 'kill -9 $$'], undefined],
    [['cat'], ''],
  ])('of %j is %j', async (argv, output) => {
    expect(await captureOutput(argv)).toBe(output);
  });

  it('is none when it takes too long', async () => {
    expect(await captureOutput(['sleep', '600'], {timeoutMs: 50})).toBeUndefined();
  });

  it('has the folder and the environment that are asked for', async () => {
    expect(await captureOutput(['pwd', '-P'], {cwd: '/'})).toBe('/');
    expect(await captureOutput(['sh', '-c', 'echo $A$HOME'], {env: {PATH, A: 'only'}})).toBe('only');
  });
});
