import {shortHash} from '../util/hash.js';
import type {Compiler} from './compiler.js';
import type {PythonBuild} from './manifest.js';
import type {NativeSource} from './native-source.js';
import {debugFlags} from './recipe.js';

/** What a C or C++ file becomes. */
export type NativeTarget = 'extension' | 'program';

/**
 * The compiler's command line for `source`, which is named by its absolute path: debug
 * information then leads valgrind, gdb and the report to the user's own file.
 *
 * @param arch as in process.arch
 */
export function nativeArgv(
  target: NativeTarget,
  source: NativeSource,
  compiler: Pick<Compiler, 'cc' | 'cxx'>,
  includes: readonly string[],
  output: string,
  arch: string,
): readonly string[] {
  const command = (source.language === 'c' ? compiler.cc : compiler.cxx).split(/\s+/);
  const flags =
    target === 'extension'
      ? [...debugFlags(arch), '-shared', '-fPIC', ...includes.map((folder) => `-I${folder}`)]
      : ['-g', '-gdwarf-4', '-O0', '-pthread'];
  return [...command, ...flags, source.file, '-o', output, '-lm'];
}

/** Changes whenever the object would: with the sources, where they are, the compiler, the build. */
export function nativeFingerprint(
  target: NativeTarget,
  source: NativeSource,
  compilerVersion: string,
  build: Pick<PythonBuild, 'fingerprint'>,
  arch: string,
): string {
  const shape = nativeArgv(target, source, {cc: 'cc', cxx: 'c++'}, [], '', arch);
  return shortHash([
    JSON.stringify(shape),
    compilerVersion,
    // A program does not depend on any Python.
    target === 'extension' ? build.fingerprint : '',
    JSON.stringify(source.parts),
  ]);
}
