import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {chop, truncate, widthOf, wrap} from '../../../src/report/text/width.js';

describe('truncate', () => {
  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['abcdef', 1, '…'],
    ['abcdef', 0, ''],
    ['日本語', 6, '日本語'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['👩‍👩‍👧x', 2, '…'],
    ['abc', Number.POSITIVE_INFINITY, 'abc'],
  ])('%s in %d columns', (text, columns, cut) => expect(truncate(text, columns)).toBe(cut));

  it('never takes more columns than there are', () => {
    fc.assert(
      fc.property(fc.string({unit: 'grapheme'}), fc.nat(30), (text, columns) => {
        expect(widthOf(truncate(text, columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe('wrap', () => {
  it.each([
    ['one two three', 8, '', ['one two', 'three']],
    ['one two three', 8, '  ', ['one two', '  three']],
    ['  one two three', 9, '    ', ['  one two', '    three']],
    ['short', 80, '  ', ['short']],
    ['abcdefghij', 4, '', ['abcd', 'efgh', 'ij']],
    ['ab abcdefgh', 4, ' ', ['ab', ' abc', ' def', ' gh']],
    ['日本語', 3, '', ['日', '本', '語']],
  ])('%j in %d columns', (text, columns, indent, lines) => {
    expect(wrap(text, columns, indent)).toEqual(lines);
  });

  it('keeps a number with its noun and a place with its name', () => {
    expect(wrap('regressed here: 12 blocks', 20)).toEqual(['regressed here:', '12 blocks']);
    expect(wrap('called from parse (a.c:3)', 20)).toEqual(['called from', 'parse (a.c:3)']);
  });

  it('loses no word and keeps to the columns', () => {
    const text = fc
      .array(fc.stringMatching(/^[a-z(\d日]{1,12}$/), {minLength: 1})
      .map((words) => words.join(' '));
    fc.assert(
      fc.property(text, fc.integer({min: 6, max: 40}), (words, columns) => {
        const lines = wrap(words, columns, '  ');
        expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns);
        expect(lines.join('').replace(/ /g, '')).toBe(words.replace(/ /g, ''));
      }),
    );
  });
});

describe('chop', () => {
  it.each([
    ['', 4, ['']],
    ['abcd', 4, ['abcd']],
    ['ab cdefgh', 4, ['ab c', 'defg', 'h']],
    ['日本', 1, ['日', '本']],
    ['abc', Number.POSITIVE_INFINITY, ['abc']],
  ])('%j in %d columns', (text, columns, pieces) => expect(chop(text, columns)).toEqual(pieces));
});
