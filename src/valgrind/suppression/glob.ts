/** How two sequences are compared: one of patterns, one of what is there. */
export interface SequenceMatch<P, I> {
  /** Whether the pattern stands for any number of items, none included. */
  readonly isStar: (pattern: P) => boolean;
  readonly isMatch: (pattern: P, item: I) => boolean;
  /** Whether items may be left over when the patterns are used up. */
  readonly isPrefix: boolean;
}

/**
 * What VG_(generic_match) in valgrind's coregrind/m_seqmatch.c decides, without its recursion:
 * only the last star ever needs another try, since an earlier one that took more would leave
 * less to the rest.
 */
export function matchSequence<P, I>(
  patterns: ArrayLike<P>,
  items: ArrayLike<I>,
  {isStar, isMatch, isPrefix}: SequenceMatch<P, I>,
): boolean {
  let p = 0;
  let i = 0;
  let retryPattern: number | undefined;
  let retryItem = 0;
  for (;;) {
    const pattern = patterns[p];
    if (p < patterns.length && isStar(pattern as P)) {
      p++;
      retryPattern = p;
      retryItem = i;
    } else if (p === patterns.length && (isPrefix || i === items.length)) {
      return true;
    } else if (p < patterns.length && i < items.length && isMatch(pattern as P, items[i] as I)) {
      p++;
      i++;
    } else if (retryPattern !== undefined && retryItem < items.length) {
      retryItem++;
      p = retryPattern;
      i = retryItem;
    } else {
      return false;
    }
  }
}

/** Whether `pattern` with the wildcards `*` and `?` is the whole of `text`. */
export function matchGlob(pattern: string, text: string): boolean {
  return matchSequence(pattern, text, {
    isStar: (character) => character === '*',
    isMatch: (wanted, character) => wanted === '?' || wanted === character,
    isPrefix: false,
  });
}
