import {captureOutput} from '../util/child.js';

/** The C and C++ compilers that builds and extensions are compiled with. */
export interface Compiler {
  readonly cc: string;
  readonly cxx: string;
  /** First line of `cc --version`: part of every fingerprint. */
  readonly version: string;
}

/** The answer for the environment this process was started with; a compiler does not change meanwhile. */
let known: Promise<Compiler | undefined> | undefined;

/** {@link findCompilerFor} leakline's own environment, asked once. */
export function findCompiler(): Promise<Compiler | undefined> {
  known ??= findCompilerFor(process.env);
  return known;
}

/**
 * The compilers that CC and CXX name, else gcc and g++ (what CPython's configure looks for
 * first), else cc and c++. Undefined when no C compiler answers.
 */
async function findCompilerFor(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Compiler | undefined> {
  const pairs = env.CC
    ? [[env.CC, env.CXX ?? 'c++']]
    : [
        ['gcc', 'g++'],
        ['cc', 'c++'],
      ];
  for (const [cc = 'cc', cxx = 'c++'] of pairs) {
    const output = await captureOutput([...cc.split(/\s+/), '--version']);
    const version = output?.split('\n')[0];
    if (version) return {cc, cxx: env.CXX || cxx, version};
  }
  return undefined;
}
