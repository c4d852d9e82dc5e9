import {readFileSync} from 'node:fs';
import type {ChildOutcome} from '../util/child.js';
import {signalName} from './signal-name.js';

/**
 * Stays between leakline and the process it runs, so that a scenario which ends its parent ends
 * this shell and not leakline. The inner shell tells its process id, which stays that of what it
 * becomes. What the outer one says of a child that a signal ended is not the scenario's output.
 */
const SCRIPT = `exec 3>&2 2>/dev/null
sh -c 'exec 2>&3 3>&-; echo $$ >"$1"; shift; exec "$@"' sh "$@"
exit $?`;

/** @param pidFile where the process id of `argv` will stand */
export const guarded = (argv: readonly string[], pidFile: string): readonly string[] => [
  ...['sh', '-c', SCRIPT, 'leakline-guard', pidFile],
  ...argv,
];

/** The process id in the file, undefined when the process never started. */
export function readPid(pidFile: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  } catch {
    return undefined;
  }
}

/** Ends what was guarded, and its process group: it may have left that of the guard (setsid). */
export function endGuarded(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // It is gone already, or leads no group.
    }
  }
}

/** A shell exits with this and the signal's number when a signal ended its child. */
const SIGNALLED = 128;

/**
 * The outcome of what was guarded.
 *
 * @param cut whether it left traces of a sudden end: an exit code of its own may be as high
 */
export function unguarded(outcome: ChildOutcome, cut: boolean): ChildOutcome {
  if (outcome.reason !== 'exited' || outcome.code <= SIGNALLED || !cut) return outcome;
  return {reason: 'signalled', signal: signalName(outcome.code - SIGNALLED)};
}
