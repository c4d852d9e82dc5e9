import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {rateOf, roundRate, sameRate, trendOf, trendOfMemory} from '../../../src/judge/growth.js';

describe('the trend of gains', () => {
  it.each([
    ['the same in every interval', [10, 10, 10], 'steady'],
    ['one block per interval', [1, 1, 1], 'steady'],
    ['ever more', [1, 2, 4, 8, 16], 'unsteady'],
    ['a cache beside a leak', [90, 30, 10, 10, 10], 'steady'],
    ['a leak that begins late', [0, 0, 10, 10, 10], 'unsteady'],
    ['a leak after much was freed', [-200, 10, 10, 10, 10], 'unsteady'],
    ['ups and downs', [-5, 5, -5, 5, -5], 'level'],
    ['one in seven iterations', [14, 14, 15, 14, 14], 'steady'],
    ['a cache that fills', [10, 10, 3, 0, 0], 'unsteady'],
    ['few blocks, not quite even', [1, 1, 1, 3, 1], 'steady'],
    ['few blocks, uneven', [1, 1, 1, 4, 1], 'unsteady'],
    ['a late first use', [0, 0, 120, 0, 0], 'unsteady'],
    ['chunks that double', [1, 1, 0, 1, 0], 'unsteady'],
    ['mostly up', [10, -1, 10], 'unsteady'],
    ['nothing', [0, 0, 0], 'level'],
    ['what comes and goes', [5, -5, 0], 'level'],
    ['what is only freed', [-5, 0, -1], 'level'],
    ['more freed than gained', [3, -9, 3], 'level'],
    ['no interval at all', [], 'level'],
  ])('%s: %j is %s', (_, gains, trend) => {
    expect(trendOf(gains)).toBe(trend);
  });

  it.each([
    ['a buffer with 16 bytes more each time', [160, 160, 160], 'steady'],
    ['gains within a factor of two', [100, 200, 150], 'steady'],
    ['a buffer that doubles', [64, 128, 256], 'unsteady'],
    ['a buffer that doubles, later', [0, 4096, 0, 8192, 0], 'unsteady'],
    ['nothing', [0, 0], 'level'],
    ['a buffer that shrinks', [-64, -64], 'level'],
  ])('of bytes, %s: %j is %s', (_, gains, trend) => {
    const noBlocks = gains.map(() => 0);
    expect(trendOfMemory(noBlocks, gains)).toBe(trend);
  });
});

describe('the trend of blocks and bytes', () => {
  it.each([
    ['blocks of any size', [10, 10, 10], [10, 1000, 10], 'steady'],
    ['a cache that fills', [10, 2, 0], [240, 48, 0], 'unsteady'],
    ['a buffer beside a block that comes', [0, 1, 0], [160, 184, 160], 'steady'],
    ['a buffer beside a block that goes', [0, -1, 0], [160, 136, 160], 'steady'],
    ['a cache whose entries differ much in size', [1, 0, 2], [1000, 10, 2000], 'unsteady'],
    ['blocks that are freed while a buffer doubles', [-1, 0, 0], [64, 128, 256], 'level'],
    ['smaller blocks in the place of larger ones', [1, 1, 1], [-10, -10, -10], 'steady'],
  ])('%s: %j of %j bytes is %s', (_, blocks, bytes, trend) => {
    expect(trendOfMemory(blocks, bytes)).toBe(trend);
  });
});

describe('a rate', () => {
  it.each([
    [[10, 10, 10, 10, 10], 10, 1],
    [[20, 20], 10, 2],
    [[10, 10, 10, 10, 10], 70, 1 / 7],
    [[0, 1], 100, 0.005],
    [[90, 30, 10, 10, 10], 10, 1],
    [[90, 10], 10, 5],
    [[10], 10, 1],
  ])('of %j over %i iterations each is %d', (gains, iterations, rate) => {
    expect(rateOf(gains, iterations)).toBeCloseTo(rate, 12);
  });

  it.each([
    [1 / 7, 0.143],
    [1 / 70, 0.0143],
    [1, 1],
    [1.005, 1.005],
    [12.3456, 12.346],
    [1234, 1234],
    [123_456_789, 123_456_789],
    [0, 0],
    [-56.12345, -56.123],
    [-1 / 7, -0.143],
  ])('%d is stored as %d', (rate, stored) => {
    expect(roundRate(rate)).toBe(stored);
  });

  it.each([
    ['equal ones', 1, 1, 50, true],
    ['a block more in all', 1, 1.02, 50, true],
    ['two blocks more in all', 1, 1.04, 50, false],
    ['one in seven as stored', 10 / 70, 0.143, 350, true],
    ['one in seven over few iterations', 1 / 10, 0.143, 10, true],
    ['one and two', 1, 2, 50, false],
    ['one and two over one iteration', 1, 2, 1, true],
    ['hundreds as stored', 1234, 1234, 50, true],
    ['hundreds and one more', 1234, 1235, 50, false],
    ['nothing and one in thirty', 0, 1 / 30, 300, false],
  ])('%s: %d and %d over %i iterations are the same: %s', (_, a, b, iterations, expected) => {
    expect(sameRate(a, b, iterations)).toBe(expected);
    expect(sameRate(b, a, iterations)).toBe(expected);
  });

  it('is the same as what was stored of it', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 10_000_000}), fc.integer({min: 1, max: 5000}), (blocks, total) => {
        const rate = blocks / total;
        return sameRate(rate, roundRate(rate), total);
      }),
    );
  });

  it('is the same when one block more or less is counted, and when it was stored before', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 100_000}), fc.integer({min: 1, max: 5000}), (blocks, total) =>
        sameRate((blocks + 1) / total, roundRate(blocks / total), total),
      ),
    );
  });
});
