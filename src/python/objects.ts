import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import type {PackageRequirement} from '../scenario/types.js';
import type {Problem} from '../util/problem.js';

/** The shared objects below a folder; links are not followed. */
export function objectsIn(folder: string): readonly string[] {
  return readdirSync(folder, {withFileTypes: true, recursive: true})
    .filter((entry) => entry.isFile() && /\.so(\.\d+)*$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/** Stacks through stripped objects have no lines, often no names: what to tell the user about those there are. */
export function strippedProblem(
  build: string,
  requirements: readonly PackageRequirement[],
  environment: string,
): Problem | undefined {
  const asPublished = requirements.flatMap((each) =>
    each.type === 'wheel' || each.type === 'wheel-file' ? [each.name] : [],
  );
  const names = strippedObjects(environment, asPublished).map((file) => path.basename(file));
  if (names.length === 0) return undefined;
  const shown = [...names.slice(0, 3), ...(names.length > 3 ? [`${names.length - 3} more`] : [])].join(', ');
  return {
    message: `${shown} on ${build} ${names.length === 1 ? 'has' : 'have'} no debug information, though built from source: stacks there have no lines`,
    next: 'look for an option of the build that keeps it; it may be an environment variable',
  };
}

/**
 * The objects without debug information that belong to packages which were asked for by name or
 * folder, as the `REQUESTED` and `RECORD` files say that pip writes (PEP 376).
 *
 * @param asPublished normalised names of packages that were installed from wheels on purpose
 */
export function strippedObjects(environment: string, asPublished: readonly string[]): readonly string[] {
  return sitePackages(environment).flatMap((site) => {
    const requested = readdirSync(site).filter(
      (name) =>
        name.endsWith('.dist-info') &&
        existsSync(path.join(site, name, 'REQUESTED')) &&
        !asPublished.includes((name.split('-')[0] ?? '').toLowerCase().replaceAll(/[-_.]+/g, '-')),
    );
    return requested.flatMap((name) =>
      recorded(path.join(site, name, 'RECORD'))
        .filter((file) => /\.so(\.\d+)*$/.test(file))
        .map((file) => path.join(site, file))
        .filter((file) => !hasDebugInfo(file)),
    );
  });
}

function sitePackages(environment: string): readonly string[] {
  const lib = path.join(environment, 'lib');
  if (!existsSync(lib)) return [];
  const folders = readdirSync(lib).map((name) => path.join(lib, name, 'site-packages'));
  return folders.filter((folder) => existsSync(folder));
}

/** The paths in a RECORD file; none of an object's needs the quotes of CSV. */
function recorded(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(',')[0] ?? '');
  } catch {
    return [];
  }
}

/** Whether an ELF file names a section of DWARF. */
function hasDebugInfo(file: string): boolean {
  try {
    return readFileSync(file).includes('debug_info\0');
  } catch {
    // Recorded and not there: nothing to complain about.
    return true;
  }
}
