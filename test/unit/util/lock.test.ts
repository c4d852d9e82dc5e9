import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {withLock} from '../../../src/util/lock.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'leakline-lock-'));
  file = path.join(folder, 'sub', 'x.lock');
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

it('gives what the work gives', async () => {
  expect(await withLock(file, async () => 7)).toBe(7);
});

it('lets one in at a time', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await pause();
    inside -= 1;
  };
  await Promise.all(Array.from({length: 10}, () => withLock(file, work)));
  expect(most).toBe(1);
});

it('says once that it waits, and nothing when it does not', async () => {
  const waits: string[] = [];
  const first = withLock(file, pause, () => waits.push('first'));
  const second = withLock(file, pause, () => waits.push('second'));
  await Promise.all([first, second]);
  expect(waits).toEqual(['second']);
});

it('is free again when the work throws', async () => {
  await expect(
    withLock(file, async () => {
      throw new Error('a bug');
    }),
  ).rejects.toThrow('a bug');
  const waits: string[] = [];
  await withLock(file, pause, () => waits.push('waits'));
  expect(waits).toEqual([]);
});

it('keeps its file, which others may be waiting for', async () => {
  await withLock(file, pause);
  expect(readdirSync(path.dirname(file))).toEqual(['x.lock']);
});

it('keeps apart what has different files', async () => {
  const other = path.join(folder, 'y.lock');
  const waits: string[] = [];
  await withLock(file, () => withLock(other, pause, () => waits.push('waits')));
  expect(waits).toEqual([]);
});
