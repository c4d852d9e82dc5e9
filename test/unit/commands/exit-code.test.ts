import {expect, it} from 'vitest';
import {EXIT, exitCodeOf} from '../../../src/commands/exit-code.js';
import type {Failure, Status} from '../../../src/judge/types.js';
import {result} from '../judge/make.js';

const of = (status: Status, reason?: Failure['reason']) =>
  result({status, ...(reason === undefined ? {} : {failure: {reason, message: 'm', output: ''}})});

it('is written down once', () => {
  expect(EXIT).toEqual({ok: 0, regressed: 1, usage: 2, interrupted: 130});
});

it.each([
  ['nothing ran', [], 0, false, 0],
  ['all passed', [of('passed'), of('passed')], 0, false, 0],
  ['something improved', [of('improved')], 0, false, 0],
  ['something was skipped', [of('skipped')], 0, false, 0],
  ['something leaks', [of('passed'), of('regressed')], 0, false, 1],
  ['an exit scenario has no baseline', [of('unbaselined')], 0, false, 1],
  ['something crashed', [of('failed', 'signal')], 0, false, 1],
  ['something raised', [of('failed', 'exception')], 0, false, 1],
  ['something took too long', [of('timed-out', 'timed-out')], 0, false, 1],
  ['the allocator is another', [of('failed', 'allocator')], 0, false, 1],
  ['something could not be started', [of('failed', 'environment')], 0, false, 2],
  [
    'something leaks and something could not be started',
    [of('regressed'), of('failed', 'environment')],
    0,
    false,
    2,
  ],
  ['there was a problem', [of('passed')], 1, false, 2],
  ['there was a problem beside a leak', [of('regressed')], 1, false, 2],
  ['it was interrupted', [of('passed')], 0, true, 130],
  ['it was interrupted after a leak and a problem', [of('regressed')], 1, true, 130],
] as const)('when %s', (_, results, problems, isInterrupted, code) => {
  expect(exitCodeOf(results, problems, isInterrupted)).toBe(code);
});
