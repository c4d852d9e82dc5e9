/** One line of a suppression file as valgrind reads it (get_nbnc_line in coregrind/m_errormgr.c). */
export interface SuppressionLine {
  /** Counted from 1. */
  readonly number: number;
  readonly role: 'blank' | 'comment' | 'content';
  /** The line without its indentation and without blanks at its end. */
  readonly content: string;
  /** The text before and after `content`; the latter with the line break. */
  readonly before: string;
  readonly after: string;
}

/** Valgrind's VG_(isspace). */
const LINE = /^([ \t\v\f\r]*)(.*?)([ \t\v\f\r]*\n?)$/s;

/**
 * Valgrind neither trims nor recognises a comment in a last line that has no line break; such a
 * line is content here too.
 */
export function splitLines(text: string): readonly SuppressionLine[] {
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((raw, index) => {
    const number = index + 1;
    const isEnded = raw.endsWith('\n');
    const match = LINE.exec(raw);
    const before = match?.[1] ?? '';
    const content = isEnded ? (match?.[2] ?? '') : raw.slice(before.length);
    const after = raw.slice(before.length + content.length);
    const role = content === '' ? 'blank' : content.startsWith('#') && isEnded ? 'comment' : 'content';
    return {number, role, content, before, after};
  });
}
