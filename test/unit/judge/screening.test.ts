import {expect, it} from 'vitest';
import {isClean} from '../../../src/judge/screening.js';
import type {LossRecord} from '../../../src/valgrind/types.js';
import {BLOCK, LIST, place, record} from './make.js';

const changed = (blocksChange: number, bytesChange: number, over: Partial<LossRecord> = {}) =>
  record({blocksChange, bytesChange, ...over});

it.each<[string, readonly LossRecord[], boolean]>([
  ['nothing changed', [], true],
  ['a block moved to another kind', [changed(-1, -24), changed(1, 24, {kind: 'reachable'})], true],
  ['a buffer became smaller', [changed(0, -8)], true],
  ['a buffer became larger', [changed(0, 8)], false],
  ['a block is left', [changed(1, 24)], false],
  ['a block went away', [changed(-1, -24)], false],
  ['a block took the place of another one', [changed(-1, -24, {stack: LIST}), changed(1, 24)], false],
])('%s', (_, records, expected) => {
  expect(isClean({intervals: [[], records]}, place)).toBe(expected);
});

it('adds up over the intervals', () => {
  const [gain, loss] = [changed(1, 24, {stack: BLOCK}), changed(-1, -24, {stack: BLOCK})];
  expect(isClean({intervals: [[gain], [loss]]}, place)).toBe(true);
});
