import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {defined} from '../../../src/util/defined.js';
import {fileKind} from '../../../src/util/file-kind.js';
import {groupBy} from '../../../src/util/group-by.js';
import {shortHash} from '../../../src/util/hash.js';
import {packageRoot, packageVersion} from '../../../src/util/package-root.js';
import {present} from '../../../src/util/present.js';
import {formatProblem, type Problem} from '../../../src/util/problem.js';
import {suggestion} from '../../../src/util/suggestion.js';
import {unreachable} from '../../../src/util/unreachable.js';

describe('a problem in words', () => {
  it.each<readonly [string, Problem, string]>([
    ['a sentence', {message: 'no'}, 'no'],
    ['its file', {message: 'no', file: 'a.yaml'}, 'a.yaml no'],
    ['its line', {message: 'no', file: 'a.yaml', line: 3}, 'a.yaml:3 no'],
    ['its place', {message: 'no', file: 'a.yaml', line: 3, column: 2}, 'a.yaml:3:2 no'],
    [
      'a squiggle',
      {message: 'no', file: 'a.yaml', line: 3, column: 2, source: ' b: c'},
      'a.yaml:3:2 no\n   b: c\n   ^',
    ],
    ['no squiggle without a column', {message: 'no', source: 'b: c'}, 'no'],
    ['details', {message: 'no', detail: 'one\ntwo'}, 'no\n  one\n  two'],
    ['the next step, last', {message: 'no', next: 'do it', detail: 'why'}, 'no\n  why\n  Next: do it'],
  ])('has %s', (_, problem, text) => {
    expect(formatProblem(problem)).toBe(text);
  });
});

describe('a hash', () => {
  it('is twelve hexadecimal digits, or as many as are asked for', () => {
    expect(shortHash(['a'])).toMatch(/^[0-9a-f]{12}$/);
    expect(shortHash(['a'], 32)).toMatch(/^[0-9a-f]{32}$/);
    expect(shortHash(['a'], 32).startsWith(shortHash(['a']))).toBe(true);
  });

  it('is another for other parts, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (a, b) => {
        const isSame = a.length === b.length && a.every((part, index) => part === b[index]);
        return isSame || shortHash(a) !== shortHash(b);
      }),
    );
    expect(shortHash(['ab', 'c'])).not.toBe(shortHash(['a', 'bc']));
    expect(shortHash(['1:a'])).not.toBe(shortHash(['1', 'a']));
  });
});

describe('a suggestion', () => {
  const known = ['iterations', 'checkpoints', 'warmup'];

  it.each([
    ['iteratons', ', did you mean "iterations"?'],
    ['warm-up', ', did you mean "warmup"?'],
    ['something', ''],
    ['x'.repeat(201), ''],
  ])('for %s is %j', (word, text) => {
    expect(suggestion(word, known)).toBe(text);
  });

  it('is none where nothing is known', () => {
    expect(suggestion('iterations', [])).toBe('');
  });
});

describe('small things', () => {
  it('leaves out what is undefined, and nothing else', () => {
    expect(defined({a: undefined, b: null, c: 0, d: ''})).toStrictEqual({b: null, c: 0, d: ''});
  });

  it('groups in the order of first appearance', () => {
    const groups = groupBy(['bb', 'a', 'cc', 'd'], ({length}) => length);
    expect([...groups]).toEqual([
      [2, ['bb', 'cc']],
      [1, ['a', 'd']],
    ]);
  });

  it('tells files from folders and from what is neither', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'leakline-kind-'));
    try {
      writeFileSync(path.join(folder, 'file'), '');
      mkdirSync(path.join(folder, 'folder'));
      symlinkSync('file', path.join(folder, 'link'));
      symlinkSync('nowhere', path.join(folder, 'broken'));
      const kinds = ['file', 'folder', 'link', 'broken', 'none'].map((name) =>
        fileKind(path.join(folder, name)),
      );
      expect([...kinds, fileKind('/dev/null')]).toEqual([
        'file',
        'folder',
        'file',
        undefined,
        undefined,
        'other',
      ]);
    } finally {
      rmSync(folder, {recursive: true});
    }
  });

  it('takes what is missing after its check for a bug', () => {
    expect(present(0, 'x')).toBe(0);
    expect(() => present(undefined, 'body')).toThrow('body is missing after its check');
    expect(() => unreachable({type: 'new'} as never)).toThrow('Unhandled case: {"type":"new"}');
  });

  it('knows where leakline is, and its version', () => {
    expect(fileKind(path.join(packageRoot, 'package.json'))).toBe('file');
    expect(packageVersion).toMatch(/^\d+\.\d+\.\d+/);
  });
});
