// Projects in a temporary folder, and leakline in them.
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {timeCommand} from './measuring.mjs';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

export const leaklineArgv = (...args) => [process.execPath, cli, ...args];

/** As many as the alternatives take: the targets are about two processors. */
export const JOBS = 2;

/** @returns {string} the interpreter of a build that is there */
export function pythonOf(build) {
  const [file, ...args] = leaklineArgv('python', 'path', build);
  return execFileSync(file, args, {encoding: 'utf8'}).trim();
}

const folders = [];
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, {recursive: true, force: true});
});

/** @returns {string} a new folder, which is removed when the benchmark ends */
export function temporaryFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'leakline-bench-'));
  folders.push(folder);
  return folder;
}

/**
 * Makes a project.
 *
 * @param {Readonly<Record<string, string>>} scenarios the text of each file, by its id
 * @returns {string} its folder
 */
export function makeProject(scenarios) {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'leakline.yaml'), `builds: [cpython-3.13]\njobs: ${JOBS}\n`);
  for (const [id, text] of Object.entries(scenarios)) {
    const file = path.join(folder, 'scenarios', `${id}.yaml`);
    mkdirSync(path.dirname(file), {recursive: true});
    writeFileSync(file, text);
  }
  return folder;
}

/**
 * Runs `leakline run` in a project.
 *
 * @param {Omit<Parameters<typeof timeCommand>[1], 'cwd' | 'output'>} options
 * @returns {Promise<number>} seconds
 */
export function runLeakline(project, args = [], options = {}) {
  const {CI: _, ...env} = process.env;
  return timeCommand(leaklineArgv('run', ...args), {
    env,
    ...options,
    cwd: project,
    output: path.join(project, 'output.txt'),
  });
}
