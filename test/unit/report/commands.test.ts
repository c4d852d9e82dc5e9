import {describe, expect, it} from 'vitest';
import type {Change} from '../../../src/judge/types.js';
import {baselineCommand, reproCommand} from '../../../src/report/text/commands.js';
import {entry, error, isNew, leak, resource, result} from './made.js';

describe('reproCommand', () => {
  it.each<[string, Change | undefined, string]>([
    ['a leak', isNew(leak()), 'leakline repro parse/error-path --build cpython-3.13 --leak 3f2a9c01d2e4'],
    ['a memory error', isNew(error()), 'leakline repro parse/error-path --build cpython-3.13'],
    ['a resource', isNew(resource()), 'leakline repro parse/error-path --build cpython-3.13'],
    [
      'what is gone',
      {verdict: 'fixed', before: entry()},
      'leakline repro parse/error-path --build cpython-3.13',
    ],
    ['the scenario', undefined, 'leakline repro parse/error-path --build cpython-3.13'],
  ])('%s', (_, change, command) => expect(reproCommand(result(), change)).toBe(command));

  it.each([
    ['zlib/compress@level-9', 'zlib/compress@level-9'],
    ["it's; rm -rf $HOME", "'it'\\''s; rm -rf $HOME'"],
    ['a\nb\u001b', "'a b\\x1b'"],
  ])('quotes %j', (scenario, word) => {
    expect(reproCommand({scenario, build: 'b'})).toBe(`leakline repro ${word} --build b`);
  });
});

it('takes what ran on another machine there once more, and its baseline from the last run', () => {
  const imported = {...result(), imported: true};
  expect(reproCommand(imported, isNew(leak()))).toBe('leakline python export cpython-3.13 parse/error-path');
  expect(baselineCommand(imported)).toBe('leakline baseline update parse/error-path');
});

it('names the command that writes a baseline', () => {
  expect(baselineCommand(result())).toBe(
    'leakline run parse/error-path --build cpython-3.13 --update missing',
  );
});
