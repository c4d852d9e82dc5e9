import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {lookUp, lookUpFirst, parsePerfMap} from '../../../src/valgrind/perfmap.js';
import type {XmlItem} from '../../../src/valgrind/types.js';
import {parseXml} from '../../../src/valgrind/xml.js';

describe('a symbol', () => {
  it.each([
    ['py::make_rows:/src/loader.py', {function: 'make_rows', file: '/src/loader.py'}],
    ['py::Loader.make_rows:/src/a b/lo:ader.py', {function: 'Loader.make_rows', file: '/src/a b/lo:ader.py'}],
    [
      'py::<module>:<frozen importlib._bootstrap>',
      {function: '<module>', file: '<frozen importlib._bootstrap>'},
    ],
    ['py::f.<locals>.<lambda>:/src/x.py', {function: 'f.<locals>.<lambda>', file: '/src/x.py'}],
    ['py::a:b c:/src/x.py', {function: 'a:b c', file: '/src/x.py'}],
    ['py::f:x.py', {function: 'f', file: 'x.py'}],
    ['py::f', {function: 'f', file: ''}],
    ['jit_code', undefined],
  ])('%s', (symbol, expected) => {
    expect(lookUp(parsePerfMap(`1000 20 ${symbol}\n`), '0x1010')).toEqual(expected);
  });
});

describe('an address', () => {
  const map = parsePerfMap(
    '7f0000001000 20 py::a:/a.py\n7f0000001020 10 py::b:/b.py\n7f0000002000 1 py::c:/c.py\n',
  );

  it.each([
    ['0x7F0000000FFF', undefined],
    ['0x7F0000001000', 'a'],
    ['0x7F000000101F', 'a'],
    ['0x7F0000001020', 'b'],
    ['0x7F000000102F', 'b'],
    ['0x7F0000001030', undefined],
    ['0x7F0000002000', 'c'],
    ['0x7F0000002001', undefined],
    ['0x0', undefined],
    ['', undefined],
    ['junk', undefined],
  ])('%s is in %s', (ip, expected) => {
    expect(lookUp(map, ip)?.function).toBe(expected);
  });
});

it('passes over what is no entry, a cut-off last line included', () => {
  const map = parsePerfMap(
    '\nhello\n10 zz py::x:/x\n10 0 py::zero:/z\n0x20 0x10 py::prefixed:/p\n40 10 py::cut:/c',
  );
  expect(lookUp(map, '0x10')).toBeUndefined();
  expect(lookUp(map, '0x20')?.function).toBe('prefixed');
  expect(lookUp(map, '0x40')).toBeUndefined();
});

it.each(['', '\n', 'x'])('%j is an empty map', (text) => {
  expect(lookUp(parsePerfMap(text), '0x0')).toBeUndefined();
});

it('lets the later of overlapping entries hold', () => {
  const map = parsePerfMap('100 100 py::old:/o\n140 20 py::new:/n\n150 4 other\n');
  const at = (ip: string) => lookUp(map, ip)?.function;
  expect(['0x100', '0x13f', '0x140', '0x14f', '0x150', '0x154', '0x160', '0x1ff'].map(at)).toEqual([
    'old',
    'old',
    'new',
    'new',
    undefined,
    'new',
    'old',
    'old',
  ]);
});

it('agrees with a search from the end through all entries', () => {
  const entry = fc.record({start: fc.nat({max: 60}), size: fc.integer({min: 1, max: 20})});
  fc.assert(
    fc.property(fc.array(entry, {maxLength: 20}), fc.nat({max: 90}), (entries, address) => {
      const text = entries
        .map(({start, size}, index) => `${start.toString(16)} ${size.toString(16)} py::f${index}:/f\n`)
        .join('');
      const index = entries.findLastIndex(({start, size}) => address >= start && address < start + size);
      const expected = index === -1 ? undefined : `f${index}`;
      expect(lookUp(parsePerfMap(text), `0x${address.toString(16)}`)?.function).toBe(expected);
    }),
  );
});

it('searches several maps in order', () => {
  const child = parsePerfMap('10 10 py::child:/c\n');
  const parent = parsePerfMap('10 20 py::parent:/p\n');
  expect(lookUpFirst([child, parent], '0x18')?.function).toBe('child');
  expect(lookUpFirst([child, parent], '0x28')?.function).toBe('parent');
  expect(lookUpFirst([child, parent], '0x38')).toBeUndefined();
  expect(lookUpFirst([], '0x18')).toBeUndefined();
});

it('names the Python functions in a recorded leak', async () => {
  const folder = new URL('../../fixtures/xml/', import.meta.url);
  const map = parsePerfMap(readFileSync(new URL('python-growth.map', folder), 'utf8'));
  const items: XmlItem[] = [];
  await parseXml([readFileSync(new URL('python-growth.xml', folder))], (item) => items.push(item));
  const lost = items.find((item) => item.type === 'loss-record' && item.kind === 'definite');
  const stack = lost?.type === 'loss-record' ? lost.stack : [];
  const python = stack.map(({ip}) => lookUp(map, ip)?.function).filter((name) => name !== undefined);
  expect(python).toEqual(['Loader.make_rows', 'body', '<module>']);
});
