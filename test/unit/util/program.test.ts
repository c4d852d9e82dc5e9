import {chmodSync, mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, it} from 'vitest';
import {findProgram} from '../../../src/util/program.js';

const root = mkdtempSync(path.join(tmpdir(), 'program-'));

function place(file: string, mode: number): string {
  const whole = path.join(root, file);
  mkdirSync(path.dirname(whole), {recursive: true});
  writeFileSync(whole, '');
  chmodSync(whole, mode);
  return whole;
}

it('finds the first program of a name, past folders and files that cannot be started', () => {
  mkdirSync(path.join(root, 'a', 'tool'), {recursive: true});
  place('b/tool', 0o644);
  const program = place('c/tool', 0o755);
  place('d/tool', 0o755);
  const searchPath = ['nowhere', 'a', 'b', 'c', 'd'].map((folder) => path.join(root, folder)).join(':');
  expect(findProgram('tool', searchPath)).toBe(program);
  expect(findProgram('other', searchPath)).toBeUndefined();
});

it('gives an absolute path for a relative folder', () => {
  const program = place('e/tool', 0o755);
  expect(findProgram('tool', path.relative(process.cwd(), path.dirname(program)))).toBe(program);
});
