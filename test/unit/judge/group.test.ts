import {describe, expect, it} from 'vitest';
import {change, groupBySignature, mainKind, total} from '../../../src/judge/group.js';
import type {LeakKind} from '../../../src/valgrind/types.js';
import {BLOCK, delta, LIST, place, record} from './make.js';

const only = <T>(groups: ReadonlyMap<string, T>): T => {
  expect(groups.size).toBe(1);
  const [group] = groups.values();
  if (group === undefined) throw new Error('no group');
  return group;
};

describe('records of one signature', () => {
  it('are added up over their kinds', () => {
    const group = only(
      groupBySignature(
        [
          record({kind: 'definite', blocks: 2, bytes: 48}),
          record({kind: 'reachable', blocks: 3, bytes: 72}),
          record({kind: 'definite', blocks: 1, bytes: 24}),
        ],
        place,
        total,
      ),
    );
    expect(group).toMatchObject({blocks: 6, bytes: 144});
    expect(group.byKind).toEqual({
      definite: {blocks: 3, bytes: 72},
      indirect: {blocks: 0, bytes: 0},
      possible: {blocks: 0, bytes: 0},
      reachable: {blocks: 3, bytes: 72},
    });
  });

  it('gained nothing when blocks only move from reachable to possible', () => {
    const moved = [delta(-5, -120, {kind: 'reachable'}), delta(5, 120, {kind: 'possible'})];
    expect(only(groupBySignature(moved, place, change))).toMatchObject({blocks: 0, bytes: 0});
  });

  it('gained what is left when some are freed while others move', () => {
    const moved = [delta(-5, -120, {kind: 'reachable'}), delta(7, 168, {kind: 'possible'})];
    expect(only(groupBySignature(moved, place, change))).toMatchObject({blocks: 2, bytes: 48});
  });

  it('changed by nothing where a full check says no change', () => {
    expect(only(groupBySignature([record()], place, change))).toMatchObject({blocks: 0, bytes: 0});
  });

  it('keep their numbers, those that have one', () => {
    const records = [record({recordNumber: 7}), record(), record({recordNumber: 0})];
    expect(only(groupBySignature(records, place, total)).recordNumbers).toEqual([7, 0]);
  });

  it('show the stack up to the section, with the allocator', () => {
    const names = only(groupBySignature([record({stack: LIST})], place, total)).stack.map(({name}) => name);
    expect([names[0], names.at(-1)]).toEqual(['malloc', 'body']);
  });

  it('stay apart from those of another', () => {
    const groups = groupBySignature([record({stack: BLOCK}), record({stack: LIST})], place, total);
    expect(groups.size).toBe(2);
  });
});

describe('the main kind', () => {
  const kinds = (amounts: Partial<Record<LeakKind, readonly [blocks: number, bytes: number]>>) => {
    const amountOf = (kind: LeakKind) => {
      const [blocks, bytes] = amounts[kind] ?? [0, 0];
      return {blocks, bytes};
    };
    return {
      definite: amountOf('definite'),
      indirect: amountOf('indirect'),
      possible: amountOf('possible'),
      reachable: amountOf('reachable'),
    };
  };

  it.each([
    ['the one with most blocks', {definite: [1, 900], reachable: [2, 10]}, 'reachable'],
    ['the worse of two with as much', {possible: [2, 20], reachable: [2, 20]}, 'possible'],
    ['the one that gained when blocks move', {reachable: [-5, -50], possible: [5, 50]}, 'possible'],
    ['that of a buffer that grows without a block', {reachable: [0, 4096]}, 'reachable'],
    ['the worst where there is nothing', {}, 'definite'],
  ] as const)('is %s', (_, amounts, kind) => {
    expect(mainKind(kinds(amounts))).toBe(kind);
  });
});
