import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {harmless, harmlessCopy, harmlessLine} from '../../../src/report/text/harmless.js';

describe('harmless', () => {
  it.each([
    ['plain ü 日本 text\n\tindented', 'plain ü 日本 text\n\tindented'],
    ['\u001b[2Jgone', '\\x1b[2Jgone'],
    ['\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
    ['\u009b31m', '\\x9b31m'],
    ['10 %\r20 %', '10 %\\r20 %'],
    ['dos\r\nline', 'dos\nline'],
    ['a\u202eb\u2066c\u2028d', 'a\\u202eb\\u2066c\\u2028d'],
    ['nul\u0000 del\u007f', 'nul\\x00 del\\x7f'],
    ['lone \ud800 half', 'lone \ufffd half'],
    ['::add-mask::x', ': :add-mask::x'],
    ['ok\n  ::error::x', 'ok\n  : :error::x'],
    ['std::vector', 'std::vector'],
    ['x ##[add-mask]y', 'x ## [add-mask]y'],
  ])('%j', (text, safe) => expect(harmless(text)).toBe(safe));

  it('leaves nothing that a terminal obeys, and is done after once', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), (text) => {
        const safe = harmless(text);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be gone
        expect(safe).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
        expect(safe).not.toMatch(/^\s*::/m);
        expect(harmless(safe)).toBe(safe);
      }),
    );
  });
});

it('keeps one line one line', () => {
  expect(harmlessLine('a\n\tb\r\nc')).toBe('a b c');
});

it('reaches every string of an event, and keeps the lines of output', () => {
  const event = {
    type: 'scenario-finished',
    result: {
      scenario: 'a\u001b[31m',
      failure: {output: 'one\ntwo\u001b[0m', message: 'x\ny'},
      changes: [{now: ['\u0007']}],
    },
    count: 3,
    missing: undefined,
  };
  expect(harmlessCopy(event)).toEqual({
    type: 'scenario-finished',
    result: {
      scenario: 'a\\x1b[31m',
      failure: {output: 'one\ntwo\\x1b[0m', message: 'x y'},
      changes: [{now: ['\\x07']}],
    },
    count: 3,
    missing: undefined,
  });
});
