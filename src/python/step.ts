import {mkdirSync, readFileSync, statfsSync} from 'node:fs';
import path from 'node:path';
import {type ChildOutcome, startChild} from '../util/child.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {unreachable} from '../util/unreachable.js';
import {diskFull} from './cache.js';

/** How many lines at the end of a log are shown when a step failed. */
const LOG_LINES = 30;

/** The compiler's command lines are longer than anybody reads in a terminal. */
const LINE_LENGTH = 160;

/** One command of a build. */
export interface Step {
  /** As it reads after "The …": `configure step of cpython-3.13`. */
  readonly title: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly log: string;
  readonly signal?: AbortSignal | undefined;
  /** Makes more of the output of a command that failed than its last lines. */
  readonly onFailure?: (output: string) => Problem | undefined;
}

/**
 * Runs a command beside a reader of standard input, which ends when leakline closes it or is
 * gone, and then kills the whole process group: no compiler works on after kill -9.
 */
const WITH_LEAKLINE = `exec 3<&0 </dev/null
{ cat <&3 >/dev/null; kill -9 0; } &
exec 3<&-
"$@"`;

/**
 * Runs one command of a build to its end. Its whole output is in `step.log`; the problem shows
 * the last lines of it and tells a full disk from other failures.
 */
export async function runStep(step: Step): Promise<Result<void, Problem>> {
  mkdirSync(path.dirname(step.log), {recursive: true});
  if (step.signal?.aborted) return fail(interrupted(step.title));
  const child = startChild(['sh', '-c', WITH_LEAKLINE, 'sh', ...step.argv], {
    cwd: step.cwd,
    env: step.env,
    log: step.log,
    ...(step.signal === undefined ? {} : {signal: step.signal}),
  });
  const {outcome} = await child.done;
  if (outcome.reason === 'exited' && outcome.code === 0) return ok(undefined);
  if (outcome.reason === 'aborted') return fail(interrupted(step.title));
  const output = readLog(step.log);
  if (output.includes('No space left on device') || isFull(step.log)) {
    return fail(diskFull(path.dirname(step.log)));
  }
  return fail(
    step.onFailure?.(output) ?? {
      message: `The ${step.title} ${howItEnded(outcome)}`,
      detail: lastLines(output),
      next: `the whole output is in ${step.log}; leakline doctor says what the machine lacks`,
    },
  );
}

export const interrupted = (title: string): Problem => ({message: `The ${title} was interrupted`});

function isFull(folder: string): boolean {
  try {
    const {bavail, bsize} = statfsSync(folder);
    return bavail * bsize < 1024 * 1024;
  } catch {
    return false;
  }
}

function howItEnded(outcome: ChildOutcome): string {
  switch (outcome.reason) {
    case 'exited':
      return `failed with exit code ${outcome.code}`;
    case 'signalled':
      return `was ended by ${outcome.signal}`;
    case 'timed-out':
      return `took longer than ${outcome.timeoutMs / 1000} s`;
    case 'not-started':
      return `could not be started: ${outcome.message}`;
    case 'aborted':
      return 'was interrupted';
    default:
      return unreachable(outcome);
  }
}

function readLog(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return (error as Error).message;
  }
}

function lastLines(output: string): string {
  const lines = output.trimEnd().split('\n').slice(-LOG_LINES);
  return lines
    .map((line) => (line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)}…` : line))
    .join('\n');
}

/** Nothing of the user's environment that would make a build another one than its recipe says. */
export function plainEnvironment(): Record<string, string> {
  const {PATH = '/usr/bin:/bin', HOME = '/', TMPDIR} = process.env;
  return {PATH, HOME, LC_ALL: 'C.UTF-8', ...(TMPDIR === undefined ? {} : {TMPDIR})};
}
