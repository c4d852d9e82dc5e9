import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter('en', {granularity: 'grapheme'});

/** Columns that plain text takes on a terminal. */
export const widthOf = (text: string): number => stringWidth(text);

/** The start of `text` that fits into `columns`, but no less than `atLeast` characters, and the rest. */
function splitAt(text: string, columns: number, atLeast: 0 | 1): readonly [head: string, rest: string] {
  let width = 0;
  let length = 0;
  for (const {segment, index} of graphemes.segment(text)) {
    width += stringWidth(segment);
    if (width > columns && (atLeast === 0 || index > 0)) break;
    length += segment.length;
  }
  return [text.slice(0, length), text.slice(length)];
}

/** Plain text cut to `columns` with `…` at its end when it is longer. */
export function truncate(text: string, columns: number): string {
  if (columns === Number.POSITIVE_INFINITY || widthOf(text) <= columns) return text;
  return columns < 1 ? '' : `${splitAt(text, columns - 1, 0)[0]}…`;
}

/** {@link truncate}, then filled with spaces to exactly `columns`. */
export function fit(text: string, columns: number): string {
  const cut = truncate(text, columns);
  return cut + ' '.repeat(Math.max(0, columns - widthOf(cut)));
}

const NUMBER = /^[+-]?\d[\d,.]*$/;

/** Words that are not torn apart, where they are short enough: a number and its noun, `name (place)`. */
function unitsOf(text: string, columns: number): string[] {
  const units: string[] = [];
  let last = '';
  for (const word of text.trim().split(/ +/)) {
    const unit = units.at(-1);
    const isBound =
      NUMBER.test(last) || word.startsWith('(') || (last.startsWith('(') && !last.includes(')'));
    if (unit !== undefined && isBound && widthOf(unit) + 1 + widthOf(word) <= columns / 2) {
      units[units.length - 1] = `${unit} ${word}`;
    } else {
      units.push(word);
    }
    last = word;
  }
  return units;
}

/**
 * Plain text in lines of at most `columns`, broken at spaces; a word that is longer than a line
 * is broken inside. Lines after the first start with `indent`.
 */
export function wrap(text: string, columns: number, indent = ''): string[] {
  if (columns === Number.POSITIVE_INFINITY || widthOf(text) <= columns) return [text];
  const lines: string[] = [];
  let line = text.match(/^ */)?.[0] ?? '';
  let isEmpty = true;
  const breakLine = () => {
    lines.push(line);
    line = indent;
    isEmpty = true;
  };
  for (let unit of unitsOf(text, columns)) {
    if (!isEmpty && widthOf(line) + 1 + widthOf(unit) > columns) breakLine();
    if (!isEmpty) line += ' ';
    while (widthOf(line) + widthOf(unit) > columns) {
      const [head, rest] = splitAt(unit, columns - widthOf(line), 1);
      line += head;
      unit = rest;
      breakLine();
    }
    line += unit;
    isEmpty = false;
  }
  return [...lines, line];
}

/** Plain text in pieces of at most `columns`, broken anywhere: for output whose spaces mean something. */
export function chop(text: string, columns: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (widthOf(rest) > columns) {
    const [head, tail] = splitAt(rest, columns, 1);
    pieces.push(head);
    rest = tail;
  }
  return [...pieces, rest];
}
