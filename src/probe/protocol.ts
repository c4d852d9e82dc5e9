/**
 * What leakline and its agent inside the interpreter say to each other.
 *
 * Process isolation: `valgrind … PYTHON agent.py --task TASK.json`.
 * Fork server: `valgrind … PYTHON agent.py --server SERVER.json`; task files go to its standard
 * input, one path per line as a JSON string; answers come as JSON lines on descriptor 3.
 *
 * Do not give valgrind `--log-file` beside `--xml-file` for a fork server: 3.19 then reopens only
 * the log in a forked child, and all children write into the server's XML.
 *
 * Exit codes of the agent: 0 ran to its end; 1 an exception (a SystemExit's own code when there
 * was one); 3 the task could not be read or prepared (the reason is on standard error); 4 a
 * module to preload could not be imported; 5 preloading started threads.
 */

/** Python text from a scenario file, and where it stands there. */
interface Section {
  readonly text: string;
  /** Line of its first line in the file, counted from 1. */
  readonly line: number;
  /** Columns that the file has before each line of it (a block scalar's indentation). */
  readonly indent: number;
}

/** Content of a task file: one scenario, run once. All paths are absolute but `file`. */
export interface Task {
  /**
   * `growth` runs code.setup, measures code.body, runs code.teardown. `exit` runs code.setup,
   * then one of code.code, `script` and `module`, and leaves through the interpreter's own exit.
   */
  readonly mode: 'growth' | 'exit';
  /** The agent appends its {@link StatusEvent}s to this file, one JSON object per line. */
  readonly status: string;
  /** Working folder; it has to exist. */
  readonly directory: string;
  /** Folder of `leakline_probe.so`. */
  readonly probe: string;
  /** Put before everything else on sys.path. */
  readonly path: readonly string[];
  /** Name of the scenario file as tracebacks show it; also sys.argv[0] unless there is a script. */
  readonly file: string;
  /** sys.argv after its first element. */
  readonly argv: readonly string[];
  readonly code?: {
    readonly setup?: Section;
    readonly body?: Section;
    readonly teardown?: Section;
    readonly code?: Section;
  };
  readonly script?: string;
  /** Run as `python -m` does. */
  readonly module?: string;
  /** Names that exist in the scenario's namespace before its first section runs. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Variables of the process's environment to set before the first section runs. */
  readonly environment: Readonly<Record<string, string>>;
  /** How often the body runs before checkpoint 0. */
  readonly warmup: number;
  /** How often the body runs between two checkpoints. */
  readonly iterations: number;
  /** Number of intervals; there is one checkpoint more, number 0. */
  readonly checkpoints: number;
  /**
   * Where leaks are looked for: `ends` leaves out the checkpoints between 0 and the last one, where
   * the counters of memory then stand as they were; `all` when absent.
   */
  readonly checks?: 'all' | 'ends';
  /** Look into the leaked blocks after the last checkpoint, see {@link Inspected}. */
  readonly inspect: boolean;
  /** valgrind's `--xml-file` for this process, `%p` for the process id; needed for `inspect`. */
  readonly xml?: string;
  /**
   * valgrind's `--log-file`, `%p` for the process id. Without it `inspect` looks into the file that
   * was standard error when the agent (or the fork server) started, which is where valgrind then
   * writes to; its lines there begin with `==PID==`.
   */
  readonly log?: string;
  /**
   * Where the names of Python frames go, `%p` for the process id; without it, stacks show none.
   * The lines are those of perf's map files: `ADDRESS SIZE py::function:/path/file.py`, numbers in
   * hexadecimal, a later line holds. 3.9 and later; leave `-X perf` away. A function that ran
   * before a fork is in the parent's file, so look into the child's first, then the server's.
   */
  readonly map?: string;
  /** Seed of `random`, set before `setup` and after it. */
  readonly seed: number;
  /** Files for the standard streams of a fork server's child. */
  readonly stdout?: string;
  readonly stderr?: string;
}

/** Content of the file that a fork server is started with. */
export interface ServerFile {
  readonly probe: string;
  readonly path: readonly string[];
  /** See {@link Task.map}. */
  readonly map?: string;
  /** Names of the modules to import before the first fork. */
  readonly preload: readonly string[];
}

