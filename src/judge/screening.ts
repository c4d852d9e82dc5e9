import type {Observation} from '../run/observation.js';
import {change, groupBySignature, type Place} from './group.js';

/**
 * Whether a growth measurement left as many blocks of each signature as it found, and no more bytes
 * in them. A leak gains in every interval, so this holds none, also when only the first and the
 * last checkpoint were looked at. Blocks that went away are no proof: a leak may hide behind them.
 */
export function isClean({intervals}: Pick<Observation, 'intervals'>, place: Place): boolean {
  const groups = groupBySignature(intervals.flat(), place, change);
  return [...groups.values()].every(({blocks, bytes}) => blocks === 0 && bytes <= 0);
}
