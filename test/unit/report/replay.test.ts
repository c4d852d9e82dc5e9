import {expect, it} from 'vitest';
import type {LeaklineEvent} from '../../../src/report/events.js';
import {replay} from '../../../src/report/replay.js';
import {result, summary} from './made.js';

it('tells a run again in the order of names', () => {
  const events: LeaklineEvent[] = [];
  const results = [result({scenario: 'b'}), result({scenario: 'a', build: 'cpython-3.9'})];
  replay(summary({results}), (event) => events.push(event));
  expect(events).toEqual([
    {
      type: 'run-started',
      leaklineVersion: '0.1.0',
      valgrindVersion: '3.19.0',
      total: 2,
      builds: ['cpython-3.13', 'cpython-3.9'],
      jobs: 2,
      replayed: true,
    },
    {type: 'scenario-finished', result: results[1]},
    {type: 'scenario-finished', result: results[0]},
    {type: 'run-finished', summary: summary({results})},
  ]);
});
