import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import type {Profile} from './recipe.js';
import {versionIn} from './recipe-version.js';
import type {Findings} from './verify.js';

/** A build that was installed and cannot be started here. */
export interface InstalledFiles {
  readonly name: string;
  readonly profile: Profile;
  readonly python: string;
  readonly prefix: string;
}

/**
 * What the headers and modules below a prefix say of an interpreter. Fails when it was not
 * compiled as its profile promises.
 *
 * @param modules standard modules that may be missing
 */
export function findingsFromFiles(
  {name, profile, python, prefix}: InstalledFiles,
  modules: readonly string[],
): Result<Findings, Problem> {
  const series = path.basename(python);
  const includes = namesIn(path.join(prefix, 'include'))
    .filter((folder) => folder.startsWith('python'))
    .map((folder) => path.join(prefix, 'include', folder));
  const header = (file: string) => includes.map((folder) => read(path.join(folder, file))).join('');
  const [major, minor, micro] = (versionIn(header('patchlevel.h')) ?? '').split(/\D/).map(Number);
  if (major === undefined || minor === undefined || micro === undefined) {
    return fail({message: `${name} has no Python headers below ${prefix}/include`});
  }
  const config = header('pyconfig.h');
  const wrong = wrongConfiguration(profile, (macro) => new RegExp(`^#define ${macro} 1$`, 'm').test(config));
  if (wrong !== undefined)
    return fail({message: `${name} is not what profile ${profile} promises: ${wrong}`});
  const library = path.join(prefix, 'lib', series.replace(/^python(\d+\.\d+).*/, 'python$1'));
  const objects = namesIn(path.join(library, 'lib-dynload'));
  return ok({
    python,
    version: [major, minor, micro],
    includes,
    extensionSuffix: suffixOf(objects),
    missingModules: modules.filter((module) => !hasModule(objects, module, major)),
  });
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Why pyconfig.h does not fit the profile, undefined when it does. */
function wrongConfiguration(profile: Profile, has: (macro: string) => boolean): string | undefined {
  switch (profile) {
    case 'malloc':
      return has('WITH_PYMALLOC') ? 'it was compiled with pymalloc' : undefined;
    case 'memory-debugger':
      return has('WITH_PYMALLOC') ? undefined : 'it was compiled without pymalloc';
    case 'free-threaded':
      return has('Py_GIL_DISABLED') ? undefined : 'it has a GIL (free threading needs CPython 3.13 or later)';
  }
}

/** What the modules' names end in: `.cpython-313-arm-linux-gnueabihf.so`, `.so` on 2.7. */
function suffixOf(objects: readonly string[]): string {
  const tagged = objects.find((name) => /^[^.]+\.cpython-.*\.so$/.test(name));
  return tagged === undefined ? '.so' : tagged.slice(tagged.indexOf('.'));
}

/** The C module behind `import bz2` is `_bz2`, on 2.7 `bz2` itself; lzma came with 3.3. */
const hasModule = (objects: readonly string[], module: string, major: number): boolean =>
  (module === 'lzma' && major < 3) || objects.some((name) => name.replace(/^_/, '').startsWith(`${module}.`));
