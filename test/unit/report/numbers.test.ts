import {describe, expect, it} from 'vitest';
import {
  formatClock,
  formatDuration,
  formatEstimate,
  formatNumber,
  formatSize,
  quantity,
} from '../../../src/report/text/numbers.js';

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [1, '1'],
    [1234567, '1,234,567'],
    [1.5, '1.5'],
    [2.04, '2'],
    [0.1428, '0.14'],
    [0.0012, '0.0012'],
    [123.4, '123'],
    [-3, '-3'],
  ])('%d is %s', (value, text) => expect(formatNumber(value)).toBe(text));
});

describe('quantity', () => {
  it.each([
    [0, '0 blocks'],
    [1, '1 block'],
    [1.0004, '1 block'],
    [1.5, '1.5 blocks'],
    [0.14, '0.14 blocks'],
    [-1, '-1 block'],
  ])('%d is %s', (value, text) => expect(quantity(value, 'block')).toBe(text));

  it('takes a plural that is not made with s', () => {
    expect(quantity(2, 'child process', 'child processes')).toBe('2 child processes');
  });
});

describe('formatSize', () => {
  it.each([
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [21_345_678, '21.3 MB'],
    [5e15, '5000.0 TB'],
  ])('%d is %s', (bytes, text) => expect(formatSize(bytes)).toBe(text));
});

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [999.4, '999 ms'],
    [999.5, '1.0 s'],
    [12_345, '12.3 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min'],
    [200_400, '3 min 20 s'],
    [3_599_400, '59 min 59 s'],
    [3_599_500, '1 h'],
    [3_900_000, '1 h 5 min'],
  ])('%d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe('formatEstimate', () => {
  it.each([
    [0, '1 s'],
    [4600, '5 s'],
    [38_000, '40 s'],
    [57_000, '55 s'],
    [58_000, '1 min'],
    [170_000, '3 min'],
    [3_600_000, '1 h'],
    [4_260_000, '1 h 10 min'],
  ])('%d ms is %s', (ms, text) => expect(formatEstimate(ms)).toBe(text));
});

describe('formatClock', () => {
  it.each([
    [0, '0:00'],
    [12_900, '0:12'],
    [185_000, '3:05'],
    [3_607_000, '1:00:07'],
  ])('%d ms is %s', (ms, text) => expect(formatClock(ms)).toBe(text));
});
