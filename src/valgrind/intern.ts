/** Strings longer than this are kept apart: they hardly ever repeat. */
const MAX_LENGTH = 1024;

/** The table starts anew beyond this many strings, so that no input can fill the memory. */
const MAX_STRINGS = 65_536;

/**
 * Gives equal strings as one string. What it returns is a copy with memory of its own: a piece
 * cut from a chunk of input would keep the whole chunk alive.
 */
export function createIntern(): (text: string) => string {
  let known = new Map<string, string>();
  return (text) => {
    if (text.length > MAX_LENGTH) return copy(text);
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= MAX_STRINGS) known = new Map();
    const own = copy(text);
    known.set(own, own);
    return own;
  };
}

const copy = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');
