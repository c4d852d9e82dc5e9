import path from 'node:path';
import {packageRoot} from '../util/package-root.js';
import type {Interpreter} from './job.js';

/** Folder of the agent and of the probe's source: `dist/probe`. */
export const probeFolder = path.join(packageRoot, 'dist', 'probe');

const agent = path.join(probeFolder, 'agent.py');

/** From 3.12 on, `-X perf` gives each Python function a trampoline that valgrind can see. */
export const hasPerfTrampolines = ([major, minor]: Interpreter['version']) =>
  major > 3 || (major === 3 && minor >= 12);

/**
 * The interpreter with the agent and its arguments. `-s` keeps the user's own site-packages out,
 * `-B` bytecode files: both change what is allocated. Not `-I`: it would ignore PYTHONHASHSEED.
 */
export function agentArgv(
  {python, version}: Interpreter,
  mode: '--task' | '--server',
  file: string,
): readonly string[] {
  return [python, '-s', '-B', ...(hasPerfTrampolines(version) ? ['-X', 'perf'] : []), agent, mode, file];
}

/** Where CPython and the probe write the perf map of a process; the folder is fixed in CPython. */
export const perfMapOf = (pid: number) => `/tmp/perf-${pid}.map`;
