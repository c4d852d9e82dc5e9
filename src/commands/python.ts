import {loadConfig} from '../config/load.js';
import {ensureBuild, locateBuild} from '../python/build.js';
import {defaultCacheRoot} from '../python/cache.js';
import type {OnBuildEvent} from '../python/events.js';
import type {PythonBuild} from '../python/manifest.js';
import type {AnyRecipe} from '../python/recipe.js';
import {loadRecipe, recipeFolders, recipeNames} from '../python/recipe-file.js';
import {formatEstimate, formatSize, quantity} from '../report/text/numbers.js';
import type {Problem} from '../util/problem.js';
import {EXIT} from './exit-code.js';
import {
  type ExitCode,
  type Print,
  type PythonOptions,
  printProblems,
  projectRecipeFolders,
} from './python-recipes.js';
import {knownFloorBlocks} from './run/floor.js';

/** `leakline python list`: every recipe, and whether its build is in the cache. */
export async function pythonList(options: PythonOptions, print: Print): Promise<ExitCode> {
  const folders = projectRecipeFolders(options);
  if (!folders.ok) return printProblems(folders.error, print);
  const now = new Date();
  const rows: (readonly string[])[] = [['NAME', 'VERSION', 'PROFILE', 'SIZE', 'FLOOR', 'BUILT', 'FOLDER']];
  const problems: Problem[] = [];
  for (const name of recipeNames(folders.value)) {
    const recipe = loadRecipe(name, folders.value);
    const located = recipe.ok ? await locateBuild(recipe.value, defaultCacheRoot()) : undefined;
    if (!recipe.ok) problems.push(...recipe.error);
    else if (located?.ok) rows.push(row(recipe.value, located.value.finished, now));
    else if (located !== undefined) problems.push(located.error);
  }
  for (const line of aligned(rows)) print(line);
  return printProblems(problems, print);
}

function row(recipe: AnyRecipe, build: PythonBuild | undefined, now: Date): readonly string[] {
  const {name} = recipe;
  if (recipe.profile === 'foreign') {
    const version = build?.version.join('.') ?? '-';
    return [name, version, recipe.profile, '-', shownFloor(build), 'not by leakline', build?.python ?? ''];
  }
  const {source, host} = recipe;
  const profile = host === undefined ? recipe.profile : `${recipe.profile}, ${host}`;
  if (build === undefined) {
    return [
      name,
      source.type === 'release' ? source.release.version : '-',
      profile,
      '-',
      '-',
      'not built',
      '',
    ];
  }
  const age = shownAge(new Date(build.builtAt), now);
  const version = build.version.join('.');
  return [name, version, profile, formatSize(build.bytes), shownFloor(build), age, build.folder];
}

/** What an empty scenario leaves behind, `-` until a run has measured it. */
function shownFloor(build: PythonBuild | undefined): string {
  const blocks = build && knownFloorBlocks(defaultCacheRoot(), build.fingerprint);
  return blocks === undefined ? '-' : quantity(blocks, 'block');
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** `40 s ago`, `3 days ago`. */
function shownAge(then: Date, now: Date): string {
  const ms = Math.max(0, now.getTime() - then.getTime());
  return `${ms < DAY_MS ? formatEstimate(ms) : quantity(Math.floor(ms / DAY_MS), 'day')} ago`;
}

/** The rows with each column but the last as wide as its widest cell. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** `leakline python build [names…]`: makes the builds, those of the configuration by default. */
export async function pythonBuild(
  options: PythonOptions & {readonly names: readonly string[]; readonly jobs?: number},
  signal: AbortSignal,
  onEvent: OnBuildEvent,
  print: Print,
): Promise<ExitCode | typeof EXIT.interrupted> {
  const config = loadConfig(options.cwd, options.flags);
  if (!config.ok) return printProblems(config.error, print);
  const folders = recipeFolders(config.value.pythonBuild);
  for (const name of options.names.length > 0 ? options.names : config.value.builds) {
    const recipe = loadRecipe(name, folders);
    if (!recipe.ok) return printProblems(recipe.error, print);
    const build = await ensureBuild(recipe.value, {
      cacheRoot: defaultCacheRoot(),
      sources: process.env.LEAKLINE_SOURCES,
      signal,
      onEvent,
      ...(options.jobs === undefined ? {} : {jobs: options.jobs}),
    });
    if (!build.ok) {
      const code = printProblems([build.error], print);
      return signal.aborted ? EXIT.interrupted : code;
    }
    const {profile, folder, python} = build.value;
    print(profile === 'foreign' ? `${name} is ${python}: nothing to build` : `${name} is in ${folder}`);
  }
  return 0;
}

/** `leakline python path NAME`: the interpreter's path alone, for scripts. */
export async function pythonPath(
  options: PythonOptions & {readonly name: string},
  print: Print,
): Promise<ExitCode> {
  const folders = projectRecipeFolders(options);
  if (!folders.ok) return printProblems(folders.error, print);
  const recipe = loadRecipe(options.name, folders.value);
  if (!recipe.ok) return printProblems(recipe.error, print);
  const located = await locateBuild(recipe.value, defaultCacheRoot());
  if (!located.ok) return printProblems([located.error], print);
  const {finished} = located.value;
  if (finished === undefined) {
    const next = `leakline python build ${options.name}`;
    return printProblems([{message: `${options.name} is not built`, next}], print);
  }
  print(finished.python);
  return 0;
}
