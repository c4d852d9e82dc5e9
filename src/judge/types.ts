import type {LeakKind} from '../valgrind/types.js';

/** Whose code a frame is. */
export type Origin =
  /** A Python function, seen through a perf trampoline. */
  | 'python'
  /** An extension module, or a library or program it brought: whatever is none of the others. */
  | 'extension'
  /** The interpreter's executable or libpython. */
  | 'interpreter'
  /** The C library, the dynamic loader, the compiler's run-time libraries. */
  | 'system'
  /** Not even an object file is known. */
  | 'unknown';

/** A frame as a person reads it. */
export interface NamedFrame {
  readonly origin: Origin;
  /** Function name, `???` when unknown. */
  readonly name: string;
  /** Object of a C frame without suffixes (`leaky`, `libcrypto`), absent for Python frames. */
  readonly module?: string;
  /** Source file: base name, and the absolute path where it is known. */
  readonly file?: string;
  readonly path?: string;
  readonly line?: number;
}

/** Whose leak it is: that of an extension, or of the interpreter when its stack has no extension's frame. */
export type Attribution = 'extension' | 'interpreter';

/** What leaked, read from the blocks themselves. */
export interface LeakedObjects {
  /** Name of the type, absent for blocks that hold no Python object: a list's array, a C structure. */
  readonly type?: string;
  readonly count: number;
  /** Absent when the objects' counts differ, and for raw memory. */
  readonly refcount?: number;
  /** Representations of a few of them, for str, bytes and int. */
  readonly values: readonly string[];
}

/** Loss records of one signature: in growth mode per iteration, in exit mode at exit above the floor. */
export interface LeakFinding {
  readonly type: 'leak';
  /** The signature, 12 hexadecimal digits. */
  readonly id: string;
  /** The kind that holds most of the blocks. */
  readonly kind: LeakKind;
  /** Blocks: a count in exit mode, blocks per iteration in growth mode. */
  readonly blocks: number;
  readonly bytes: number;
  readonly attribution: Attribution;
  /**
   * Signature of the interpreter's frames alone, for leaks attributed to it: the same leak has the
   * same one in every scenario. It is what the build's own baseline goes by.
   */
  readonly interpreterId?: string;
  /** The frames that make the signature. */
  readonly frames: readonly NamedFrame[];
  /** The stack up to the scenario's own outermost frame, innermost first. */
  readonly stack: readonly NamedFrame[];
  /** Growth mode: blocks gained in each interval of the deciding measurement. */
  readonly intervals?: readonly number[];
  readonly objects?: readonly LeakedObjects[];
  /** The process that left it behind, where the scenario's own did not: `overrun --once`. */
  readonly child?: string;
}

/** Memory errors of one kind at one place. */
export interface ErrorFinding {
  readonly type: 'error';
  readonly id: string;
  /** Memcheck's kind: InvalidRead, UninitCondition, … */
  readonly kind: string;
  readonly what: string;
  readonly count: number;
  readonly frames: readonly NamedFrame[];
  readonly stack: readonly NamedFrame[];
  /** Where the block was allocated, freed, or where the value came from. */
  readonly related: readonly {readonly what: string; readonly stack: readonly NamedFrame[]}[];
  /** See {@link LeakFinding.child}. */
  readonly child?: string;
}

export const RESOURCES = ['descriptors', 'threads', 'children', 'mappings'] as const;
export type Resource = (typeof RESOURCES)[number];

/** Something other than malloc'd memory that is left behind. */
export interface ResourceFinding {
  readonly type: 'resource';
  readonly id: Resource;
  /** A count in exit mode, a count per iteration in growth mode; of bytes for `mappings`. */
  readonly count: number;
  readonly intervals?: readonly number[];
  /** What the left descriptors point to, where known. */
  readonly details: readonly string[];
}

/** Exit mode: all records without an extension's frame, of all kinds, above the floor. */
export interface InterpreterFinding {
  readonly type: 'interpreter';
  readonly id: 'total';
  /** The kind that holds most of the blocks. */
  readonly kind: LeakKind;
  readonly blocks: number;
  readonly bytes: number;
}

export type Finding = LeakFinding | ErrorFinding | ResourceFinding | InterpreterFinding;

/** One reviewed expectation: what is stored of a finding. */
export interface BaselineEntry {
  readonly type: Finding['type'];
  readonly id: string;
  readonly kind?: string;
  readonly blocks?: number;
  readonly bytes?: number;
  readonly count?: number;
  /** The signature's frames in one line, for the reader. */
  readonly stack?: string;
  /** A person's words; they survive updates. */
  readonly note?: string;
  readonly issue?: string;
}

export interface Baseline {
  readonly mode: 'growth' | 'exit';
  /** Sorted by type, then id. */
  readonly entries: readonly BaselineEntry[];
}

/** One signature, now and in the baseline. */
export type Change =
  | {readonly verdict: 'new'; readonly now: Finding}
  | {readonly verdict: 'grown' | 'shrunk' | 'known'; readonly now: Finding; readonly before: BaselineEntry}
  | {readonly verdict: 'fixed'; readonly before: BaselineEntry};

export type Status = 'passed' | 'regressed' | 'improved' | 'unbaselined' | 'failed' | 'timed-out' | 'skipped';

/** Blocks and bytes by kind. */
export type Totals = Readonly<Record<LeakKind, {readonly blocks: number; readonly bytes: number}>>;

/** Why a scenario gave no measurement. */
export interface Failure {
  readonly reason:
    | 'exception'
    | 'signal'
    | 'exit-code'
    | 'timed-out'
    | 'incomplete'
    | 'environment'
    | 'allocator'
    | 'gil';
  /** One sentence. */
  readonly message: string;
  /** Line in the scenario file, where one is known. */
  readonly line?: number;
  /** The last lines of what the scenario printed, or the traceback. */
  readonly output: string;
}

/** All that is known of one scenario on one build after a run: what reports show and baselines are updated from. */
export interface ScenarioResult {
  readonly scenario: string;
  readonly build: string;
  readonly mode: 'growth' | 'exit';
  /** The scenario file as messages name it. */
  readonly file: string;
  readonly description?: string;
  readonly status: Status;
  /** Wall time, in ms; of the run that was cached when `cached`. */
  readonly durationMs: number;
  readonly isolation: 'fork' | 'process';
  readonly cached: boolean;
  /** It ran on another machine. */
  readonly imported?: boolean;
  /** Every finding and every baseline entry, the known ones too. */
  readonly changes: readonly Change[];
  /** Whether a baseline file was there. */
  readonly hadBaseline: boolean;
  /** Exit mode: totals as valgrind gave them, and those of the floor. */
  readonly totals?: Totals;
  readonly floor?: Totals;
  /** Growth mode: iterations between two checkpoints in the deciding measurement. */
  readonly iterations?: number;
  /** Rules that were used, most used first. */
  readonly suppressions: readonly {readonly name: string; readonly count: number}[];
  readonly failure?: Failure;
  /** Why it was skipped, moved to a process of its own, measured again: one sentence each. */
  readonly notes: readonly string[];
}
