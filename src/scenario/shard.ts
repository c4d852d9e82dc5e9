import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';

/** Part `index` (counted from 1) of `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Reads `2/4`. */
export function parseShard(text: string): Result<Shard, Problem> {
  const [, index = 0, count = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= count) return ok({index, count});
  const message = `--shard ${text}: expected a part and the number of parts, such as 1/4`;
  return fail({message});
}

/**
 * The part of `items` that falls to one shard. All shards together hold each item once, as long
 * as they are given the same items and weights: the heaviest item goes first, each to the shard
 * that carries least so far. Without weights that deals the items out in turn.
 *
 * @param weights any measure of effort, such as the duration of the last run; an item that has
 *   none counts as much as the average of those that have one
 * @returns in the order of `items`
 */
export function shardOf<T extends {readonly id: string}>(
  items: readonly T[],
  {index, count}: Shard,
  weights: ReadonlyMap<string, number> = new Map(),
): readonly T[] {
  const known = items.flatMap(({id}) => weights.get(id) ?? []);
  const average = known.length === 0 ? 1 : known.reduce((sum, weight) => sum + weight, 0) / known.length;
  const weightOf = ({id}: T) => weights.get(id) ?? average;
  const loads = Array.from({length: count}, () => 0);
  const mine = new Set<T>();
  for (const item of items.toSorted((a, b) => weightOf(b) - weightOf(a))) {
    const lightest = loads.indexOf(Math.min(...loads));
    loads[lightest] = (loads[lightest] ?? 0) + weightOf(item);
    if (lightest === index - 1) mine.add(item);
  }
  return items.filter((item) => mine.has(item));
}
