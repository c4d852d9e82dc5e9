import {existsSync, realpathSync} from 'node:fs';
import path from 'node:path';
import {fileKind} from '../util/file-kind.js';
import {fail, ok, type Result} from '../util/result.js';

/** Whether `file` is `folder` or lies under it; both absolute, neither is looked up on disk. */
export function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

/**
 * The absolute path of the file that a scenario in `folder` calls `written`; what is wrong with
 * it otherwise. A scenario may come from a pull request, so it names no file outside of the
 * scenario folder `root`, neither by `..` nor by a link.
 */
export function resolveInside(written: string, folder: string, root: string): Result<string, string> {
  return resolve(written, folder, {root, rootName: 'the scenario folder', kind: 'file'});
}

/**
 * The same for a wheel, which may be anywhere in the project.
 *
 * @param root the folder of leakline.yaml
 */
export function resolveWheel(written: string, folder: string, root: string): Result<string, string> {
  return resolve(written, folder, {root, rootName: PROJECT, kind: 'file'});
}

/**
 * The same for the folder of a Python project: usually that which the scenario folder is in.
 *
 * @param root the folder of leakline.yaml
 */
export function resolveProject(written: string, folder: string, root: string): Result<string, string> {
  const found = resolve(written, folder, {root, rootName: PROJECT, kind: 'folder'});
  if (!found.ok) return found;
  const isProject = PROJECT_FILES.some((file) => existsSync(path.join(found.value, file)));
  return isProject ? found : fail(`${written} holds neither ${PROJECT_FILES.join(' nor ')}`);
}

const PROJECT = 'the project, which is the folder of leakline.yaml';
const PROJECT_FILES = ['pyproject.toml', 'setup.py'];

interface Limits {
  readonly root: string;
  readonly rootName: string;
  readonly kind: 'file' | 'folder';
}

function resolve(written: string, from: string, {root, rootName, kind}: Limits): Result<string, string> {
  if (path.isAbsolute(written)) return fail(`${written} must be relative to the scenario's own folder`);
  const file = path.resolve(from, written);
  if (!isInside(file, root)) return fail(`${written} leaves ${rootName}`);
  const found = fileKind(file);
  if (found === undefined) return fail(`there is no ${kind} ${written}`);
  if (!isInside(realpathSync(file), realpathSync(root))) return fail(`${written} leaves ${rootName}`);
  return found === kind ? ok(file) : fail(`${written} is not a ${kind}`);
}
