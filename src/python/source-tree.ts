import {createHash} from 'node:crypto';
import {cpSync, readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {fileSha256} from '../util/hash.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import type {RecipeSource} from './recipe.js';

/** Paths in a CPython tree that have no part in a build, or that an earlier build in the tree left behind. */
const LEFT_OUT = new Set([
  '.git',
  '.github',
  'Doc',
  // By far the largest folder of Lib, and no build here installs it.
  path.join('Lib', 'test'),
  'build',
  'Makefile',
  'pyconfig.h',
  'config.status',
  'config.log',
  'pybuilddir.txt',
]);

const LEFT_OUT_SUFFIXES = ['.o', '.a', '.so', '.pyc', '.gcda', '.gcno'];

/** Whether the file or folder at `relative` (to the tree's root) belongs to the source. */
function isSource(relative: string): boolean {
  if (LEFT_OUT.has(relative) || path.basename(relative) === '__pycache__') return false;
  return !LEFT_OUT_SUFFIXES.some((suffix) => relative.endsWith(suffix));
}

/**
 * What tells this source from any other: the archive's SHA-256, or a hash over the names and
 * content of all files of a source folder that have a part in a build.
 */
export async function sourceIdentity(source: RecipeSource): Promise<Result<string, Problem>> {
  if (source.type === 'release') return ok(source.release.sha256);
  try {
    return ok(statSync(source.path).isDirectory() ? treeHash(source.path) : await fileSha256(source.path));
  } catch (error) {
    return fail({message: `The source ${source.path} cannot be read`, detail: (error as Error).message});
  }
}

function treeHash(root: string): string {
  const hash = createHash('sha256');
  const visit = (relative: string) => {
    const entries = readdirSync(path.join(root, relative), {withFileTypes: true});
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const child = path.join(relative, entry.name);
      if (!isSource(child)) continue;
      if (entry.isDirectory()) {
        visit(child);
      } else if (entry.isFile()) {
        const content = readFileSync(path.join(root, child));
        hash.update(`${child}\0${content.length}\0`).update(content);
      }
    }
  };
  visit('');
  return hash.digest('hex');
}

/** Copies a source folder of the user to `target`, without what earlier builds left in it. */
export function copySourceTree(root: string, target: string): void {
  cpSync(root, target, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
    filter: (from) => from === root || isSource(path.relative(root, from)),
  });
}
