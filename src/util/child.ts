import {closeSync, openSync} from 'node:fs';
import {createInterface} from 'node:readline';
import {Readable} from 'node:stream';
import {execa} from 'execa';

/** How a child process ended. */
export type ChildOutcome =
  | {readonly reason: 'exited'; readonly code: number}
  | {readonly reason: 'signalled'; readonly signal: string}
  | {readonly reason: 'timed-out'; readonly timeoutMs: number}
  | {readonly reason: 'aborted'}
  | {readonly reason: 'not-started'; readonly message: string};

export interface ChildOptions {
  readonly cwd: string;
  /** The whole environment: nothing is inherited from leakline's own. */
  readonly env: Readonly<Record<string, string>>;
  /** Standard output and standard error go to this file, which is made anew. */
  readonly log: string;
  readonly timeoutMs?: number;
  /** Called with every line the child writes to its descriptor 3, which is a pipe then. */
  readonly onMessage?: (line: string) => void;
  /** Ends the child and everything in its process group. */
  readonly signal?: AbortSignal;
}

export interface RunningChild {
  /** The child's process id, which is also its process group; undefined when it did not start. */
  readonly pid: number | undefined;
  /** Writes to the child's standard input; a child that is gone swallows it. */
  readonly send: (text: string) => void;
  readonly closeStdin: () => void;
  /** Kills the child's whole process group. */
  readonly kill: () => void;
  readonly done: Promise<{readonly outcome: ChildOutcome; readonly durationMs: number}>;
}

/** How long what a child wrote before it ended is still read. */
const LAST_MESSAGES_MS = 1000;

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone already, which is what was wanted.
  }
}

/**
 * Starts `argv` as the leader of a process group of its own, so that a time-out or an abort
 * reaches its descendants too (execa's own `timeout` ends the direct child only), and so that
 * Ctrl-C on the terminal reaches leakline alone, which then decides.
 */
export function startChild(argv: readonly string[], options: ChildOptions): RunningChild {
  const [file = '', ...args] = argv;
  // execa passes any open descriptor on; its types name 3 to 9 only.
  const log = openSync(options.log, 'w') as 3;
  const startedAt = performance.now();
  const child = execa(file, args, {
    cwd: options.cwd,
    env: options.env,
    extendEnv: false,
    detached: true,
    cleanup: false,
    stdio: options.onMessage === undefined ? ['pipe', log, log] : ['pipe', log, log, 'pipe'],
    buffer: false,
    reject: false,
  });
  closeSync(log);
  child.stdin?.on('error', () => {});
  const messages: unknown = child.stdio[3];
  const {pid} = child;
  if (options.onMessage !== undefined && messages instanceof Readable) {
    createInterface({input: messages}).on('line', options.onMessage);
    // A daemon that inherited the pipe keeps it open, which the child would be waited for.
    child.once('exit', () => setTimeout(() => messages.destroy(), LAST_MESSAGES_MS).unref());
  }
  child.once('exit', () => killGroup(pid));

  let ended: 'timed-out' | 'aborted' | undefined;
  const end = (reason: 'timed-out' | 'aborted') => {
    ended ??= reason;
    killGroup(pid);
  };
  const onAbort = () => end('aborted');
  options.signal?.addEventListener('abort', onAbort, {once: true});
  if (options.signal?.aborted) onAbort();
  const {timeoutMs} = options;
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => end('timed-out'), timeoutMs);

  const wait = async () => {
    const result = await child;
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
    const durationMs = performance.now() - startedAt;
    return {outcome: outcomeOf(result, ended, timeoutMs ?? 0), durationMs};
  };

  return {
    pid,
    send: (text) => void child.stdin?.write(text),
    closeStdin: () => child.stdin?.end(),
    kill: () => killGroup(pid),
    done: wait(),
  };
}

/** Runs `argv` to its end with empty standard input. See {@link startChild}. */
export async function runChild(
  argv: readonly string[],
  options: ChildOptions,
): Promise<{readonly outcome: ChildOutcome; readonly durationMs: number; readonly pid: number | undefined}> {
  const child = startChild(argv, options);
  child.closeStdin();
  return {...(await child.done), pid: child.pid};
}

/** Runs a short command to its end and gives its output, undefined when it failed or does not exist. */
export async function captureOutput(
  argv: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly timeoutMs?: number;
  } = {},
): Promise<string | undefined> {
  const [file = '', ...args] = argv;
  const result = await execa(file, args, {
    stdin: 'ignore',
    stderr: 'ignore',
    reject: false,
    timeout: options.timeoutMs ?? 30_000,
    killSignal: 'SIGKILL',
    ...(options.cwd === undefined ? {} : {cwd: options.cwd}),
    ...(options.env === undefined ? {} : {env: options.env, extendEnv: false}),
  });
  return result.exitCode === 0 ? result.stdout : undefined;
}

/** Runs a command on leakline's own terminal (apt-get, gdb) and gives its exit code, 127 when it did not start. */
export async function runInForeground(argv: readonly string[]): Promise<number> {
  const [file = '', ...args] = argv;
  const result = await execa(file, args, {stdio: 'inherit', reject: false});
  return result.exitCode ?? 127;
}

function outcomeOf(
  result: {
    readonly exitCode?: number | undefined;
    readonly signal?: string | undefined;
    readonly cause?: unknown;
  },
  ended: 'timed-out' | 'aborted' | undefined,
  timeoutMs: number,
): ChildOutcome {
  if (ended === 'timed-out') return {reason: 'timed-out', timeoutMs};
  if (ended === 'aborted') return {reason: 'aborted'};
  if (result.signal !== undefined) return {reason: 'signalled', signal: result.signal};
  if (result.exitCode !== undefined) return {reason: 'exited', code: result.exitCode};
  return {
    reason: 'not-started',
    message: result.cause instanceof Error ? result.cause.message : 'unknown cause',
  };
}
