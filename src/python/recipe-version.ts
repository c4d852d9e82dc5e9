import {readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {captureOutput} from '../util/child.js';
import {askForeign} from './foreign.js';
import type {AnyRecipe} from './recipe.js';

const PATCHLEVEL = 'Include/patchlevel.h';

/**
 * CPython's version of the build of `recipe`, `3.13.5` or `3.15.0a1+`, as its source says; undefined
 * when there is no telling. Nothing is built for it.
 */
export async function recipeVersion(recipe: AnyRecipe): Promise<string | undefined> {
  if (recipe.profile === 'foreign') {
    const build = await askForeign(recipe);
    return build.ok ? build.value.version.join('.') : undefined;
  }
  const {source} = recipe;
  if (source.type === 'release') return source.release.version;
  return versionIn(await patchlevel(source.path));
}

async function patchlevel(source: string): Promise<string> {
  try {
    if (statSync(source).isDirectory()) return readFileSync(path.join(source, PATCHLEVEL), 'utf8');
  } catch {
    return '';
  }
  const argv = ['tar', '-xOf', source, '--wildcards', '--occurrence=1', `*/${PATCHLEVEL}`];
  return (await captureOutput(argv)) ?? '';
}

/** The version that CPython's Include/patchlevel.h defines. */
export const versionIn = (text: string): string | undefined =>
  /^\s*#\s*define\s+PY_VERSION\s+"([^"]+)"/m.exec(text)?.[1];
