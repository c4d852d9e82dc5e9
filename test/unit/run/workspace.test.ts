import {existsSync, mkdirSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, it} from 'vitest';
import {openWorkspace} from '../../../src/run/workspace.js';

it('gives folders of their own, whose paths are as long in every run', () => {
  const [one, other] = [openWorkspace(), openWorkspace()];
  try {
    const folders = [one.newFolder(), one.newFolder(), other.newFolder()];
    expect(new Set(folders).size).toBe(3);
    expect(new Set(folders.map((folder) => folder.length)).size).toBe(1);
    for (const folder of folders) expect(statSync(folder).isDirectory()).toBe(true);
  } finally {
    one.remove();
    other.remove();
  }
});

it('is gone with all that is in it', () => {
  const workspace = openWorkspace();
  const folder = workspace.newFolder();
  mkdirSync(path.join(folder, 'deep', 'deeper'), {recursive: true});
  writeFileSync(path.join(folder, 'deep', 'file'), '');
  workspace.remove();
  expect(existsSync(workspace.root)).toBe(false);
  workspace.remove();
});

it('is open to its owner alone', () => {
  const workspace = openWorkspace();
  try {
    expect(statSync(workspace.root).mode & 0o077).toBe(0);
  } finally {
    workspace.remove();
  }
});
