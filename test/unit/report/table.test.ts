import {describe, expect, it} from 'vitest';
import {tableRows} from '../../../src/report/terminal/rows.js';
import {tableLines} from '../../../src/report/terminal/table.js';
import {plain} from '../../../src/report/text/paint.js';
import {widthOf} from '../../../src/report/text/width.js';
import {entry, leak, result, results} from './made.js';

describe('tableLines', () => {
  it('puts what needs a look last', () => {
    expect(tableLines(results, {paint: plain, columns: 80})).toEqual([
      'scenario          build         status       what                           time',
      'parse/table       cpython-3.13  passed       2 known leaks                900 ms',
      'smoke             cpython-3.13  passed                                    cached',
      'parse/later       cpython-3.13  skipped      needs valgrind 3.21',
      'parse/mended      cpython-3.13  improved     1 shrunk leak, 1 fixed leak   1.2 s',
      'exit/first-time   cpython-3.13  unbaselined  1 new leak, 1 new interpre…   1.2 s',
      'parse/slow        cpython-3.13  timed out    took longer than 60 s         1 min',
      'parse/broken      cpython-3.13  failed       ValueError: bad row           1.2 s',
      'parse/error-path  cpython-3.13  regressed    1 new leak, 1 known leak      1.2 s',
      'parse/grown       cpython-3.13  regressed    1 new memory error, 1 new …   1.2 s',
    ]);
  });

  it('has no line without results', () => {
    expect(tableLines([], {paint: plain, columns: 80})).toEqual([]);
  });

  it('cuts nothing when it goes to a file', () => {
    const scenario = `parse/${'long-'.repeat(30)}name`;
    const lines = tableLines([result({scenario})], {paint: plain, columns: Number.POSITIVE_INFINITY});
    expect(lines[1]).toContain(scenario);
  });

  it.each([60, 80, 120])('fits into %d columns whatever the names', (columns) => {
    const long = [
      result({scenario: `解析/${'表'.repeat(60)}`, build: `cpython-3.13-${'free-'.repeat(9)}threaded`}),
      result({
        status: 'failed',
        failure: {reason: 'exception', message: `ValueError: ${'x'.repeat(200)}`, output: ''},
      }),
    ];
    const widths = tableLines([...results, ...long], {paint: plain, columns}).map(widthOf);
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
  });
});

describe('tableRows', () => {
  const many = (build: string) => [
    ...Array.from({length: 20}, (_, index) => result({scenario: `json/s${index}`, build, durationMs: 500})),
    ...Array.from({length: 10}, (_, index) => result({scenario: `top${index}`, build, cached: true})),
  ];

  it('lists up to thirty one by one', () => {
    expect(tableRows(many('a'))).toHaveLength(30);
  });

  it('folds what passed in each folder of each build', () => {
    const known = {verdict: 'known', now: leak(), before: entry()} as const;
    const rows = tableRows([
      ...many('a'),
      ...many('b'),
      result({scenario: 'json/one', build: 'b', changes: [known], durationMs: 500}),
      result({scenario: 'alone/one', build: 'a', durationMs: 500}),
      result({scenario: 'json/bad', build: 'a', status: 'timed-out', durationMs: 500}),
    ]);
    expect(rows.map(({scenario, build, what, time}) => [scenario, build, what, time])).toEqual([
      ['alone/one', 'a', '', '500 ms'],
      ['json/*', 'b', '21 scenarios, 1 known leak', '10.5 s'],
      ['json/*', 'a', '20 scenarios', '10.0 s'],
      ['*', 'a', '10 scenarios', 'cached'],
      ['*', 'b', '10 scenarios', 'cached'],
      ['json/bad', 'a', '', '500 ms'],
    ]);
  });
});
