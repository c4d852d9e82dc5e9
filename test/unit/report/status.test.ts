import {expect, it} from 'vitest';
import type {Change} from '../../../src/judge/types.js';
import {inReadingOrder} from '../../../src/report/text/order.js';
import {changeCounts, countStatuses, statusCounts} from '../../../src/report/text/status.js';
import {suppressionUses} from '../../../src/report/text/suppressions.js';
import {entry, error, interpreter, isNew, leak, resource, result, results} from './made.js';

it.each<[readonly Change[], string]>([
  [[], ''],
  [[isNew(leak())], '1 new leak'],
  [[isNew(leak()), isNew(leak())], '2 new leaks'],
  [
    [isNew(interpreter()), isNew(resource()), isNew(error()), isNew(leak())],
    '1 new leak, 1 new memory error, 1 new resource leak, 1 new interpreter total',
  ],
  [
    [
      {verdict: 'known', now: leak(), before: entry()},
      {verdict: 'fixed', before: entry({type: 'error'})},
      {verdict: 'grown', now: leak(), before: entry()},
    ],
    '1 grown leak, 1 fixed memory error, 1 known leak',
  ],
])('changes in words: %#', (changes, text) => expect(changeCounts(changes)).toBe(text));

it('counts statuses', () => {
  expect(statusCounts(countStatuses(results))).toBe(
    '2 passed, 1 skipped, 1 improved, 1 unbaselined, 1 timed out, 1 failed, 2 regressed',
  );
  expect(statusCounts(countStatuses([]))).toBe('');
});

it('orders by need, then by name as people count', () => {
  const of = (scenario: string, status: 'passed' | 'regressed') => result({scenario, status});
  const ordered = inReadingOrder([of('a', 'regressed'), of('s10', 'passed'), of('s9', 'passed')]);
  expect(ordered.map(({scenario}) => scenario)).toEqual(['s9', 's10', 'a']);
});

it('adds up the uses of suppressions', () => {
  const uses = (name: string, count: number) => result({suppressions: [{name, count}]});
  expect(suppressionUses([uses('b', 2), uses('a', 2), uses('c', 5), uses('b', 1)])).toEqual([
    {name: 'c', count: 5},
    {name: 'b', count: 3},
    {name: 'a', count: 2},
  ]);
});
