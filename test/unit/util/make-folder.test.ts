import {mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {makeFolder} from '../../../src/util/make-folder.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'leakline-folder-'));
});
afterEach(() => rmSync(root, {recursive: true}));

it('makes what is missing, and nothing when nothing is', () => {
  const folder = path.join(root, 'a', 'b', 'c');
  makeFolder(folder);
  makeFolder(folder);
  expect(statSync(folder).isDirectory()).toBe(true);
});

it.each([
  ['file', 'EEXIST'],
  ['file/a', 'ENOTDIR'],
  ['file/a/b', 'ENOTDIR'],
])('%s cannot be made where a file is: %s', (name, code) => {
  writeFileSync(path.join(root, 'file'), 'mine');
  expect(() => makeFolder(path.join(root, name))).toThrow(expect.objectContaining({code}));
});
