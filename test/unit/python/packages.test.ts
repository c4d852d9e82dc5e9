import {existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {keepSources} from '../../../src/python/kept-sources.js';
import {strippedObjects} from '../../../src/python/objects.js';
import {identify, packagesFingerprint} from '../../../src/python/packages-fingerprint.js';
import {readPackagesManifest, writePackagesManifest} from '../../../src/python/packages-manifest.js';
import {buildIdentity} from '../../../src/python/pip-command.js';
import {versionIn} from '../../../src/python/recipe-version.js';
import type {PackageRequirement} from '../../../src/scenario/types.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'leakline-packages-'));
});
afterEach(() => rmSync(root, {recursive: true}));

function write(name: string, text = ''): string {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), {recursive: true});
  writeFileSync(file, text);
  return file;
}

const ujson: PackageRequirement = {type: 'package', name: 'ujson', requirement: 'ujson==5.10.0'};
const numpy: PackageRequirement = {type: 'package', name: 'numpy', requirement: 'numpy'};

interface Made {
  readonly build?: string;
  readonly compiler?: string;
  readonly caller?: Readonly<Record<string, string>>;
}

function fingerprint(requirements: readonly PackageRequirement[], made: Made = {}): string {
  const identified = identify(requirements, []);
  if (!identified.ok) throw new Error(identified.error.message);
  const {build = 'b', compiler = 'gcc 12', caller = {}} = made;
  return packagesFingerprint(identified.value, {fingerprint: build}, buildIdentity(caller, compiler, 'x64'));
}

describe('packagesFingerprint', () => {
  const before = fingerprint([ujson, numpy]);

  it('does not depend on order, repetition or variables that compile nothing else', () => {
    expect(fingerprint([numpy, ujson, numpy], {caller: {PIP_INDEX_URL: 'x', HOME: '/y'}})).toBe(before);
  });

  it.each<[string, readonly PackageRequirement[], Made]>([
    ['a requirement less', [ujson], {}],
    ['another version', [{...ujson, requirement: 'ujson==5.9.0'}, numpy], {}],
    ['a wheel instead', [{...ujson, type: 'wheel'}, numpy], {}],
    ['another build', [ujson, numpy], {build: 'c'}],
    ['another compiler', [ujson, numpy], {compiler: 'gcc 13'}],
    ['other flags', [ujson, numpy], {caller: {CFLAGS: '-DX'}}],
    ['another linker', [ujson, numpy], {caller: {LDFLAGS: '-fuse-ld=gold'}}],
    ['a compiler that is named', [ujson, numpy], {caller: {CC: 'clang'}}],
    ['arguments of CMake', [ujson, numpy], {caller: {CMAKE_ARGS: '-DX=1'}}],
    ['settings of cargo', [ujson, numpy], {caller: {CARGO_BUILD_TARGET: 'x'}}],
  ])('is another one for %s', (_, requirements, made) => {
    expect(fingerprint(requirements, made)).not.toBe(before);
  });

  it('follows the content of a project and of a wheel', () => {
    const project: PackageRequirement = {type: 'project', path: path.join(root, 'p')};
    const wheel: PackageRequirement = {type: 'wheel-file', name: 'a', path: write('a.whl', '1')};
    const prints = ['1', '1', '2', '1'].map((text, index) => {
      write('p/a.c', text);
      write('a.whl', index < 3 ? '1' : '3');
      return fingerprint([project, wheel]);
    });
    expect(new Set(prints).size).toBe(3);
    expect(prints[0]).toBe(prints[1]);
  });

  it('of a folder that is gone is a problem', () => {
    const gone: PackageRequirement = {type: 'project', path: path.join(root, 'none')};
    expect(identify([gone], [])).toMatchObject({ok: false, error: {file: gone.path}});
  });
});

describe('the manifest', () => {
  const manifest = (folder: string) => ({
    folder,
    requirements: ['ujson'],
    python: '/v/bin/python',
    pythonPath: [],
    binPath: ['/v/bin'],
    objects: [],
    madeAt: '2026-01-02T03:04:05.000Z',
  });

  it('makes an environment a finished one, where it was made', () => {
    const folder = path.join(root, 'packages-abc');
    expect(readPackagesManifest(folder)).toBeUndefined();
    writePackagesManifest(manifest(folder));
    expect(readPackagesManifest(folder)).toMatchObject(manifest(folder));
    renameSync(folder, `${folder}d`);
    expect(readPackagesManifest(`${folder}d`)).toBeUndefined();
  });

  it('that is cut off is none', () => {
    write('packages.json', '{"format": 1');
    expect(readPackagesManifest(root)).toBeUndefined();
  });
});

describe('keepSources', () => {
  it('keeps what debug information names', () => {
    for (const file of [
      'pip-install-x/spam/src/spam.c',
      'pip-install-x/spam/src/spam.o',
      'pip-install-x/spam/tests/test.py',
      'pip-req-build-y/eggs.cpp',
      'pip-build-env-z/overlay/numpy.h',
      'pip-unpack-a/spam.tar.gz',
    ]) {
      write(`t/${file}`);
    }
    keepSources(path.join(root, 't'));
    const left = readdirSync(path.join(root, 't'), {recursive: true, encoding: 'utf8'});
    expect(left.filter((file) => /\.\w+$/.test(file)).sort()).toEqual([
      'pip-install-x/spam/src/spam.c',
      'pip-req-build-y/eggs.cpp',
    ]);
  });

  it('leaves no empty folder', () => {
    write('t/pip-install-x/spam/setup.py');
    keepSources(path.join(root, 't'));
    expect(existsSync(path.join(root, 't'))).toBe(false);
  });
});

describe('strippedObjects', () => {
  const site = 'lib/python3.13/site-packages';
  const install = (name: string, debug: boolean, isRequested = true) => {
    write(`${site}/${name}.so`, debug ? 'ELF .debug_info\0' : 'ELF');
    write(`${site}/${name}-1.0.dist-info/RECORD`, `${name}.so,sha256=x,3\n${name}.py,,\ngone.so,,\n`);
    if (isRequested) write(`${site}/${name}-1.0.dist-info/REQUESTED`);
  };

  it('are those of packages that were asked for and built', () => {
    install('Fine', true);
    install('bare', false);
    install('Bare_wheel', false);
    install('dependency', false, false);
    expect(strippedObjects(root, ['bare-wheel'])).toEqual([path.join(root, site, 'bare.so')]);
  });

  it('are none where there is no site-packages', () => {
    expect(strippedObjects(root, [])).toEqual([]);
  });
});

it.each([
  ['#define PY_VERSION      	"3.14.0rc2+"', '3.14.0rc2+'],
  ['/* */\n#define PY_MAJOR_VERSION 2\n#define PY_VERSION "2.7.18"\n', '2.7.18'],
  ['', undefined],
])('versionIn(%j)', (text, expected) => {
  expect(versionIn(text)).toBe(expected);
});
