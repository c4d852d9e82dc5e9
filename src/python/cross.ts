import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {captureOutput} from '../util/child.js';
import {configSite} from './host.js';
import type {PythonBuild} from './manifest.js';

/** What `configure` and `make` are told besides when they compile for another machine. */
export interface CrossSetup {
  readonly options: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly makeOptions: readonly string[];
}

/** The grammar's compiler, which up to 3.7 a build makes for itself and runs. */
const PGEN = 'pgen';

/** Where a build that has it keeps it for cross builds. */
export const pgenOf = (prefix: string): string => path.join(prefix, 'bin', PGEN);

/**
 * Gets the build in `folder` ready to be compiled for `host`.
 *
 * @param native the same CPython for this machine, which does what a build lets itself do
 * @param source the unpacked source
 */
export async function crossSetup(
  host: string,
  native: Pick<PythonBuild, 'python' | 'prefix' | 'version'>,
  source: string,
  folder: string,
): Promise<CrossSetup> {
  const site = path.join(folder, 'config.site');
  writeFileSync(site, configSite(host));
  const triplet = (await captureOutput(['sh', './config.guess'], {cwd: source}))?.trim();
  const pgen = pgenOf(native.prefix);
  return {
    options: [
      ...(triplet === undefined ? [] : [`--build=${triplet}`]),
      // Known to 3.11 and later. The others look for an interpreter of their version in PATH.
      `--with-build-python=${native.python}`,
    ],
    variables: {
      CONFIG_SITE: site,
      PATH: `${programFolder(native, folder)}:${process.env.PATH ?? '/usr/bin:/bin'}`,
      // Libraries of this machine are none of the host's.
      PKG_CONFIG_LIBDIR: `/usr/lib/${host}/pkgconfig`,
    },
    // Given with -o, it is taken as it is: make would compile it for the host.
    makeOptions: existsSync(pgen) ? [`PGEN=${pgen}`, '-o', pgen] : [],
  };
}

/**
 * The folder where the build looks for an interpreter. On 2.7, where modules have no machine in
 * their names, it would import those that it just compiled for the host: there the interpreter is
 * a script that looks for its own first.
 */
function programFolder(
  {python, prefix, version: [major, minor]}: Pick<PythonBuild, 'python' | 'prefix' | 'version'>,
  folder: string,
): string {
  if (major > 2) return path.dirname(python);
  const programs = path.join(folder, 'native');
  const modules = path.join(prefix, 'lib', `python${major}.${minor}`, 'lib-dynload');
  mkdirSync(programs, {recursive: true});
  const script = `#!/bin/sh\nPYTHONPATH=${modules}:$PYTHONPATH exec ${python} "$@"\n`;
  writeFileSync(path.join(programs, path.basename(python)), script, {mode: 0o755});
  return programs;
}
