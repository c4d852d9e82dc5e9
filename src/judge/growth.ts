/** How an amount that was read at every checkpoint moved. */
export type Trend =
  /** No growth: nothing was gained, or what was gained went away again. */
  | 'level'
  /** Every interval gained. */
  | 'steady'
  /** Some intervals gained and some did not, and something is left. */
  | 'unsteady';

/** The trend of the gains of each interval, oldest first. */
export function trendOf(gains: readonly number[]): Trend {
  const sum = gains.reduce((a, b) => a + b, 0);
  if (sum <= 0) return 'level';
  return gains.every((gain) => gain > 0) ? 'steady' : 'unsteady';
}

/**
 * The trend of bytes gained by blocks that are as many as before: buffers that realloc makes
 * larger. Capacity grows in jumps, so only gains of about the same size are steady.
 */
export function trendOfBytes(gains: readonly number[]): Trend {
  const trend = trendOf(gains);
  if (trend !== 'steady') return trend;
  return Math.max(...gains) <= 2 * Math.min(...gains) ? 'steady' : 'unsteady';
}

/** Amount per iteration, from the gains of all intervals. */
export function rateOf(gains: readonly number[], iterations: number): number {
  const sum = gains.reduce((a, b) => a + b, 0);
  return sum / (gains.length * iterations);
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
