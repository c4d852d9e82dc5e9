import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {endGuarded, guarded, readPid, unguarded} from '../../../src/run/guard.js';
import {runChild} from '../../../src/util/child.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'leakline-guard-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const pidFile = () => path.join(folder, 'pid');

/** Runs the shell commands behind a guard. */
async function run(script: string) {
  const log = path.join(folder, 'log');
  const env = {PATH: process.env.PATH ?? ''};
  const argv = guarded(['sh', '-c', script, 'first', "it's", '$HOME'], pidFile());
  const {outcome} = await runChild(argv, {cwd: folder, env, log});
  return {outcome, output: readFileSync(log, 'utf8')};
}

describe('a guarded process', () => {
  it('has its arguments, its output and the process id that the guard tells', async () => {
    const {outcome, output} = await run('echo $$ "$1" "$2"; echo wrong >&2; exit 3');
    expect(outcome).toEqual({reason: 'exited', code: 3});
    expect(output).toBe(`${readPid(pidFile())} it's $HOME\nwrong\n`);
  });

  it.each(['ABRT', 'SEGV', 'KILL', 'TERM', 'INT'])(
    'ended by SIG%s says so, and prints nothing of it',
    async (signal) => {
      const {outcome, output} = await run(`echo before; kill -${signal} $$`);
      expect(unguarded(outcome, true)).toEqual({reason: 'signalled', signal: `SIG${signal}`});
      expect(output).toBe('before\n');
    },
  );

  it('that ends its parent ends the guard, and itself with it', async () => {
    const {outcome} = await run('kill -KILL $PPID; sleep 600');
    expect(outcome).toEqual({reason: 'signalled', signal: 'SIGKILL'});
    expect(unguarded(outcome, true)).toEqual(outcome);
  });

  it("does not have the guard's own descriptor", async () => {
    const {output} = await run('test -e /proc/$$/fd/3 || echo none');
    expect(output).toBe('none\n');
  });
});

it('what left the process group of its guard can still be ended', async () => {
  const stop = new AbortController();
  const env = {PATH: process.env.PATH ?? ''};
  const options = {cwd: folder, env, log: path.join(folder, 'log'), signal: stop.signal};
  const ended = runChild(guarded(['setsid', 'sleep', '600'], pidFile()), options);
  const commandOf = (pid: number | undefined) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  };
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  await until(() => commandOf(readPid(pidFile())).startsWith('sleep'));
  const pid = readPid(pidFile()) ?? 0;
  stop.abort();
  expect((await ended).outcome).toEqual({reason: 'aborted'});
  expect(commandOf(pid)).toBe('sleep\u0000600\u0000');
  endGuarded(pid);
  await until(() => commandOf(pid) === '');
  endGuarded(pid);
});

it('a high exit code is a signal only where the end was sudden', () => {
  expect(unguarded({reason: 'exited', code: 139}, false)).toEqual({reason: 'exited', code: 139});
  expect(unguarded({reason: 'exited', code: 139}, true)).toEqual({reason: 'signalled', signal: 'SIGSEGV'});
  expect(unguarded({reason: 'exited', code: 128}, true)).toEqual({reason: 'exited', code: 128});
  expect(unguarded({reason: 'timed-out', timeoutMs: 1}, true)).toEqual({reason: 'timed-out', timeoutMs: 1});
});

it('a process that never started has no id', () => {
  expect(readPid(pidFile())).toBeUndefined();
});
