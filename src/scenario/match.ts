import path from 'node:path';
import {globToRegExp, isGlob} from './glob.js';

/** What a path on the command line may mean: a scenario, one of its cases, a folder, a file. */
export interface Matchable {
  readonly id: string;
  /** Absolute path. */
  readonly file: string;
}

/**
 * Whether `typed` names the scenario: by id (`json/loads`, which includes its cases, or
 * `zlib/compress@level-9`), by a folder of ids (`json`), by a pattern (`json/l*`), or by the
 * path of a file or folder, seen from `cwd` or from the scenario folder.
 */
export function matches({id, file}: Matchable, typed: string, cwd: string): boolean {
  if (typed === '') return false;
  const name = trim(typed);
  const [base = ''] = id.split('@', 1);
  if (isGlob(name)) {
    const pattern = globToRegExp(name);
    return pattern.test(id) || pattern.test(base) || pattern.test(path.relative(cwd, file));
  }
  if (name === id || name === base || base.startsWith(`${name}/`)) return true;
  const absolute = path.resolve(cwd, typed);
  return absolute === file || file.startsWith(absolute === path.sep ? absolute : absolute + path.sep);
}

const trim = (typed: string) => typed.replace(/^\.\//, '').replace(/\/+$|\.ya?ml$/, '');

/** Everything that could have been typed to choose something: ids, their files' ids, their folders. */
export function choices(ids: readonly string[]): readonly string[] {
  const all = ids.flatMap((id) => {
    const [base = ''] = id.split('@', 1);
    const folders = base.split('/').map((_, depth, parts) => parts.slice(0, depth + 1).join('/'));
    return [...folders, id];
  });
  return [...new Set(all)];
}
