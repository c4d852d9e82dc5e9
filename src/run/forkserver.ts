import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {ServerFile, ServerMessage} from '../probe/protocol.js';
import {type ChildOutcome, startChild} from '../util/child.js';
import {memcheckArgv} from '../valgrind/command.js';
import {withDescriptorLimit} from './descriptor-limit.js';
import {type Interpreter, type Job, type JobFiles, makeJobFiles, type RunContext, taskOf} from './job.js';
import type {Observation} from './observation.js';
import {agentArgv} from './python-argv.js';
import {signalName} from './signal-name.js';
import {parseEvent} from './status.js';
import {tailOf} from './tail.js';
import {RUN_MARKER} from './watchdog.js';

/** Everything the scenarios of one fork server have in common. */
export interface ServerSettings {
  readonly interpreter: Interpreter;
  readonly preload: readonly string[];
  /** The server's environment, which its children inherit before they set their own. */
  readonly environment: (workingFolder: string) => Readonly<Record<string, string>>;
  readonly suppressions: readonly string[];
  readonly valgrindOptions: readonly string[];
  /** How long the imports may take, and each fork. */
  readonly timeoutMs: number;
}

/** Why a job could not be run in a child of the server. It can be run in a process of its own. */
interface Unserved {
  readonly reason: 'threads' | 'preload-failed' | 'died';
  /** One sentence. */
  readonly message: string;
}

type Served =
  | {readonly ok: true; readonly value: Observation}
  | {readonly ok: false; readonly error: Unserved};

export interface ForkServer {
  /** Runs the job in a child. Never rejects; what the server cannot do is an {@link Unserved}. */
  readonly run: (job: Job) => Promise<Served>;
  /** Ends the server and whatever it still runs. */
  readonly close: () => Promise<void>;
}

type Ended = {readonly outcome: ChildOutcome; readonly pid: number};

interface Child {
  readonly timeoutMs: number;
  readonly settle: (ended: Ended | Unserved) => void;
  pid?: number;
  timer?: NodeJS.Timeout;
  isLate?: true;
}

