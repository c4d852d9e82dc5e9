import {captureOutput} from '../util/child.js';
import type {Problem} from '../util/problem.js';
import {compilerPackage} from './host.js';

/** The C and C++ compilers that builds and extensions are compiled with. */
export interface Compiler {
  readonly cc: string;
  readonly cxx: string;
  /** First line of `cc --version`: part of every fingerprint. */
  readonly version: string;
}

/** The answers for the environment this process was started with; a compiler does not change meanwhile. */
const known = new Map<string | undefined, Promise<Compiler | undefined>>();

/**
 * The compilers for `host` (its cross compilers, by their GNU names), or for this machine as
 * {@link findCompilerFor} says. Asked once.
 */
export function findCompiler(host?: string): Promise<Compiler | undefined> {
  const found = known.get(host) ?? (host === undefined ? findCompilerFor(process.env) : findCross(host));
  known.set(host, found);
  return found;
}

/** What to do when {@link findCompiler} found none to make `what` with. */
export function noCompiler(what: string, host?: string): Problem {
  return host === undefined
    ? {message: `There is no C compiler to make ${what} with`, next: 'leakline doctor --fix'}
    : {
        message: `There is no ${host}-gcc to make ${what} with`,
        next: `apt-get install ${compilerPackage(host)}`,
      };
}

async function findCross(host: string): Promise<Compiler | undefined> {
  const [cc, cxx] = [`${host}-gcc`, `${host}-g++`];
  const version = (await captureOutput([cc, '--version']))?.split('\n')[0];
  return version ? {cc, cxx, version} : undefined;
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
