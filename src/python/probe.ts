import {fileURLToPath} from 'node:url';
import type {Problem} from '../util/problem.js';
import type {Result} from '../util/result.js';
import type {PythonBuild} from './manifest.js';
import {ensureNative, type NativeObject, type NativeOptions} from './native.js';

/** The probe's C source, beside this module's folder in dist/ as in src/. */
const probeSource = fileURLToPath(new URL('../probe/leakline_probe.c', import.meta.url));

/** The source of what is preloaded into the processes of a scenario with `trace-children`. */
const forksSource = fileURLToPath(new URL('../probe/leakline_forks.c', import.meta.url));

/** The library that tells a forked child's blocks from its parent's; its `file` goes into LD_PRELOAD. */
export function ensureForks(
  build: PythonBuild,
  options: NativeOptions,
): Promise<Result<NativeObject, Problem>> {
  return ensureNative(build, 'extension', forksSource, options);
}

/** The probe as an extension module for `build`; its `folder` goes into PYTHONPATH. */
export function ensureProbe(
  build: PythonBuild,
  options: NativeOptions,
): Promise<Result<NativeObject, Problem>> {
  return ensureNative(build, 'extension', probeSource, options);
}
