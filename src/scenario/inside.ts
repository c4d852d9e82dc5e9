import {realpathSync} from 'node:fs';
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
  if (path.isAbsolute(written)) return fail(`${written} must be relative to the scenario's own folder`);
  const file = path.resolve(folder, written);
  if (!isInside(file, root)) return fail(`${written} leaves the scenario folder`);
  const kind = fileKind(file);
  if (kind === undefined) return fail(`there is no file ${written}`);
  if (!isInside(realpathSync(file), realpathSync(root))) return fail(`${written} leaves the scenario folder`);
  return kind === 'file' ? ok(file) : fail(`${written} is not a file`);
}
