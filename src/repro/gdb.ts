import {writeFileSync} from 'node:fs';
import path from 'node:path';
import type {NamedFrame} from '../judge/types.js';

/** How to stop where a leaked block is allocated: two commands, each for a terminal of its own. */
export interface GdbSession {
  readonly valgrind: readonly string[];
  readonly gdb: readonly string[];
  /** `parser.c:211`, or a function's name. */
  readonly breakpoint: string;
}

/**
 * Writes gdb's commands into a bundle's folder. valgrind waits at its start until gdb, which
 * talks to it through vgdb, says `continue`; see the manual, "Debugging your program using
 * Valgrind gdbserver and GDB".
 *
 * @param folder absolute path of a folder that {@link writeBundle} wrote
 * @param stack of the leak
 * @param program path of the interpreter or program, for its symbols
 * @returns undefined when no frame of the stack can be stopped at
 */
export function writeGdbCommands(
  folder: string,
  stack: readonly NamedFrame[],
  program: string,
): GdbSession | undefined {
  const frame =
    stack.find(({origin, line}) => origin === 'extension' && line !== undefined) ??
    stack.find(({origin}) => origin === 'extension') ??
    stack.findLast(({origin}) => origin === 'interpreter');
  if (frame === undefined) return undefined;
  const isLine = frame.origin === 'extension' && frame.file !== undefined && frame.line !== undefined;
  const breakpoint = isLine ? `${frame.file}:${frame.line}` : frame.name;
  const pipe = `--vgdb-prefix=${path.join(folder, 'vgdb')}`;
  const commands = path.join(folder, 'leak.gdb');
  writeFileSync(
    commands,
    [
      'set pagination off',
      'set breakpoint pending on',
      `target remote | vgdb --wait=60 ${pipe}`,
      `break ${breakpoint}`,
      'continue',
      'backtrace 12',
      '',
    ].join('\n'),
  );
  return {
    // Each program that it starts would wait for a gdb of its own.
    valgrind: [path.join(folder, 'run.sh'), '--vgdb=yes', '--vgdb-error=0', '--trace-children=no', pipe],
    gdb: ['gdb', '-x', commands, program],
    breakpoint,
  };
}