/** Starts a fork server. It imports what is to be preloaded while jobs wait for it. */
export function startForkServer(settings: ServerSettings, context: RunContext): ForkServer {
  const folder = context.workspace.newFolder();
  const work = path.join(folder, 'work');
  mkdirSync(work);
  const xmlFile = path.join(folder, '%p.xml');
  const output = path.join(folder, 'output.txt');
  const serverFile = path.join(folder, 'server.json');
  const {interpreter, preload} = settings;
  const map = path.join(folder, '%p.map');
  const content: ServerFile = {probe: interpreter.probe, path: interpreter.path, map, preload};
  writeFileSync(serverFile, JSON.stringify(content));

  const children = new Map<string, Child>();
  let gone: Unserved | undefined;
  let becomeReady: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });
  const abandon = (why: Unserved) => {
    gone ??= why;
    clearTimeout(startTimer);
    becomeReady();
    for (const child of children.values()) {
      clearTimeout(child.timer);
      child.settle(gone);
    }
    children.clear();
  };

  const server = startChild(
    withDescriptorLimit([
      ...memcheckArgv({
        valgrind: context.valgrind,
        xmlFile,
        suppressions: settings.suppressions,
        defaultSuppressions: context.growthSuppressions,
        trackFds: false,
        extra: settings.valgrindOptions,
      }),
      ...agentArgv(interpreter, '--server', serverFile),
    ]),
    {
      cwd: work,
      env: {...settings.environment(work), [RUN_MARKER]: context.marker},
      log: output,
      signal: context.signal,
      onMessage: (line) => {
        // A server that is killed leaves half a line.
        const message = parseEvent<ServerMessage>(line);
        if (message !== undefined) onMessage(message);
      },
    },
  );
  const startTimer = setTimeout(() => server.kill(), settings.timeoutMs);
  const done = server.done.then(({outcome}) => {
    const words = tailOf(output)
      .split('\n')
      .findLast((line) => !OF_VALGRIND.test(line));
    abandon({
      reason: 'died',
      message: `the fork server ${describeOutcome(outcome)}${words ? `: ${words}` : ''}`,
    });
  });

  function onMessage(message: ServerMessage): void {
    switch (message.event) {
      case 'ready':
        clearTimeout(startTimer);
        becomeReady();
        return;
      case 'threads':
        abandon({
          reason: 'threads',
          message: `importing ${message.modules.join(', ') || 'what it needs'} starts threads, which a fork would lose`,
        });
        return;
      case 'preload-failed':
        abandon({
          reason: 'preload-failed',
          message: `importing ${message.module} failed: ${message.type}: ${message.message}`,
        });
        return;
      case 'forked':
        onForked(message.task, message.pid);
        return;
      case 'ended': {
        const child = take(message.task);
        if (child === undefined) return;
        const {code, signal, pid} = message;
        child.settle({pid, outcome: outcomeOf(code, signal, child)});
        return;
      }
      case 'failed':
        take(message.task)?.settle({reason: 'died', message: message.message});
        return;
    }
  }

  function onForked(task: string, pid: number): void {
    const child = children.get(task);
    if (child === undefined) return;
    clearTimeout(child.timer);
    child.pid = pid;
    child.timer = setTimeout(() => {
      child.isLate = true;
      killGroup(pid);
    }, child.timeoutMs);
  }

  function take(task: string): Child | undefined {
    const child = children.get(task);
    clearTimeout(child?.timer);
    children.delete(task);
    return child;
  }

  const run = async (job: Job): Promise<Served> => {
    await ready;
    if (gone !== undefined) return {ok: false, error: gone};
    const files = makeJobFiles(context.workspace);
    writeFileSync(files.task, JSON.stringify(taskOf(job, interpreter, files, {xml: xmlFile, map})));
    const {ended, durationMs} = await context.whenFree(() => runChild(job, files));
    if ('reason' in ended) return {ok: false, error: ended};
    return {ok: true, value: await observe(files, ended, durationMs)};
  };

  async function runChild(job: Job, files: JobFiles) {
    const startedAt = performance.now();
    const ended = await new Promise<Ended | Unserved>((settle) => {
      if (gone !== undefined) return settle(gone);
      // A server that forks nothing in this time hangs: its end settles the job.
      const timer = setTimeout(() => server.kill(), settings.timeoutMs);
      children.set(files.task, {timeoutMs: job.timeoutMs, settle, timer});
      server.send(`${JSON.stringify(files.task)}\n`);
    });
    return {ended, durationMs: performance.now() - startedAt};
  }

  async function observe(files: JobFiles, {pid, outcome}: Ended, durationMs: number): Promise<Observation> {
    const fileOf = (id: number | undefined, ending: string) => path.join(folder, `${id}.${ending}`);
    // Loaded when there is something to read, while valgrind is at work.
    const {collect} = await import('./collect.js');
    const {saidComplete, ...collected} = await collect({
      xml: fileOf(pid, 'xml'),
      status: files.status,
      maps: [fileOf(pid, 'map'), fileOf(server.pid, 'map')],
    });
    const text = tailOf(files.output);
    for (const file of [fileOf(pid, 'xml'), fileOf(pid, 'map'), files.folder])
      rmSync(file, {recursive: true, force: true});
    const completed = outcome.reason === 'exited' && saidComplete;
    return {outcome, durationMs, isolation: 'fork', output: text, completed, ...collected};
  }

  return {
    run,
    close: async () => {
      server.closeStdin();
      const patience = setTimeout(() => server.kill(), CLOSING_MS);
      await done;
      clearTimeout(patience);
      rmSync(folder, {recursive: true, force: true});
    },
  };
}

/** A line of valgrind's own log, which goes where the server's output goes. */
const OF_VALGRIND = /^(==|--|\*\*)\d+\1/;

/** How long a server may take to end by itself. */
const CLOSING_MS = 2000;

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in this very moment.
  }
}

function outcomeOf(code: number | null, signal: number | null, {isLate, timeoutMs}: Child): ChildOutcome {
  if (isLate) return {reason: 'timed-out', timeoutMs};
  if (signal !== null) return {reason: 'signalled', signal: signalName(signal)};
  return {reason: 'exited', code: code ?? 0};
}

function describeOutcome(outcome: ChildOutcome): string {
  switch (outcome.reason) {
    case 'exited':
      return `ended with exit code ${outcome.code}`;
    case 'signalled':
      return `was ended by ${outcome.signal}`;
    case 'timed-out':
      return `was not ready within ${outcome.timeoutMs / 1000} s`;
    case 'aborted':
      return 'was interrupted';
    case 'not-started':
      return `did not start: ${outcome.message}`;
  }
}
