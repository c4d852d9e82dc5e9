import {describe, expect, it} from 'vitest';
import type {LeaklineEvent} from '../../../src/report/events.js';
import {advance, NO_PROGRESS, type Progress, timeLeftMs} from '../../../src/report/terminal/progress.js';
import {result} from './made.js';

type Timed = readonly [at: number, event: LeaklineEvent];

const build = 'cpython-3.13';
const progressAfter = (...events: readonly Timed[]): Progress =>
  events.reduce((progress, [at, event]) => advance(progress, event, at), NO_PROGRESS);

const run = (total: number, expected: Readonly<Record<string, number>> = {}, jobs = 1): Timed => [
  0,
  {
    type: 'run-started',
    leaklineVersion: '0',
    valgrindVersion: '3.19',
    total,
    builds: [build],
    jobs,
    expected: Object.entries(expected).map(([scenario, durationMs]) => ({scenario, build, durationMs})),
  },
];
const start = (at: number, scenario: string): Timed => [at, {type: 'scenario-started', scenario, build}];
const end = (scenario: string, durationMs: number, cached = false): Timed => [
  0,
  {type: 'scenario-finished', result: result({scenario, durationMs, cached})},
];

describe('advance', () => {
  it('follows a build from download to its end', () => {
    const download = {place: 'p', receivedBytes: 5, totalBytes: 10};
    const started: Timed[] = [
      [100, {type: 'build-started', build, fingerprint: 'f'}],
      [200, {type: 'download-progress', build, ...download}],
      [300, {type: 'build-step', build, step: 'compile'}],
    ];
    expect(progressAfter(...started).builds.get(build)).toEqual({startedAt: 100, doing: 'compile', download});
    const problem = {message: 'no compiler'};
    expect(progressAfter(...started, [400, {type: 'build-failed', build, problem}]).builds.size).toBe(0);
  });

  it('follows sources that are compiled', () => {
    const compile: Timed = [0, {type: 'native-started', build, source: 'a.c'}];
    expect([...progressAfter(compile).natives]).toEqual(['a.c']);
    const done: Timed = [0, {type: 'native-finished', build, source: 'a.c', durationMs: 1}];
    expect(progressAfter(compile, done).natives.size).toBe(0);
    const failed: Timed = [0, {type: 'native-failed', build, source: 'a.c'}];
    expect(progressAfter(compile, failed).natives.size).toBe(0);
  });

  it('counts what is done, what fails and what runs', () => {
    const failed: Timed = [0, {type: 'scenario-finished', result: result({scenario: 'b', status: 'failed'})}];
    const progress = progressAfter(run(3), start(1, 'a'), start(2, 'b'), failed);
    expect(progress).toMatchObject({total: 3, done: 1, failing: 1});
    expect([...progress.running]).toEqual([['a on cpython-3.13', 1]]);
  });

  it('starts a second run from nothing', () => {
    expect(progressAfter(run(3), end('a', 5), run(2))).toMatchObject({
      total: 2,
      done: 0,
      measured: {count: 0},
    });
  });
});

describe('timeLeftMs', () => {
  it.each<[string, Progress, number, number | undefined]>([
    ['nothing is known', progressAfter(run(3)), 0, undefined],
    ['only an earlier run is known', progressAfter(run(2, {a: 1000, b: 3000})), 0, 4000],
    ['two jobs share it', progressAfter(run(2, {a: 1000, b: 1000}, 2)), 0, 1000],
    ['a new scenario takes the mean of the known ones', progressAfter(run(3, {a: 1000, b: 3000})), 0, 6000],
    ['the mean of what ended', progressAfter(run(4), end('a', 1000), end('b', 3000)), 0, 4000],
    ['twice as slow as expected', progressAfter(run(2, {a: 1000, b: 1000}), end('a', 2000)), 0, 2000],
    ['at most four times as slow', progressAfter(run(2, {a: 10, b: 1000}), end('a', 2000)), 0, 4000],
    [
      'cached results say nothing of the pace',
      progressAfter(run(2, {a: 1000, b: 500}), end('a', 9000, true)),
      0,
      500,
    ],
    ['what runs is partly done', progressAfter(run(1, {a: 1000}), start(0, 'a')), 400, 600],
    ['what runs too long is about to end', progressAfter(run(1, {a: 1000}), start(0, 'a')), 5000, 0],
    [
      'one long scenario holds up all jobs',
      progressAfter(run(2, {a: 9000, b: 100}, 4), start(0, 'a')),
      0,
      9000,
    ],
    ['all is done', progressAfter(run(1, {a: 1000}), end('a', 900)), 0, 0],
  ])('%s', (_, progress, now, left) => {
    const estimate = timeLeftMs(progress, now);
    if (left === undefined) expect(estimate).toBeUndefined();
    else expect(estimate).toBeCloseTo(left);
  });
});
