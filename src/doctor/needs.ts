/** Something the machine has to have, and the Debian package that brings it. */
export type Need =
  /** Any one of these commands on PATH. */
  | {
      readonly type: 'command';
      readonly commands: readonly string[];
      readonly package: string;
      readonly why: string;
    }
  /** A header below one of the compiler's include folders. */
  | {readonly type: 'header'; readonly header: string; readonly package: string; readonly why: string};

/** What a build and a run need, in the order in which they are shown. */
export const NEEDS: readonly Need[] = [
  {type: 'command', commands: ['valgrind'], package: 'valgrind', why: 'runs every scenario'},
  {type: 'header', header: 'valgrind/memcheck.h', package: 'valgrind', why: 'the probe talks to valgrind'},
  {type: 'command', commands: ['gcc', 'cc'], package: 'gcc', why: 'compiles CPython and extensions'},
  {type: 'command', commands: ['g++', 'c++'], package: 'g++', why: 'compiles C++ extensions'},
  {type: 'header', header: 'stdio.h', package: 'libc6-dev', why: "the C library's headers"},
  {type: 'command', commands: ['make'], package: 'make', why: 'builds CPython'},
  {type: 'command', commands: ['tar'], package: 'tar', why: 'unpacks the source'},
  {type: 'command', commands: ['xz'], package: 'xz-utils', why: 'unpacks the source'},
  {type: 'command', commands: ['patch'], package: 'patch', why: "applies a build's patches"},
  {type: 'header', header: 'zlib.h', package: 'zlib1g-dev', why: 'module zlib'},
  {type: 'header', header: 'bzlib.h', package: 'libbz2-dev', why: 'module bz2'},
  {type: 'header', header: 'lzma.h', package: 'liblzma-dev', why: 'module lzma'},
  {type: 'header', header: 'openssl/ssl.h', package: 'libssl-dev', why: 'module ssl'},
  {type: 'header', header: 'sqlite3.h', package: 'libsqlite3-dev', why: 'module sqlite3'},
  {type: 'header', header: 'ffi.h', package: 'libffi-dev', why: 'module ctypes'},
];

/** The machine as far as the needs go: every question a plain look at the file system. */
export interface Machine {
  readonly hasCommand: (name: string) => boolean;
  readonly hasHeader: (header: string) => boolean;
}

export interface Answer {
  readonly what: string;
  readonly isThere: boolean;
  readonly package: string;
  readonly why: string;
}

/** What of `needs` is there. */
export function examine(needs: readonly Need[], machine: Machine): readonly Answer[] {
  return needs.map((need) => {
    const {why} = need;
    if (need.type === 'header') {
      return {what: need.header, isThere: machine.hasHeader(need.header), package: need.package, why};
    }
    const found = need.commands.find((command) => machine.hasCommand(command));
    return {
      what: found ?? need.commands.join(' or '),
      isThere: found !== undefined,
      package: need.package,
      why,
    };
  });
}

/** The packages that bring what is missing, sorted, each once. */
export function missingPackages(answers: readonly Answer[]): readonly string[] {
  const packages = answers.filter(({isThere}) => !isThere).map((answer) => answer.package);
  return [...new Set(packages)].sort();
}
