/** One location line of a rule. */
export type SuppressionFrame =
  | {
      /** `src` is known to valgrind 3.14 and later; its pattern may end in `:LINE`. */
      readonly type: 'fun' | 'obj' | 'src';
      /** With the wildcards `*` and `?`; C++ and Rust names are mangled. */
      readonly pattern: string;
    }
  /** `...`: any number of frames. */
  | {readonly type: 'any'};

/** How an entry stands in its file: text as it is, and places for the entry's own lines, in order. */
export type LayoutPart = string | {readonly slot: 'name' | 'kind' | 'extra' | 'frame'};

/** One rule of a suppression file. */
export interface SuppressionEntry {
  readonly name: string;
  /** `Memcheck`, `CoreError`, … */
  readonly tools: readonly string[];
  /** `Cond`, `Leak`, `Addr8`, … */
  readonly kind: string;
  /** What a Param, Leak or FishyValue rule says beyond its kind: `write(buf)`, `match-leak-kinds: definite`. */
  readonly extra: readonly string[];
  /** Innermost first. */
  readonly frames: readonly SuppressionFrame[];
  /** Comments right before and inside the rule, without their `#`: the reason for it. */
  readonly comments: readonly string[];
  /** Where the rule's `{` stands, the line counted from 1; absent in a rule that was made, not read. */
  readonly place?: {readonly file: string; readonly line: number};
  /** Absent in a rule that was made, not read. */
  readonly layout?: readonly LayoutPart[];
}

export interface SuppressionFile {
  readonly entries: readonly SuppressionEntry[];
  /** Text after the last entry: comments and blank lines. */
  readonly end: string;
}
