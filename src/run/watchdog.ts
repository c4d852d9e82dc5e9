import os from 'node:os';
import {startChild} from '../util/child.js';

/** Name of the variable by which every process of a run is recognised, whatever group or session it moved to. */
export const RUN_MARKER = 'LEAKLINE_RUN';

/**
 * Waits for the end of its standard input, which comes when leakline closes it or is gone, and
 * then kills every process that carries the marker, again as long as there are any, and removes
 * their folder. Grep's exit code tells nothing: some of the files cannot be read, or are gone.
 */
const SCRIPT = `cat
for round in 1 2 3 4 5; do
  left=$(grep -lszx "${RUN_MARKER}=$1" /proc/[0-9]*/environ)
  [ -n "$left" ] || break
  for environ in $left; do
    pid=\${environ#/proc/}
    kill -9 "\${pid%/environ}" 2>/dev/null
  done
done
rm -rf -- "$2"`;

/**
 * Sees to it that no process outlives the run, not even when leakline is killed with SIGKILL or
 * when a scenario starts a daemon in a session of its own.
 *
 * @param marker value of {@link RUN_MARKER} in the environment of all processes of the run
 * @param folder absolute path of the folder in which they work
 * @returns a function that ends the watch: it resolves when nothing of the run is left
 */
export function startWatchdog(marker: string, folder: string): () => Promise<void> {
  const child = startChild(['sh', '-c', SCRIPT, 'leakline-watchdog', marker, folder], {
    cwd: '/',
    env: {PATH: process.env.PATH ?? '/usr/bin:/bin'},
    log: os.devNull,
  });
  return async () => {
    child.closeStdin();
    await child.done;
  };
}
