/** Strings longer than this are kept apart: they hardly ever repeat. */
const MAX_LENGTH = 1024;

/** The table starts anew beyond this many characters, so that no input can fill the memory. */
const MAX_CHARACTERS = 4 * 1024 * 1024;

/** What a string itself takes, counted as characters. */
const STRING_OVERHEAD = 128;

/**
 * Gives equal strings as one string. What it returns is a copy with memory of its own: a piece
 * cut from a chunk of input would keep the whole chunk alive.
 */
export function createIntern(): (text: string) => string {
  let known = new Map<string, string>();
  let characters = 0;
  return (text) => {
    if (text.length > MAX_LENGTH) return copy(text);
    const found = known.get(text);
    if (found !== undefined) return found;
    characters += STRING_OVERHEAD + text.length;
    if (characters > MAX_CHARACTERS) {
      known = new Map();
      characters = 0;
    }
    const own = copy(text);
    known.set(own, own);
    return own;
  };
}

const copy = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');
