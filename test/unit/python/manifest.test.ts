import {mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {type BuildManifest, buildOf, readManifest, writeManifest} from '../../../src/python/manifest.js';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'leakline-manifest-'));
  folder = path.join(root, 'cpython-3.13-abc');
});
afterEach(() => rmSync(root, {recursive: true}));

const manifest = (change: Partial<BuildManifest> = {}): Omit<BuildManifest, 'format'> => ({
  name: 'cpython-3.13',
  version: [3, 13, 5],
  profile: 'malloc',
  fingerprint: 'abc',
  recipeFingerprint: 'def',
  compiler: 'gcc 12',
  folder,
  python: path.join(folder, 'prefix/bin/python3.13'),
  includes: [path.join(folder, 'prefix/include/python3.13')],
  extensionSuffix: '.so',
  missingModules: [],
  log: '/logs',
  bytes: 1000,
  builtAt: '2026-01-02T03:04:05.000Z',
  ...change,
});

describe('readManifest', () => {
  it('gives what was written', () => {
    writeManifest(manifest());
    expect(readManifest(folder)).toEqual({format: 1, ...manifest()});
  });

  it('finds no build where there is none', () => {
    expect(readManifest(folder)).toBeUndefined();
  });

  it('finds none in a folder that was moved, since its prefix is compiled in', () => {
    writeManifest(manifest());
    const moved = path.join(root, 'moved');
    renameSync(folder, moved);
    expect(readManifest(moved)).toBeUndefined();
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, -20)],
    ['of another format', (text: string) => text.replace('"format": 1', '"format": 2')],
    ['of an unknown profile', (text: string) => text.replace('"malloc"', '"debug"')],
    ['empty', () => ''],
  ])('finds none in a manifest that is %s', (_what, change) => {
    writeManifest(manifest());
    const file = path.join(folder, 'manifest.json');
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    expect(readManifest(folder)).toBeUndefined();
  });
});

describe('buildOf', () => {
  it("applies CPython's and leakline's suppressions where pymalloc lives", () => {
    const {suppressions} = buildOf({format: 1, ...manifest({profile: 'memory-debugger'})});
    expect(suppressions.map((file) => path.basename(file))).toEqual([
      'valgrind-python.supp',
      'pyobject-free-realloc.supp',
    ]);
  });

  it.each(['malloc', 'free-threaded'] as const)('suppresses nothing for %s', (profile) => {
    const build = buildOf({format: 1, ...manifest({profile})});
    expect(build.suppressions).toEqual([]);
    expect(build.suppressionReference).toBe(path.join(folder, 'valgrind-python.supp'));
    expect(build.prefix).toBe(path.join(folder, 'prefix'));
  });
});
