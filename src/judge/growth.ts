/** How an amount that was read at every checkpoint moved. */
export type Trend =
  /** No growth: nothing was gained, or what was gained went away again. */
  | 'level'
  /** Every interval gained, the later ones about as much as each other. */
  | 'steady'
  /** Something was gained, but not in this way. */
  | 'unsteady';

const sumOf = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/**
 * The later half of the intervals, two at least. A leak is judged by these: what a cache or a
 * table gains at first under the same signature is over by then.
 */
function laterHalf(gains: readonly number[]): readonly number[] {
  return gains.slice(-Math.max(2, Math.ceil(gains.length / 2)));
}

/**
 * The trend of the gains of each interval, oldest first. A cache that fills up gains less from one
 * interval to the next; a leak in every n-th iteration gains one more in some than in others.
 */
export function trendOf(gains: readonly number[]): Trend {
  const later = laterHalf(gains);
  if (sumOf(gains) <= 0 && sumOf(later) <= 0) return 'level';
  const isEven = Math.max(...later) <= 2 * Math.min(...later) + 1;
  return isEven && gains.every((gain) => gain > 0) ? 'steady' : 'unsteady';
}

/**
 * The trend of bytes gained by blocks that are as many as before: buffers that realloc makes
 * larger. Capacity grows in jumps, so only gains of about the same size are steady.
 */
function trendOfBytes(gains: readonly number[]): Trend {
  const trend = trendOf(gains);
  if (trend !== 'steady') return trend;
  return Math.max(...gains) <= 2 * Math.min(...gains) ? 'steady' : 'unsteady';
}

/**
 * The trend of a signature's blocks and of their bytes. Bytes that grow steadily are a leak,
 * whatever else comes or goes at the same place; else the blocks tell.
 */
export function trendOfMemory(blocks: readonly number[], bytes: readonly number[]): Trend {
  const ofBlocks = trendOf(blocks);
  if (ofBlocks === 'steady') return ofBlocks;
  const ofBytes = trendOfBytes(bytes);
  return ofBytes === 'steady' || sumOf(blocks) === 0 ? ofBytes : ofBlocks;
}

/** Amount per iteration, from the gains of the later half of the intervals. */
export function rateOf(gains: readonly number[], iterations: number): number {
  const later = laterHalf(gains);
  return sumOf(later) / (later.length * iterations);
}

/** By how much a stored rate may be off, see {@link roundRate}. */
const STORED_PRECISION = 0.0005;

/** What the arithmetic of floating-point numbers adds, as a share. */
const ARITHMETIC = 1e-9;

/**
 * Whether two rates are the same as far as they can be told: counting over so many iterations
 * is exact to one block, and one of the two may have been stored.
 */
export function sameRate(a: number, b: number, totalIterations: number): boolean {
  const precision = 1 / totalIterations + STORED_PRECISION;
  return Math.abs(a - b) <= precision + ARITHMETIC * Math.max(Math.abs(a), Math.abs(b));
}

/**
 * A rate with the digits that are worth storing: 1234 blocks are 1234, 1 in every 7 iterations
 * is 0.143, 1 in every 70 is 0.0143.
 */
export function roundRate(rate: number): number {
  return Number(Math.abs(rate) < 0.1 ? rate.toPrecision(3) : rate.toFixed(3));
}