/** Counters as they stand at one checkpoint; only differences between checkpoints mean something. */
export interface Counters {
  /** Definitely and indirectly lost together: valgrind's client request tells no more apart. */
  readonly leakedBytes: number;
  readonly leakedBlocks: number;
  /** Possibly lost. */
  readonly dubiousBytes: number;
  readonly dubiousBlocks: number;
  readonly reachableBytes: number;
  readonly reachableBlocks: number;
  readonly suppressedBytes: number;
  readonly suppressedBlocks: number;
  /** Open file descriptors. */
  readonly descriptors: number;
  readonly threads: number;
  /** Child processes, ended ones that nobody waited for among them. */
  readonly children: number;
  /**
   * Mappings outside malloc: anonymous, shared anonymous, memfd, System V; executable ones left
   * out. The kernel merges neighbours, so judge the bytes; the count is for the message.
   */
  readonly mappings: number;
  readonly mappedBytes: number;
}

/** First line of a status file. */
interface Started {
  readonly event: 'started';
  readonly pid: number;
  /** `3.13.5`. */
  readonly version: string;
  /** Who serves Python's objects, found by experiment. Anything but `malloc` hides small leaks. */
  readonly allocator: 'malloc' | 'pymalloc' | 'mimalloc';
  /** False on a free-threaded build whose lock is off. */
  readonly gil: boolean;
  readonly valgrind: boolean;
}

/** Written after the measurement, one per checkpoint, checkpoint 0 first. */
interface Checkpoint {
  readonly event: 'checkpoint';
  readonly number: number;
  readonly counters: Counters;
}

/** The scenario's code did not run to its end; the last line of its file. */
export interface RaisedException {
  readonly event: 'exception';
  readonly section: 'setup' | 'body' | 'teardown' | 'code' | 'script' | 'module';
  /** Name of the exception's class. */
  readonly type: string;
  readonly message: string;
  /** Line in the scenario file, null when no frame of the traceback is in it. */
  readonly line: number | null;
  /** As Python prints it, without the agent's own frames. */
  readonly traceback: string;
  /** How often the body had run to its end, warm-up included; for the section `body`. */
  readonly iteration?: number;
  /** Of a SystemExit: what the interpreter would have ended with. */
  readonly code?: number;
}

/**
 * What the blocks of one loss record are that grew in the last interval. Written for the 40 that
 * grew fastest. The blocks are all of the record's, those from before checkpoint 0 among them.
 */
export interface Inspected {
  readonly event: 'inspected';
  /** N of "loss record N of M" in the XML's last interval. */
  readonly record: number;
  /** Blocks that were looked at: at most 100, the lowest addresses. */
  readonly blocks: number;
  /** Those that are Python objects, by type, the most frequent first. */
  readonly types: readonly InspectedType[];
  /** Those that are no Python object of a known type. */
  readonly raw: number;
}

interface InspectedType {
  /** `list`, `decimal.Decimal`: builtins without their module. */
  readonly type: string;
  readonly count: number;
  /** Smallest and largest reference count, null when all are immortal (3.12+). */
  readonly refcount: {readonly min: number; readonly max: number} | null;
  /** Up to three values as Python writes them, the first 40 characters; str, bytes and int only. */
  readonly values: readonly string[];
}

/** The blocks could not be inspected: valgrind's log is a terminal or a pipe, for one. */
interface NotInspected {
  readonly event: 'not-inspected';
  readonly message: string;
}

/** The task ran to its end; in exit mode written by the last exit function. */
interface Complete {
  readonly event: 'complete';
  /** Exit mode: open descriptors, and what those are open on that were not there before. */
  readonly descriptors?: {readonly before: number; readonly after: number; readonly left: readonly string[]};
}

/** A line of a task's status file. */
export type StatusEvent = Started | Checkpoint | RaisedException | Inspected | NotInspected | Complete;

/** A line of the fork server on descriptor 3. `task` is the path that was sent. */
export type ServerMessage =
  | {readonly event: 'ready'; readonly pid: number}
  /** The import of a module failed; the server ends. */
  | {
      readonly event: 'preload-failed';
      readonly module: string;
      readonly type: string;
      readonly message: string;
      readonly traceback: string;
    }
  /** There are other threads than the main one, so nothing may be forked; the server ends. */
  | {readonly event: 'threads'; readonly modules: readonly string[]}
  /** A child runs the task; `pid` is its process group too. */
  | {readonly event: 'forked'; readonly task: string; readonly pid: number}
  /** The child is gone, and so is all that was left in its process group. */
  | {
      readonly event: 'ended';
      readonly task: string;
      readonly pid: number;
      /** Exit code, null when a signal ended it. */
      readonly code: number | null;
      /** Number of the signal that ended it. */
      readonly signal: number | null;
    }
  /** The task file could not be read, or the fork failed. */
  | {readonly event: 'failed'; readonly task: string; readonly message: string};
