import {mkdtempSync, realpathSync, rmSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type {Change} from '../../judge/types.js';
import type {ReportIo} from '../../report/io.js';
import {writeBundle} from '../../repro/bundle.js';
import {type GdbSession, writeGdbCommands} from '../../repro/gdb.js';
import {runInForeground, startChild} from '../../util/child.js';
import type {Problem} from '../../util/problem.js';
import type {Target} from '../run/target.js';

/**
 * Prints the commands that stop where the first of the leaks is allocated, and runs them when
 * leakline is on a terminal. The folder they need is that of `--out`, or one that stays in the
 * temporary folder when the commands are only printed.
 */
export async function debug(
  shown: readonly Exclude<Change, {verdict: 'fixed'}>[],
  target: Target,
  {out}: {readonly out?: string},
  io: ReportIo,
): Promise<Problem | undefined> {
  const stack = shown.flatMap(({now}) => ('stack' in now && now.child === undefined ? [now.stack] : []))[0];
  const folder = out === undefined ? mkdtempSync(path.join(os.tmpdir(), 'leakline-gdb-')) : realpathSync(out);
  if (out === undefined) writeBundle(folder, target.job, []);
  const program = target.job.interpreter?.python ?? firstWord(target);
  const session = stack === undefined ? undefined : writeGdbCommands(folder, stack, program);
  if (session === undefined) return {message: 'The stack has no frame at which gdb could stop'};
  if (io.stdout.isTTY !== true) {
    io.stdout.write(`${instructions(session)}\n`);
    return undefined;
  }
  const problem = await start(session, folder);
  if (out === undefined) rmSync(folder, {recursive: true, force: true});
  return problem;
}

function firstWord({job: {scenario}}: Target): string {
  const {work} = scenario;
  return work.mode === 'exit' && work.run.type === 'command' ? (work.run.argv[0] ?? '') : '';
}

const instructions = ({valgrind, gdb, breakpoint}: GdbSession) =>
  [
    `To stop in gdb at ${breakpoint}, where the leaked block is allocated, type in one terminal:`,
    `  ${valgrind.join(' ')}`,
    'and in another:',
    `  ${gdb.join(' ')}`,
  ].join('\n');

async function start({valgrind, gdb}: GdbSession, folder: string): Promise<Problem | undefined> {
  const child = startChild(valgrind, {
    cwd: folder,
    env: {PATH: process.env.PATH ?? '/usr/bin:/bin'},
    log: path.join(folder, 'valgrind.log'),
  });
  try {
    const code = await runInForeground(gdb);
    return code === 127 ? {message: 'gdb is not installed', next: 'apt-get install gdb'} : undefined;
  } finally {
    child.kill();
    await child.done;
  }
}
