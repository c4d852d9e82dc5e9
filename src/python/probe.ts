import {fileURLToPath} from 'node:url';
import type {Problem} from '../util/problem.js';
import type {Result} from '../util/result.js';
import type {PythonBuild} from './manifest.js';
import {ensureNative, type NativeObject, type NativeOptions} from './native.js';

/** The probe's C source, beside this module's folder in dist/ as in src/. */
const probeSource = fileURLToPath(new URL('../probe/leakline_probe.c', import.meta.url));

/** The probe as an extension module for `build`; its `folder` goes into PYTHONPATH. */
export function ensureProbe(
  build: PythonBuild,
  options: NativeOptions,
): Promise<Result<NativeObject, Problem>> {
  return ensureNative(build, 'extension', probeSource, options);
}
