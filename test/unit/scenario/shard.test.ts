import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {parseShard, shardOf} from '../../../src/scenario/shard.js';

describe('parseShard', () => {
  it.each([
    ['1/1', {index: 1, count: 1}],
    ['4/4', {index: 4, count: 4}],
  ])('%s', (text, value) => {
    expect(parseShard(text)).toEqual({ok: true, value});
  });

  it.each(['', '1', '0/1', '2/1', '1/0', '-1/2', '1/2/3', '1.5/2', ' 1/2', 'a/b', '1/99999'])(
    'refuses %j',
    (text) => {
      expect(parseShard(text).ok).toBe(false);
    },
  );
});

const items = (ids: string) => [...ids].map((id) => ({id}));
const ids = (shard: readonly {id: string}[]) => shard.map(({id}) => id).join('');

describe('shardOf', () => {
  it('deals out in turn without weights', () => {
    expect([1, 2, 3].map((index) => ids(shardOf(items('abcdefgh'), {index, count: 3})))).toEqual([
      'adg',
      'beh',
      'cf',
    ]);
  });

  it('balances weights, and keeps the order within a shard', () => {
    const weights = new Map([
      ['a', 1],
      ['b', 1],
      ['c', 1],
      ['d', 3],
    ]);
    expect([1, 2].map((index) => ids(shardOf(items('abcd'), {index, count: 2}, weights)))).toEqual([
      'd',
      'abc',
    ]);
  });

  it('counts what has no weight as the average', () => {
    const weights = new Map([
      ['a', 10],
      ['b', 2],
    ]);
    // c weighs 6: a | c, b
    expect(ids(shardOf(items('abc'), {index: 1, count: 2}, weights))).toBe('a');
  });

  it('leaves shards empty when there are too few', () => {
    expect(shardOf(items('a'), {index: 2, count: 2})).toEqual([]);
  });

  it('puts each item in exactly one shard, none far heavier than another', () => {
    const weighted = fc.array(fc.tuple(fc.integer({min: 0, max: 1000}), fc.boolean()), {maxLength: 40});
    fc.assert(
      fc.property(weighted, fc.integer({min: 1, max: 9}), (entries, count) => {
        const all = entries.map((_, index) => ({id: `s${index}`}));
        const weights = new Map(
          entries.flatMap(([weight, known], index) => (known ? [[`s${index}`, weight]] : [])),
        );
        const shards = Array.from({length: count}, (_, index) =>
          shardOf(all, {index: index + 1, count}, weights),
        );
        expect(
          shards
            .flat()
            .map(({id}) => id)
            .sort(),
        ).toEqual(all.map(({id}) => id).sort());
        for (const shard of shards) expect(all.filter((item) => shard.includes(item))).toEqual(shard);
        if (weights.size === entries.length) {
          const loads = shards.map((shard) => shard.reduce((sum, {id}) => sum + (weights.get(id) ?? 0), 0));
          expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(
            Math.max(0, ...weights.values()),
          );
        }
      }),
    );
  });
});
