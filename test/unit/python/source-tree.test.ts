import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {prunePrefix, pruneSource} from '../../../src/python/prune.js';
import {copySourceTree, sourceIdentity} from '../../../src/python/source-tree.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'leakline-tree-'));
  write('configure', '#!/bin/sh');
  write('Objects/obmalloc.c', 'int x;');
  write('Tools/build/freeze.py', 'pass');
});
afterEach(() => rmSync(root, {recursive: true}));

function write(name: string, text = ''): string {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), {recursive: true});
  writeFileSync(file, text);
  return file;
}

async function identity(): Promise<string> {
  const result = await sourceIdentity({type: 'path', path: root});
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** What an earlier build in the tree, git and an editor's import leave behind, or what no build reads. */
const LEFT_OUT = [
  'Makefile',
  'pyconfig.h',
  'Objects/obmalloc.o',
  'libpython3.13.a',
  'build/lib.linux/zlib.so',
  'Lib/__pycache__/os.cpython-313.pyc',
  'Lib/test/test_os.py',
  'Doc/index.rst',
  '.git/HEAD',
];

describe('sourceIdentity', () => {
  it('changes with content and with names', async () => {
    const first = await identity();
    write('Objects/obmalloc.c', 'int y;');
    const second = await identity();
    write('Objects/extra.c');
    expect(new Set([first, second, await identity()]).size).toBe(3);
  });

  it('does not confuse content that moves from one file to the next', async () => {
    write('a', 'xy');
    write('b', 'z');
    const before = await identity();
    write('a', 'x');
    write('b', 'yz');
    expect(await identity()).not.toBe(before);
  });

  it.each(LEFT_OUT)('does not change with %s', async (name) => {
    const before = await identity();
    write(name, 'new');
    expect(await identity()).toBe(before);
  });

  it('of an archive is its checksum', async () => {
    const file = write('x.tar.xz', 'abc');
    expect(await sourceIdentity({type: 'path', path: file})).toEqual({
      ok: true,
      value: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
  });

  it('of what is not there is a problem', async () => {
    const result = await sourceIdentity({type: 'path', path: path.join(root, 'none')});
    expect(result.ok ? '' : result.error.message).toContain('none cannot be read');
  });
});

it('copySourceTree copies what a build needs and leaves the rest', () => {
  for (const name of LEFT_OUT) write(name);
  const target = path.join(root, '..', `${path.basename(root)}-copy`);
  try {
    copySourceTree(root, target);
    expect(readFileSync(path.join(target, 'Objects/obmalloc.c'), 'utf8')).toBe('int x;');
    expect(existsSync(path.join(target, 'Tools/build/freeze.py'))).toBe(true);
    expect(LEFT_OUT.filter((name) => existsSync(path.join(target, name)))).toEqual([]);
  } finally {
    rmSync(target, {recursive: true, force: true});
  }
});

it('pruneSource keeps what source lines are read from', () => {
  write('Include/Python.h');
  write('Objects/obmalloc.o');
  write('Lib/os.py');
  pruneSource(root);
  const left = ['Include/Python.h', 'Objects/obmalloc.c', 'Objects/obmalloc.o', 'configure', 'Lib'];
  expect(left.filter((name) => existsSync(path.join(root, name)))).toEqual([
    'Include/Python.h',
    'Objects/obmalloc.c',
  ]);
});

it('prunePrefix keeps what programs under valgrind use', () => {
  const kept = [
    'bin/python3.13',
    'include/python3.13/Python.h',
    'lib/python3.13/os.py',
    'lib/python3.13/__pycache__/os.cpython-313.pyc',
    'lib/python3.13/ensurepip/_bundled/pip.whl',
  ];
  const gone = [
    'lib/libpython3.13.a',
    'lib/python3.13/config-3.13/libpython3.13.a',
    'lib/python3.13/__pycache__/os.cpython-313.opt-1.pyc',
    'lib/python3.13/idlelib/idle.py',
    'lib/python2.7/os.pyo',
    'share/man/man1/python3.1',
  ];
  for (const name of [...kept, ...gone]) write(name);
  prunePrefix(root);
  expect([...kept, ...gone].filter((name) => existsSync(path.join(root, name)))).toEqual(kept);
});
