import {readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {captureOutput} from '../util/child.js';
import type {Recipe} from './recipe.js';

const PATCHLEVEL = 'Include/patchlevel.h';

/**
 * CPython's version that `recipe` builds, `3.13.5` or `3.15.0a1+`, as its source says; undefined
 * when there is no telling. Nothing is built for it.
 */
export async function recipeVersion({source}: Recipe): Promise<string | undefined> {
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
