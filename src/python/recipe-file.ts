import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {defined} from '../util/defined.js';
import {packageRoot} from '../util/package-root.js';
import {present} from '../util/present.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {suggestion} from '../util/suggestion.js';
import {readYamlDocument} from '../util/yaml-document.js';
import {type AnyRecipe, type RecipeSource, recipeSchema} from './recipe.js';
import {readReleases, releaseFor, SOURCES_FILE} from './releases.js';

/** The recipes that leakline ships. */
export const shippedRecipes = path.join(packageRoot, 'python-build');

/** The folders that recipes are looked for in: the project's own first, when it has one. */
export function recipeFolders(own?: string): readonly string[] {
  return own === undefined ? [shippedRecipes] : [path.resolve(own), shippedRecipes];
}

/** The names of all recipes in `folders`, sorted, each once. */
export function recipeNames(folders: readonly string[]): readonly string[] {
  const files = folders.filter((folder) => existsSync(folder)).flatMap((folder) => readdirSync(folder));
  const names = files
    .filter((file) => file.endsWith('.yaml') && file !== SOURCES_FILE)
    .map((file) => path.basename(file, '.yaml'));
  return [...new Set(names)].sort();
}

/** Reads the recipe `name` from the first of `folders` that has it, with its patches and its release. */
export function loadRecipe(name: string, folders: readonly string[]): Result<AnyRecipe, readonly Problem[]> {
  const names = recipeNames(folders);
  if (!names.includes(name)) {
    return fail([
      {
        message: `There is no build "${name}"${suggestion(name, names)}`,
        next: `choose one of ${names.join(', ')}, or write ${name}.yaml into ${folders.length > 1 ? folders[0] : 'the folder python-build of your project'}`,
      },
    ]);
  }
  const folder = folders.find((candidate) => existsSync(path.join(candidate, `${name}.yaml`))) ?? '';
  const file = path.join(folder, `${name}.yaml`);
  const shownAs = path.relative('', file);
  const document = readYamlDocument(file, recipeSchema, shownAs);
  if (!document.ok) return document;
  const {value, problemAt} = document.value;

  if (value.python !== undefined) {
    const python = path.resolve(folder, value.python.path);
    return existsSync(python)
      ? ok({name, file: shownAs, profile: 'foreign', python})
      : fail([problemAt(['python', 'path'], `${python} does not exist`)]);
  }
  const {profile = 'malloc', host, configure = [], cflags = [], patches: patchFiles = []} = value;
  const written = present(value.source, 'source');
  const problems: Problem[] = [];
  const patches = patchFiles.map((patch, index) => {
    const patchFile = path.resolve(folder, patch);
    try {
      return {file: patchFile, text: readFileSync(patchFile, 'utf8')};
    } catch (error) {
      problems.push(problemAt(['patches', index], `cannot read ${patch}: ${(error as Error).message}`));
      return {file: patchFile, text: ''};
    }
  });

  let source: RecipeSource | undefined;
  if ('path' in written) {
    const sourcePath = path.resolve(folder, written.path);
    source = {type: 'path', path: sourcePath};
    if (!existsSync(sourcePath)) problems.push(problemAt(['source', 'path'], `${sourcePath} does not exist`));
  } else {
    const known = readReleases(shippedRecipes);
    if (!known.ok) return known;
    const release = releaseFor(written, known.value);
    if (release === undefined) {
      const {version} = written;
      problems.push(
        problemAt(
          ['source', 'version'],
          `the SHA-256 of CPython ${version} is not known`,
          `add "sha256: …" of Python-${version}.tar.xz under "source", or take one of ${known.value.versions.join(', ')}`,
        ),
      );
    } else {
      source = {type: 'release', release};
    }
  }
  if (source === undefined || problems.length > 0) return fail(problems);
  return ok({name, file: shownAs, source, profile, ...defined({host}), configure, cflags, patches});
}
