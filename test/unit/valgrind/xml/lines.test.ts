import fc from 'fast-check';
import {expect, it} from 'vitest';
import {createLineSource} from '../../../../src/valgrind/xml/lines.js';

function readAll(pieces: readonly string[]): string {
  const lines = createLineSource();
  return pieces.map((piece) => lines.next(piece)).join('') + lines.rest();
}

it.each([
  ['  <threadname>a & <lamb</threadname>\n', '  <threadname>a &amp; &lt;lamb</threadname>\n'],
  ['  <threadname>&b;</threadname>\n', '  <threadname>&amp;b;</threadname>\n'],
  ['  <path>/a&b/<c></path>\n', '  <path>/a&amp;b/&lt;c></path>\n'],
  ['  <what>Open file descriptor 5: /a&b</what>\n', '  <what>Open file descriptor 5: /a&amp;b</what>\n'],
  ['  <what>a &lt;-&gt; b &#38; &#x26;</what>\n', '  <what>a &lt;-&gt; b &#38; &#x26;</what>\n'],
  ['  <path></path>\n', '  <path></path>\n'],
  ['  <fn>f<int>(&)</fn>\n', '  <fn>f<int>(&)</fn>\n'],
])('escapes what valgrind does not: %j', (line, expected) => {
  expect(readAll([line])).toBe(expected);
  expect(readAll([...line])).toBe(expected);
});

it.each([
  ['  <threadname>a <lamb</thr', '  <threadname>a &lt;lamb&lt;/thr'],
  ['  <threadname>a <lamb</threadname>', '  <threadname>a &lt;lamb</threadname>'],
  ['  <thread', '  <thread'],
  ['</valgrindoutput>', '</valgrindoutput>'],
])('escapes a last line without its end: %j', (line, expected) => {
  expect(readAll(['<valgrindoutput>\n', line])).toBe(`<valgrindoutput>\n${expected}`);
});

it('gives everything back, however it was cut', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z\n]*$/)), (pieces) => {
      expect(readAll(pieces)).toBe(pieces.join(''));
    }),
  );
});

it('passes a line without end on in pieces', () => {
  const lines = createLineSource();
  expect(lines.next('x'.repeat(100_000))).toHaveLength(100_000);
});
