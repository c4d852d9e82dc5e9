import {type ChildProcess, spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {RUN_MARKER, startWatchdog} from '../../../src/run/watchdog.js';

let folder: string;
let work: string;
let marker: string;
const strangers: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'leakline-watchdog-'));
  work = path.join(folder, 'work');
  mkdirSync(work);
  marker = randomBytes(6).toString('hex');
});
afterEach(() => {
  for (const stranger of strangers.splice(0)) stranger.kill('SIGKILL');
  rmSync(folder, {recursive: true, force: true});
});

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function isGone(pid: number): Promise<true> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
  return true;
}

/** Starts a process with the environment, and says when it runs what it is to run. */
async function startWith(environment: Readonly<Record<string, string>>, script: string): Promise<number> {
  const child = spawn('sh', ['-c', `${script}`], {
    cwd: folder,
    env: {PATH: process.env.PATH ?? '', ...environment},
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  strangers.push(child);
  const [text] = await once(child.stdout, 'data');
  return Number(String(text));
}

const DAEMON = `setsid sh -c 'echo $$; exec sleep 600' & wait`;

describe('the end of a watch', () => {
  it('takes along a daemon in a session of its own', async () => {
    const stop = startWatchdog(marker, work);
    const daemon = await startWith({[RUN_MARKER]: marker}, DAEMON);
    expect(isAlive(daemon)).toBe(true);
    await stop();
    expect(await isGone(daemon)).toBe(true);
  });

  it('takes along one that changed its group, its name and its folder', async () => {
    const stop = startWatchdog(marker, work);
    const script = 'echo $$; cd /; trap "" TERM HUP INT; exec -a innocent sleep 600';
    const daemon = await startWith({[RUN_MARKER]: marker}, `exec setsid bash -c '${script}'`);
    await stop();
    expect(await isGone(daemon)).toBe(true);
  });

  it('leaves alone who has another marker, none, or a marker that only begins so', async () => {
    const stop = startWatchdog(marker, work);
    const others = await Promise.all([
      startWith({[RUN_MARKER]: `${marker}1`}, DAEMON),
      startWith({[RUN_MARKER]: `x${marker}`}, DAEMON),
      startWith({[`X${RUN_MARKER}`]: marker}, DAEMON),
      startWith({OTHER: `${RUN_MARKER}=${marker}`}, DAEMON),
      startWith({}, DAEMON),
    ]);
    await stop();
    expect(others.map(isAlive)).toEqual(others.map(() => true));
    for (const pid of others) process.kill(pid, 'SIGKILL');
  });

  it('takes along the folder, and nothing beside it', async () => {
    writeFileSync(path.join(work, 'task.json'), '');
    writeFileSync(path.join(folder, 'mine'), '');
    await startWatchdog(marker, work)();
    expect([existsSync(work), existsSync(path.join(folder, 'mine'))]).toEqual([false, true]);
  });

  it('comes at once when nothing is left', async () => {
    await startWatchdog(marker, work)();
  });

  it('comes when it is asked for twice', async () => {
    const stop = startWatchdog(marker, work);
    await Promise.all([stop(), stop()]);
  });
});
