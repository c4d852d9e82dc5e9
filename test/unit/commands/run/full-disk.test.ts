import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {createRunner} from '../../../../src/commands/run/servers.js';
import {failureOf} from '../../../../src/judge/failure.js';
import type {RunContext} from '../../../../src/run/job.js';
import {place} from '../../judge/make.js';
import {contextIn, READY, RUNS, writeFakeValgrind} from '../../run/fake-valgrind.js';
import {growthWork, job, scenario} from '../../run/make.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'leakline-full-'));
});
afterEach(() => rmSync(root, {recursive: true, force: true}));

const jobIn = (isolation: 'fork' | 'process') =>
  job({
    scenario: scenario({work: growthWork({isolation})}),
    environment: () => ({PATH: process.env.PATH ?? ''}),
  });

/** A runner whose temporary folder fails from the `limit`th new folder on. */
function runnerWith(limit: number, error: Error, ...isolations: ('fork' | 'process')[]) {
  const context = contextIn(root, writeFakeValgrind(root, READY, RUNS));
  let count = 0;
  const newFolder = () => {
    count += 1;
    if (count >= limit) throw error;
    return context.workspace.newFolder();
  };
  const full: RunContext = {...context, workspace: {...context.workspace, newFolder}};
  const jobs = isolations.map(jobIn);
  const targets = jobs.map((each) => ({build: 'b', fingerprint: 'f', job: each, place}));
  return {runner: createRunner(targets, full), jobs};
}

const noSpace = Object.assign(new Error('ENOSPC: no space left on device, write'), {
  errno: -28,
  syscall: 'write',
});

it.each([
  ['a process of its own', 1, 'process'],
  ['a fork server', 1, 'fork'],
  ['a child of a fork server', 2, 'fork'],
] as const)('a full disk is the environment’s fault, not a crash: %s', async (_, limit, isolation) => {
  const {runner, jobs} = runnerWith(limit, noSpace, isolation);
  const [first = jobIn(isolation)] = jobs;
  const {observation} = await runner.runJob(first);
  await runner.close();
  const failure = failureOf(observation, {});
  expect(failure?.reason).toBe('environment');
  expect(failure?.message).toMatch(/^could not be started: its folder in \S+ cannot be written: ENOSPC/);
});

it('a mistake of leakline is none of the disk', async () => {
  const {runner, jobs} = runnerWith(1, new TypeError('no'), 'process');
  const [first = jobIn('process')] = jobs;
  await expect(runner.runJob(first)).rejects.toThrow(TypeError);
  await runner.close();
});
