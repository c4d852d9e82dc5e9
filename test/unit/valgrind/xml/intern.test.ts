import {expect, it} from 'vitest';
import {createIntern} from '../../../../src/valgrind/xml/intern.js';

it.each(['', 'malloc', 'x'.repeat(5000), 'é\u0001\uFFFD 🐍'])('gives %j back', (text) => {
  const intern = createIntern();
  expect(intern(text)).toBe(text);
  expect(intern(text)).toBe(text);
});

it('goes on when it has forgotten what it knew', () => {
  const intern = createIntern();
  const texts = Array.from({length: 50_000}, (_, index) => `${'x'.repeat(100)}${index}`);
  expect(texts.map(intern)).toEqual(texts);
  expect(texts.map(intern)).toEqual(texts);
});
