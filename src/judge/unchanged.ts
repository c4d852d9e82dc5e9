import type {Observation} from '../run/observation.js';
import {change, groupBySignature, type Place} from './group.js';

/**
 * Whether a growth measurement left as many blocks and bytes as it found, for each signature. As a
 * leak gains in every interval, this also holds none when only the ends were looked at.
 */
export function isUnchanged({intervals}: Pick<Observation, 'intervals'>, place: Place): boolean {
  const groups = groupBySignature(intervals.flat(), place, change);
  return [...groups.values()].every(({blocks, bytes}) => blocks === 0 && bytes === 0);
}
