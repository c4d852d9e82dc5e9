import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createRunner, type Runner} from '../../../../src/commands/run/servers.js';
import type {Target} from '../../../../src/commands/run/target.js';
import type {Job} from '../../../../src/run/job.js';
import type {GrowthWork} from '../../../../src/scenario/types.js';
import {place} from '../../judge/make.js';
import {contextIn, forked, NOBODY, READY, RUNS, writeFakeValgrind} from '../../run/fake-valgrind.js';
import {codeSection, exitWork, growthWork, job, scenario} from '../../run/make.js';

let root: string;
let runner: Runner | undefined;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'leakline-runner-'));
});
afterEach(async () => {
  await runner?.close();
  rmSync(root, {recursive: true, force: true});
});

const forkJob = (over: Partial<GrowthWork> = {}, more: Partial<Job> = {}) =>
  job({
    scenario: scenario({work: growthWork({isolation: 'fork', ...over})}),
    environment: () => ({PATH: process.env.PATH ?? ''}),
    ...more,
  });
const targetOf = (made: Job): Target => ({build: 'b', fingerprint: 'f', job: made, place});

/** A runner over a fake valgrind; each server it starts is one line of a file. */
function create(jobs: readonly Job[], onStart: string, onTask = '') {
  const log = path.join(root, 'servers.txt');
  const valgrind = writeFakeValgrind(
    root,
    `fs.appendFileSync(${JSON.stringify(log)}, 'x'); ${onStart}`,
    onTask,
  );
  runner = createRunner(jobs.map(targetOf), contextIn(root, valgrind));
  const servers = () => (readdirSync(root).includes('servers.txt') ? readFileSync(log, 'utf8').length : 0);
  return {runner, servers};
}

describe('jobs that may be forked', () => {
  it('share a server', async () => {
    const jobs = [forkJob(), forkJob({iterations: 7}), forkJob({}, {timeoutMs: 99_000})];
    const {runner: shared, servers} = create(jobs, READY, RUNS);
    const done = await Promise.all(jobs.map((each) => shared.runJob(each)));
    expect(done.map(({observation, note}) => [observation.isolation, observation.completed, note])).toEqual(
      jobs.map(() => ['fork', true, undefined]),
    );
    expect(servers()).toBe(1);
  });

  it.each<readonly [string, Job]>([
    ['imports', forkJob({preload: ['numpy']})],
    ['an environment', forkJob({}, {environment: () => ({PATH: process.env.PATH ?? '', A: '1'})})],
    ['suppressions', forkJob({}, {suppressions: ['/x.supp']})],
    ['options of valgrind', forkJob({}, {valgrindOptions: ['--x']})],
  ])('have a server of their own for other %s', async (_, other) => {
    const jobs = [forkJob(), other];
    const {runner: each, servers} = create(jobs, READY, RUNS);
    await Promise.all(jobs.map((made) => each.runJob(made)));
    expect(servers()).toBe(2);
  });

  it('keep their server until the last of them is released', async () => {
    const jobs = [forkJob(), forkJob()];
    const {runner: kept, servers} = create(jobs, READY, RUNS);
    const [first, second] = jobs.map(targetOf) as [Target, Target];
    await kept.runJob(first.job);
    await kept.release(first);
    await kept.runJob(second.job);
    expect(servers()).toBe(1);
    await kept.release(second);
    expect(readdirSync(root).toSorted()).toEqual(['servers.txt', 'valgrind']);
  });
});

describe('jobs that run in a process of their own', () => {
  it.each<readonly [string, Job]>([
    ['as they ask for', forkJob({isolation: 'process'})],
    [
      'in exit mode',
      job({scenario: scenario({work: exitWork({type: 'code', code: codeSection('f()\n'), args: []})})}),
    ],
  ])('%s need no server', async (_, alone) => {
    const {runner: none, servers} = create([alone], READY, RUNS);
    const {observation, note} = await none.runJob(alone);
    expect(observation).toMatchObject({isolation: 'process', completed: true, output: 'printed'});
    expect(note).toBeUndefined();
    await none.release(targetOf(alone));
    expect(servers()).toBe(0);
  });

  it('since what they import starts threads say so, and the next does not try again', async () => {
    const jobs = [forkJob(), forkJob()];
    const {runner: threaded, servers} = create(jobs, `say('threads', {modules: ['grpc']}); process.exit(5);`);
    for (const each of jobs) {
      const {observation, note} = await threaded.runJob(each);
      expect(observation).toMatchObject({isolation: 'process', completed: true});
      expect(note).toBe(
        'ran in a process of its own: importing grpc starts threads, which a fork would lose',
      );
    }
    expect(servers()).toBe(1);
  });

  it('since their server died leave the next one a new server', async () => {
    const jobs = [forkJob(), forkJob()];
    const {runner: dying, servers} = create(jobs, READY, `${forked(NOBODY)} process.exit(1);`);
    for (const each of jobs) {
      const {observation, note} = await dying.runJob(each);
      expect(observation).toMatchObject({isolation: 'process', completed: true});
      expect(note).toContain('the fork server ended with exit code 1');
    }
    expect(servers()).toBe(2);
  });

  it('leave no folder behind', async () => {
    const alone = forkJob({isolation: 'process'});
    await create([alone], READY).runner.runJob(alone);
    expect(readdirSync(root)).toEqual(['valgrind']);
  });
});
