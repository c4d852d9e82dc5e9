import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {findingsFromFiles, type InstalledFiles} from '../../../src/python/installed-files.js';
import type {Profile} from '../../../src/python/recipe.js';

let prefix: string;
beforeEach(() => {
  prefix = mkdtempSync(path.join(os.tmpdir(), 'leakline-prefix-'));
});
afterEach(() => rmSync(prefix, {recursive: true}));

/** Writes what an installed CPython has of files, and gives how it is asked about. */
function install(
  version: string,
  config: string,
  objects: readonly string[],
  profile: Profile,
): InstalledFiles {
  const series = `python${version.split('.').slice(0, 2).join('.')}`;
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(prefix, name)), {recursive: true});
    writeFileSync(path.join(prefix, name), text);
  };
  write(`include/${series}/patchlevel.h`, `#define PY_VERSION "${version}"\n`);
  write(`include/${series}/pyconfig.h`, config);
  for (const name of objects) write(`lib/${series}/lib-dynload/${name}`, '');
  return {name: 'board', profile, python: path.join(prefix, 'bin', series), prefix};
}

const SUFFIX = '.cpython-313-arm-linux-gnueabihf.so';

it('finds version, headers, suffix and missing modules', () => {
  const files = install(
    '3.13.5',
    '/* #undef WITH_PYMALLOC */\n',
    [`_json${SUFFIX}`, `_bz2${SUFFIX}`],
    'malloc',
  );
  expect(findingsFromFiles(files, ['bz2', 'zlib', 'lzma'])).toEqual({
    ok: true,
    value: {
      python: files.python,
      version: [3, 13, 5],
      includes: [path.join(prefix, 'include', 'python3.13')],
      extensionSuffix: SUFFIX,
      missingModules: ['zlib', 'lzma'],
    },
  });
});

it('knows the names of 2.7, which has no lzma', () => {
  const files = install('2.7.18', '#define WITH_PYMALLOC 1\n', ['bz2.so'], 'memory-debugger');
  expect(findingsFromFiles(files, ['bz2', 'zlib', 'lzma'])).toMatchObject({
    ok: true,
    value: {version: [2, 7, 18], extensionSuffix: '.so', missingModules: ['zlib']},
  });
});

it.each<[Profile, string, RegExp]>([
  ['malloc', '#define WITH_PYMALLOC 1\n', /compiled with pymalloc/],
  ['memory-debugger', '', /compiled without pymalloc/],
  ['free-threaded', '', /has a GIL/],
])('refuses what is not %s', (profile, config, message) => {
  const findings = findingsFromFiles(install('3.13.5', config, [], profile), []);
  expect(findings).toMatchObject({ok: false, error: {message: expect.stringMatching(message)}});
});

it('refuses a prefix without headers', () => {
  const files: InstalledFiles = {
    name: 'board',
    profile: 'malloc',
    python: path.join(prefix, 'bin', 'python3.13'),
    prefix,
  };
  expect(findingsFromFiles(files, [])).toMatchObject({
    ok: false,
    error: {message: expect.stringContaining('no Python headers')},
  });
});
