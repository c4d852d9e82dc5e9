import type {ChildOutcome} from '../util/child.js';
import type {LossRecord, MemoryError, Stack, UsedSuppression} from '../valgrind/types.js';

/** What can be counted beside memory, at each checkpoint or before and after an exit scenario. */
export interface ResourceCounts {
  readonly descriptors: number;
  readonly threads: number;
  readonly children: number;
  /** Bytes of anonymous mappings outside malloc's; their number says little, since the kernel merges neighbours. */
  readonly mappings: number;
}

/** A Python exception that ended a scenario. */
export interface PythonException {
  readonly section: string;
  /** `ValueError: …` */
  readonly message: string;
  /** Line in the scenario file, where the traceback passes through it. */
  readonly line?: number;
  readonly traceback: string;
}

/** Python objects found in the blocks of one loss record. */
export interface InspectedRecord {
  readonly recordNumber: number;
  readonly objects: readonly {
    /** Absent for blocks that hold no Python object. */
    readonly type?: string;
    readonly count: number;
    readonly refcount?: number;
    readonly values: readonly string[];
  }[];
}

/** What a process left behind that a scenario with `trace-children` started, in exit mode. */
export interface ChildObservation {
  /** What it was, as a report names it; without process ids. */
  readonly name: string;
  /** What a program left behind that was started. */
  readonly atExit: readonly LossRecord[];
  /** What a fork changed since it was made: what it inherited is its parent's. */
  readonly sinceFork: readonly LossRecord[];
  /** Whether a signal ended it, so that what it left behind is not known. */
  readonly wasKilled: boolean;
}

/** All that one run of one scenario gave, before anything is judged. */
export interface Observation {
  readonly outcome: ChildOutcome;
  readonly durationMs: number;
  readonly isolation: 'fork' | 'process';
  /** The last lines of standard output and standard error. */
  readonly output: string;
  /** Whether the agent said that everything ran to its end; for programs, whether they exited. */
  readonly completed: boolean;
  readonly exception?: PythonException;
  /** The allocator the probe found live: `malloc`, `pymalloc`, `mimalloc`; absent for programs. */
  readonly allocator?: string;
  /** Whether the interpreter ran with its GIL; absent for programs. */
  readonly gil?: boolean;
  /** Growth mode: what each interval changed, oldest first; only intervals that ended. */
  readonly intervals: readonly (readonly LossRecord[])[];
  /** Growth mode: resources at every checkpoint, one more than intervals. Exit mode: before and after. */
  readonly resources: readonly ResourceCounts[];
  /** What descriptors that were left open point to, where known. */
  readonly openDescriptors: readonly string[];
  /** Exit mode: what was left at exit. */
  readonly atExit: readonly LossRecord[];
  /** Those of the scenario's own process first; `child` names one that it started. */
  readonly errors: readonly {
    readonly error: MemoryError;
    readonly count: number;
    readonly child?: string;
  }[];
  /** With `trace-children`: the processes that the scenario started, oldest first. */
  readonly children?: readonly ChildObservation[];
  readonly fatalSignal?: {readonly signal: string; readonly stack: Stack};
  readonly suppressions: readonly UsedSuppression[];
  readonly inspected: readonly InspectedRecord[];
  /** Why valgrind's XML ends early, when it does. */
  readonly xmlProblem?: string;
}
