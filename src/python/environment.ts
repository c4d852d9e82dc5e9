import type {Requirement} from '../scenario/types.js';
import type {Problem} from '../util/problem.js';
import {ok, type Result} from '../util/result.js';
import type {PythonBuild} from './manifest.js';
import {ensureNative, type NativeOptions} from './native.js';

/** What scenarios require on one build, ready to use. All paths are absolute. */
export interface Environment {
  /** Folders for PYTHONPATH, one per extension. */
  readonly pythonPath: readonly string[];
  /** Folders for PATH, one per program. */
  readonly binPath: readonly string[];
  /** The compiled files: a stack with a frame in one of them is the extension's. */
  readonly objects: readonly string[];
}

/**
 * Makes what `requirements` name, each from the cache when it has not changed. The order and
 * repetition of requirements do not matter.
 */
export async function ensureEnvironment(
  build: PythonBuild,
  requirements: readonly Requirement[],
  options: NativeOptions,
): Promise<Result<Environment, Problem>> {
  const pythonPath = new Set<string>();
  const binPath = new Set<string>();
  const objects = new Set<string>();
  const files = requirements.flatMap((each) =>
    each.type === 'extension' || each.type === 'program' ? [each] : [],
  );
  const sorted = files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  for (const {type, path} of sorted) {
    const object = await ensureNative(build, type, path, options);
    if (!object.ok) return object;
    (type === 'extension' ? pythonPath : binPath).add(object.value.folder);
    objects.add(object.value.file);
  }
  return ok({pythonPath: [...pythonPath], binPath: [...binPath], objects: [...objects]});
}
