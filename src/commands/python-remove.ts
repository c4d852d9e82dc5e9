import path from 'node:path';
import {locateBuild} from '../python/build.js';
import {cacheProblem, defaultCacheRoot} from '../python/cache.js';
import {removeStored, storedBuilds, storedEnvironments} from '../python/inventory.js';
import type {BuildManifest} from '../python/manifest.js';
import {loadRecipe, recipeNames} from '../python/recipe-file.js';
import {formatSize} from '../report/text/numbers.js';
import {
  type ExitCode,
  type Print,
  type PythonOptions,
  printProblems,
  projectRecipeFolders,
} from './python-recipes.js';

/** `leakline python remove NAMES…`: every build of these names. */
export async function pythonRemove(names: readonly string[], print: Print): Promise<ExitCode> {
  const cacheRoot = defaultCacheRoot();
  const builds = storedBuilds(cacheRoot);
  const unknown = names.filter((name) => !builds.some((build) => build.name === name));
  if (unknown.length > 0) {
    return printProblems(
      unknown.map((name) => ({message: `${cacheRoot} holds no build ${name}`})),
      print,
    );
  }
  const chosen = builds.filter(({name}) => names.includes(name));
  return removeFolders(chosen, cacheRoot, print);
}

/** What was used within these days stays, since it may be another project's. */
const UNUSED_DAYS = 7;

/**
 * `leakline python remove --unused`: remains of interrupted builds, and what was not used for a
 * week: builds that no recipe here asks for, and compiled extensions.
 */
export async function pythonRemoveUnused(options: PythonOptions, print: Print): Promise<ExitCode> {
  const folders = projectRecipeFolders(options);
  if (!folders.ok) return printProblems(folders.error, print);
  const cacheRoot = defaultCacheRoot();
  const current = new Set<string>();
  for (const name of recipeNames(folders.value)) {
    const recipe = loadRecipe(name, folders.value);
    const located = recipe.ok ? await locateBuild(recipe.value, cacheRoot) : undefined;
    if (located?.ok) current.add(located.value.finished?.folder ?? '');
  }
  const limit = Date.now() - UNUSED_DAYS * 24 * 60 * 60 * 1000;
  const isOld = ({lastUsed}: {readonly lastUsed: Date}) => lastUsed.getTime() < limit;
  const builds = storedBuilds(cacheRoot).filter(
    (build) => !current.has(build.folder) && (build.manifest === undefined || isOld(build)),
  );
  const environments = storedEnvironments(cacheRoot).filter(isOld);
  const chosen = [...builds, ...environments];
  if (chosen.length === 0) print('Nothing is unused');
  return removeFolders(chosen, cacheRoot, print);
}

async function removeFolders(
  chosen: readonly {readonly folder: string; readonly manifest?: BuildManifest | undefined}[],
  cacheRoot: string,
  print: Print,
): Promise<ExitCode> {
  try {
    for (const stored of chosen) {
      const bytes = await removeStored(stored, cacheRoot);
      if (bytes !== undefined) print(`removed ${path.basename(stored.folder)} (${formatSize(bytes)})`);
    }
    return 0;
  } catch (error) {
    return printProblems([cacheProblem(error, cacheRoot)], print);
  }
}
