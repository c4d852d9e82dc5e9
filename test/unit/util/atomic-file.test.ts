import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {writeFileAtomic} from '../../../src/util/atomic-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'leakline-atomic-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

it('writes a file, its folders as needed, and nothing beside it', () => {
  const file = path.join(folder, 'a', 'b', 'x.yaml');
  writeFileAtomic(file, 'one\n');
  writeFileAtomic(file, 'two\n');
  expect(readFileSync(file, 'utf8')).toBe('two\n');
  expect(readdirSync(path.dirname(file))).toEqual(['x.yaml']);
});

it('keeps what was there when the new file cannot take its place', () => {
  const file = path.join(folder, 'x.yaml');
  mkdirSync(file);
  writeFileSync(path.join(file, 'inside'), '');
  expect(() => writeFileAtomic(file, 'text')).toThrow();
  expect(readdirSync(folder)).toEqual(['x.yaml']);
  expect(readdirSync(file)).toEqual(['inside']);
});

it('keeps what was there when no file can be made beside it', () => {
  const file = path.join(folder, 'x'.repeat(250));
  writeFileSync(file, 'old');
  expect(() => writeFileAtomic(file, 'new')).toThrow(/ENAMETOOLONG/);
  expect(readFileSync(file, 'utf8')).toBe('old');
});

it('says which folder is none', () => {
  writeFileSync(path.join(folder, 'file'), '');
  expect(() => writeFileAtomic(path.join(folder, 'file', 'x.yaml'), 'text')).toThrow(/ENOTDIR|EEXIST/);
});
