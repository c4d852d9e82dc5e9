import {describe, expect, it} from 'vitest';
import {frameLines} from '../../../src/report/terminal/frame.js';
import {NO_PROGRESS, type Progress} from '../../../src/report/terminal/progress.js';
import {coloured, plain} from '../../../src/report/text/paint.js';
import {widthOf} from '../../../src/report/text/width.js';

const lines = (progress: Partial<Progress>, columns = 79, rows = 24) =>
  frameLines({...NO_PROGRESS, ...progress}, {paint: plain, columns, rows, now: 65_000});

const running = (count: number) =>
  new Map(Array.from({length: count}, (_, index) => [`parse/number-${index} on cpython-3.13`, index * 1000]));

it('shows nothing before anything happens', () => {
  expect(lines({})).toEqual([]);
});

describe('a build', () => {
  it.each([
    [{doing: undefined}, 'b: start 1:05'],
    [{doing: 'compile'}, 'b: make 1:05'],
    [{doing: 'waiting'}, 'b: wait for another process 1:05'],
    [
      {doing: 'source', download: {place: 'p', receivedBytes: 5_000_000, totalBytes: 20_000_000}},
      'b: download 25 % of 20.0 MB 1:05 p',
    ],
    [{doing: 'source', download: {place: 'p', receivedBytes: 5_000_000}}, 'b: download 5.0 MB 1:05 p'],
    [
      {doing: 'source', download: {place: 'p', receivedBytes: 5, totalBytes: 0}},
      'b: download 5 bytes 1:05 p',
    ],
    [
      {doing: 'source', download: {place: 'p', receivedBytes: 9, totalBytes: 5}},
      'b: download 100 % of 5 bytes 1:05 p',
    ],
  ] as const)('%#', (build, line) => {
    expect(lines({builds: new Map([['b', {startedAt: 0, ...build}]])})).toEqual([line]);
  });
});

it('shows how far a run is', () => {
  const progress = {
    total: 240,
    done: 60,
    failing: 1,
    jobs: 1,
    running: new Map([['parse/error-path on cpython-3.13', 60_000]]),
    measured: {count: 60, durationMs: 60_000, expectedMs: 0, durationOfExpectedMs: 0},
  };
  expect(lines(progress)).toEqual([
    '█████░░░░░░░░░░░░░░░ 60/240 scenarios, 1 failing, about 3 min left',
    '  parse/error-path on cpython-3.13 0:05',
  ]);
  expect(lines(progress, 30)).toEqual(['60/240 scenarios, 1 failing, …', '  parse/error-path on cp… 0:05']);
});

it('says nothing of time when all is done', () => {
  expect(
    lines({total: 3, done: 3, measured: {count: 3, durationMs: 9, expectedMs: 0, durationOfExpectedMs: 0}}),
  ).toEqual(['████████████████████ 3/3 scenarios']);
});

it('shows a notice for a while', () => {
  expect(lines({notice: {message: 'again', at: 60_000}})).toEqual(['note: again']);
  expect(lines({notice: {message: 'again', at: 50_000}})).toEqual([]);
});

it('names some of many', () => {
  const shown = lines({total: 9, running: running(9)});
  expect(shown).toHaveLength(5);
  expect(shown.at(-1)).toBe('  … and 6 more');
});

it.each([20, 40, 79])('fits into %d columns, painted or not', (columns) => {
  const progress: Progress = {
    ...NO_PROGRESS,
    total: 2400,
    done: 1234,
    failing: 17,
    running: new Map([[`parse/${'long-'.repeat(30)}name on cpython-3.13`, 0]]),
    builds: new Map([
      [
        'cpython-3.13-free-threaded',
        {startedAt: 0, doing: 'source', download: {place: 'x'.repeat(99), receivedBytes: 1}},
      ],
    ]),
    natives: new Set(['a.c', `${'b'.repeat(90)}.c`]),
    notice: {message: '日本'.repeat(50), at: 65_000},
    measured: {count: 1, durationMs: 9e5, expectedMs: 0, durationOfExpectedMs: 0},
  };
  for (const paint of [plain, coloured()]) {
    const shown = frameLines(progress, {paint, columns, rows: 24, now: 65_000});
    expect(shown).toHaveLength(5);
    expect(Math.max(...shown.map(widthOf))).toBeLessThanOrEqual(columns);
  }
});
