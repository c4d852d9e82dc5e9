import {mkdirSync} from 'node:fs';
import path from 'node:path';
import type {Task} from '../probe/protocol.js';
import type {Scenario} from '../scenario/types.js';
import {defined} from '../util/defined.js';
import {unreachable} from '../util/unreachable.js';
import type {MemcheckOptions} from '../valgrind/command.js';
import type {ValgrindVersion} from '../valgrind/version.js';
import type {Workspace} from './workspace.js';

/** The Python that a scenario runs in. All paths are absolute. */
export interface Interpreter {
  readonly python: string;
  readonly version: readonly [major: number, minor: number, micro: number];
  /** Folder of the compiled probe. */
  readonly probe: string;
  /** Folder of the agent. */
  readonly agent: string;
  /** Folders put first on sys.path: what the scenario requires. */
  readonly path: readonly string[];
}

/** One run of one scenario: everything that decides what happens in it. */
export interface Job {
  readonly scenario: Scenario;
  /** Absent for programs. */
  readonly interpreter?: Interpreter;
  /** The process's environment, given the folder it works in. */
  readonly environment: (workingFolder: string) => Readonly<Record<string, string>>;
  readonly suppressions: readonly string[];
  /** Options added to valgrind's command line. */
  readonly valgrindOptions: readonly string[];
  /** Growth mode: what is measured this time, which may be more than the scenario says. */
  readonly warmup: number;
  readonly iterations: number;
  /** Growth mode: see {@link Task.checks}. */
  readonly checks?: 'all' | 'ends';
  readonly timeoutMs: number;
  /** Growth mode: look into the blocks that leaked. */
  readonly inspect: boolean;
}

/** Files of a job in its folder. */
export interface JobFiles {
  readonly folder: string;
  /** The scenario's working folder. */
  readonly work: string;
  readonly task: string;
  readonly status: string;
  readonly output: string;
}

/** What the runs of one leakline have in common. */
export interface RunContext {
  readonly workspace: Workspace;
  /** Tells every process of the run from others, see watchdog.ts. */
  readonly marker: string;
  /** Path of the valgrind program. */
  readonly valgrind: string;
  readonly valgrindVersion: ValgrindVersion;
  /**
   * What growth mode uses instead of valgrind's own suppressions: a copy without their rules for
   * leaks. What these hide, the tables of thread-local storage, does not grow with iterations.
   * Valgrind's own are used when it is absent.
   */
  readonly growthSuppressions?: string;
  /** Runs a scenario's process when one of the run's jobs is free; what it wrote is read afterwards. */
  readonly whenFree: <T>(run: () => Promise<T>) => Promise<T>;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/**
 * What is looked for in the processes that the scenario starts. In growth mode their memory errors
 * alone: a process that has ended leaves nothing behind in the one whose growth is measured.
 */
export function tracing({traceChildren, work}: Scenario): MemcheckOptions['traceChildren'] {
  if (!traceChildren) return undefined;
  return work.mode === 'growth' ? 'errors' : 'leaks';
}

/** Makes a job's folders below the workspace. */
export function makeJobFiles(workspace: Workspace): JobFiles {
  const files = jobFiles(workspace.newFolder());
  mkdirSync(files.work);
  return files;
}

const jobFiles = (folder: string): JobFiles => ({
  folder,
  work: path.join(folder, 'work'),
  task: path.join(folder, 'task.json'),
  status: path.join(folder, 'status.jsonl'),
  output: path.join(folder, 'output.txt'),
});

/**
 * What the agent is told.
 *
 * @param patterns of the files of the process, `%p` for its id: valgrind's XML, the map of Python
 *   frames and, where valgrind's log has a file of its own, that
 */
export function taskOf(
  job: Job,
  interpreter: Interpreter,
  files: JobFiles,
  patterns: Pick<Task, 'xml' | 'map' | 'log'>,
): Task {
  const {scenario, warmup, iterations, checks, inspect} = job;
  const {work} = scenario;
  const common = {
    status: files.status,
    directory: files.work,
    probe: interpreter.probe,
    path: interpreter.path,
    file: scenario.shownAs,
    variables: scenario.variables,
    environment: job.environment(files.work),
    warmup,
    iterations,
    seed: 0,
    stdout: files.output,
    stderr: files.output,
    ...patterns,
  };
  if (work.mode === 'growth') {
    const {setup, body, teardown, checkpoints} = work;
    const code = {
      body,
      ...(setup === undefined ? {} : {setup}),
      ...(teardown === undefined ? {} : {teardown}),
    };
    return {...common, mode: 'growth', argv: [], code, checkpoints, ...defined({checks}), inspect};
  }
  const {run} = work;
  const exit = {...common, mode: 'exit' as const, checkpoints: 0, inspect: false};
  if (run.type === 'command') throw new Error('A program gets no task');
  const setup = run.setup === undefined ? {} : {setup: run.setup};
  switch (run.type) {
    case 'code':
      return {...exit, argv: run.args, code: {...setup, code: run.code}};
    case 'script':
      return {...exit, argv: run.args, code: setup, script: run.path};
    case 'module':
      return {...exit, argv: run.args, code: setup, module: run.name};
    default:
      return unreachable(run);
  }
}
