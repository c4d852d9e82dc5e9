/** A longer line is passed on in pieces. */
const MAX_LINE = 65_536;

/** Text that valgrind writes with nothing escaped stands alone in such a line. */
const RAW_LINE = /^( *<(threadname|path|what)>)(.*)(<\/\2>)$/gm;

/** Such a line that was cut off before its end. */
const CUT_RAW_LINE = /^( *<(?:threadname|path|what)>)(.*)$/;

/** One search is several times as fast as one for each of the three. */
const RAW_TAG = /<(?:threadname|path|what)>/;

/** What cannot stand in text: `<`, and an `&` that starts no reference. */
const UNESCAPED = /<|&(?!(?:amp|lt|gt|quot|apos|#\w+);)/g;

/** Hands out whole lines. */
export interface LineSource {
  /** The lines that `text` completes. */
  readonly next: (text: string) => string;
  /** What stood after the last line break. */
  readonly rest: () => string;
}

/**
 * Cuts text into whole lines and escapes what valgrind forgets to: thread names (of all
 * versions; Python 3.14 names its threads `Thread-1 (<lambda>)` by itself) and the paths of
 * file descriptors (3.23 and later). See pp_Error in valgrind's coregrind/m_errormgr.c and
 * fd_pp_Error in coregrind/m_syswrap/syswrap-generic.c.
 */
export function createLineSource(): LineSource {
  let pending = '';
  return {
    next: (text) => {
      const all = pending + text;
      const end = all.lastIndexOf('\n') + 1;
      if (end === 0 && all.length < MAX_LINE) {
        pending = all;
        return '';
      }
      const cut = end === 0 ? all.length : end;
      pending = all.slice(cut);
      return escapeRawLines(all.slice(0, cut));
    },
    rest: () => {
      const isWhole = pending.search(RAW_LINE) !== -1;
      if (isWhole) return escapeRawLines(pending);
      return pending.replace(CUT_RAW_LINE, (_line, before: string, raw: string) => before + escapeRaw(raw));
    },
  };
}

function escapeRawLines(lines: string): string {
  if (!RAW_TAG.test(lines)) return lines;
  return lines.replace(
    RAW_LINE,
    (_line, before: string, _name: string, raw: string, after: string) =>
      `${before}${escapeRaw(raw)}${after}`,
  );
}

const escapeRaw = (raw: string): string =>
  raw.replace(UNESCAPED, (character) => (character === '<' ? '&lt;' : '&amp;'));
