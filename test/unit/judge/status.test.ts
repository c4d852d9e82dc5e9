import {describe, expect, it} from 'vitest';
import {isFailing, statusOf} from '../../../src/judge/status.js';
import type {Change, Status} from '../../../src/judge/types.js';
import {entry, leak} from './make.js';

const change = {
  new: {verdict: 'new', now: leak()},
  grown: {verdict: 'grown', now: leak(), before: entry()},
  shrunk: {verdict: 'shrunk', now: leak(), before: entry()},
  fixed: {verdict: 'fixed', before: entry()},
  known: {verdict: 'known', now: leak(), before: entry()},
} as const satisfies Record<string, Change>;

describe('the status', () => {
  it.each([
    ['growth', true, [], 'passed'],
    ['growth', false, [], 'passed'],
    ['growth', true, ['known'], 'passed'],
    ['growth', false, ['new'], 'regressed'],
    ['growth', true, ['grown'], 'regressed'],
    ['growth', true, ['fixed'], 'improved'],
    ['growth', true, ['shrunk'], 'improved'],
    ['growth', true, ['fixed', 'new'], 'regressed'],
    ['growth', true, ['shrunk', 'grown', 'known'], 'regressed'],
    ['growth', true, ['known', 'fixed'], 'improved'],
    ['exit', true, [], 'passed'],
    ['exit', true, ['known'], 'passed'],
    ['exit', true, ['new'], 'regressed'],
    ['exit', true, ['fixed'], 'improved'],
    ['exit', false, [], 'unbaselined'],
    ['exit', false, ['new'], 'unbaselined'],
  ] as const)('in %s mode, with a baseline: %s, after %j is %s', (mode, hadBaseline, verdicts, status) => {
    expect(
      statusOf(
        verdicts.map((verdict) => change[verdict]),
        {mode, hadBaseline},
      ),
    ).toBe(status);
  });

  it.each([
    ['passed', false],
    ['improved', false],
    ['skipped', false],
    ['regressed', true],
    ['failed', true],
    ['timed-out', true],
    ['unbaselined', true],
  ] as const satisfies readonly (readonly [Status, boolean])[])(
    '%s makes a run fail: %s',
    (status, expected) => {
      expect(isFailing(status)).toBe(expected);
    },
  );
});
