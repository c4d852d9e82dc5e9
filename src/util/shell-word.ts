/** Words that a POSIX shell takes as they are. */
const SAFE_WORD = /^[\w@%+=:,./-]+$/;

/** `word` as a POSIX shell has to read it to get just that word. */
export const shellWord = (word: string): string =>
  SAFE_WORD.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
