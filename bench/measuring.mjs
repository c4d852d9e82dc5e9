// Times commands, and compares leakline with an alternative that is measured in turns with it.
import {spawn} from 'node:child_process';
import {closeSync, openSync} from 'node:fs';

/** @returns {number} the middle one, or the mean of the two in the middle */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Runs a command to its end.
 *
 * @param {readonly string[]} argv
 * @param {{cwd?: string, env?: Record<string, string>, output?: string, codes?: readonly number[], onStart?: (pid: number) => void}} options
 *   `output`: the file that its output goes to; `codes`: the exit codes it may have, 0 by default
 * @returns {Promise<number>} seconds
 */
export async function timeCommand(
  [file, ...args],
  {cwd, env, output = '/dev/null', codes = [0], onStart = () => {}} = {},
) {
  const log = openSync(output, 'w');
  const start = performance.now();
  const child = spawn(file, args, {cwd, env, stdio: ['ignore', log, log]});
  closeSync(log);
  onStart(child.pid);
  const [code, signal] = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (...ended) => resolve(ended));
  });
  const seconds = (performance.now() - start) / 1000;
  if (!codes.includes(code)) {
    throw new Error(
      `${[file, ...args].join(' ')}: ended with ${signal ?? `exit code ${code}`}, see ${output}`,
    );
  }
  return seconds;
}

/**
 * Measures leakline and the alternative in turns, so that a machine that slows down slows both.
 *
 * @param {number} turns how often each
 * @param {() => Promise<number>} leakline gives seconds
 * @param {() => Promise<number>} alternative gives seconds
 * @returns {Promise<{leakline: number, alternative: number}>} the medians
 */
export async function inTurns(turns, leakline, alternative) {
  const seconds = {leakline: [], alternative: []};
  for (let turn = 0; turn < turns; turn++) {
    seconds.leakline.push(await leakline());
    seconds.alternative.push(await alternative());
  }
  return {leakline: median(seconds.leakline), alternative: median(seconds.alternative)};
}
