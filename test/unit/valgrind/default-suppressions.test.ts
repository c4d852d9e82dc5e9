import {mkdirSync, mkdtempSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {beforeEach, describe, expect, it} from 'vitest';
import {findDefaultSuppressions, withoutLeakRules} from '../../../src/valgrind/default-suppressions.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'default-supp-'));
});

function place(file: string, text = ''): string {
  const whole = path.join(root, file);
  mkdirSync(path.dirname(whole), {recursive: true});
  writeFileSync(whole, text);
  return whole;
}

describe("valgrind's own suppressions", () => {
  it.each(['libexec', 'lib', 'lib64'])('are found in %s, also through a link', (folder) => {
    const file = place(`opt/${folder}/valgrind/default.supp`);
    const program = place('opt/bin/valgrind');
    mkdirSync(path.join(root, 'bin'));
    symlinkSync(program, path.join(root, 'bin', 'valgrind'));
    expect(findDefaultSuppressions(path.join(root, 'bin', 'valgrind'))).toBe(file);
    expect(findDefaultSuppressions(program)).toBe(file);
  });

  it('are not guessed: two places, none', () => {
    const program = place('bin/valgrind');
    expect(findDefaultSuppressions(program)).toBeUndefined();
    place('lib/valgrind/default.supp');
    place('libexec/valgrind/default.supp');
    expect(findDefaultSuppressions(program)).toBeUndefined();
  });
});

describe('without rules for leaks', () => {
  const error = '# why\n{\n  a\n  Memcheck:Cond\n  fun:strlen\n}\n';
  const leak = '{\n  b\n  Memcheck:Leak\n  match-leak-kinds: possible\n  fun:malloc\n}\n';

  it('a file keeps the others as they are', () => {
    expect(withoutLeakRules(place('a.supp', `${error}${leak}${error}`))).toBe(`${error}${error}`);
  });

  it('nothing is made of a file that is not there or not understood', () => {
    expect(withoutLeakRules(path.join(root, 'none.supp'))).toBeUndefined();
    expect(withoutLeakRules(place('a.supp', '{\n  a\n'))).toBeUndefined();
  });
});
