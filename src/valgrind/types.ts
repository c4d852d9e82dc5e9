/** Memcheck's leak kinds, in the order of its manual (section "Memory leak detection"). */
export const LEAK_KINDS = ['definite', 'indirect', 'possible', 'reachable'] as const;
export type LeakKind = (typeof LEAK_KINDS)[number];

/** One frame of a stack as valgrind writes it: what it could not find out is absent. */
export interface Frame {
  /** Instruction pointer, `0x…`. */
  readonly ip: string;
  /** Path of the object file. */
  readonly object?: string;
  readonly function?: string;
  /** Set when a perf map named the frame: `function` and `file` are Python's. */
  readonly language?: 'python';
  readonly directory?: string;
  readonly file?: string;
  readonly line?: number;
}

/** Innermost frame first. */
export type Stack = readonly Frame[];

/** Blocks of one kind that share an allocation stack. */
export interface LossRecord {
  readonly type: 'loss-record';
  readonly kind: LeakKind;
  /**
   * Bytes of these blocks alone. Valgrind's `<leakedbytes>` adds the indirectly lost bytes under
   * them, which have loss records of their own: a sum over records would count them twice.
   */
  readonly bytes: number;
  readonly blocks: number;
  /** Change since the previous leak check of the process, present in delta checks only. */
  readonly bytesChange?: number;
  readonly blocksChange?: number;
  /** Bytes that are lost only because these blocks are; definite records only, absent when 0. */
  readonly indirectBytes?: number;
  readonly indirectBytesChange?: number;
  /** N of "loss record N of M": what `block_list N` takes. */
  readonly recordNumber?: number;
  readonly stack: Stack;
  /** The rule that would hide it, with mangled names; with `--gen-suppressions=all` only. */
  readonly suppression?: string;
}

/** An error other than a leak. */
export interface MemoryError {
  readonly type: 'error';
  /** Valgrind's own `<unique>`: ties the error to its final count. */
  readonly unique: string;
  /** Memcheck's error kind: InvalidRead, UninitCondition, InvalidFree, … */
  readonly kind: string;
  /** Valgrind's sentence: "Invalid read of size 4". */
  readonly what: string;
  /** The first stack is where it happened; the others say more, each under its `auxwhat`. */
  readonly stacks: readonly {readonly what?: string; readonly frames: Stack}[];
  /** The rule that would hide it, with mangled names; with `--gen-suppressions=all` only. */
  readonly suppression?: string;
}

/** A suppression that was used, and how often. */
export interface UsedSuppression {
  readonly type: 'suppression';
  readonly name: string;
  readonly count: number;
}

/** What valgrind's XML says, in its order. */
export type XmlItem =
  | {readonly type: 'preamble'; readonly protocol: number}
  | {readonly type: 'process'; readonly pid: number; readonly argv: readonly string[]}
  | {readonly type: 'status'; readonly state: 'RUNNING' | 'FINISHED'}
  | LossRecord
  | MemoryError
  | {readonly type: 'error-count'; readonly unique: string; readonly count: number}
  | UsedSuppression
  /** Text of VALGRIND_PRINTF, trimmed; with the stack of VALGRIND_PRINTF_BACKTRACE. */
  | {readonly type: 'client-message'; readonly text: string; readonly stack?: Stack}
  /** valgrind's report of a signal that ends the process. */
  | {
      readonly type: 'fatal-signal';
      /** `SIGSEGV` */
      readonly signal: string;
      /** What the signal's code means: "Access not within mapped region". */
      readonly event?: string;
      /** The address that was accessed, `0x…`. */
      readonly address?: string;
      readonly stack: Stack;
    }
  /** A descriptor left open at exit, written with --track-fds=yes by valgrind ≥ 3.23. */
  | {
      readonly type: 'open-descriptor';
      readonly descriptor: number;
      readonly path?: string;
      /** Valgrind's sentence: "Open AF_INET socket 6: …". */
      readonly what?: string;
      readonly stack: Stack;
    };
