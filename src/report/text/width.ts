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

/** Units over this share of a line would leave too much of the line before them empty. */
const MOST_OF_A_LINE = 2 / 3;

const NUMBER = /^[+-]?\d[\d,.]*$/;

interface Unit {
  /** The spaces before it, which go when a line is broken there. */
  readonly gap: string;
  readonly text: string;
}

/** Words that are not torn apart, where they are short enough: a number and its noun, `name (place)`. */
function unitsOf(text: string, columns: number): readonly Unit[] {
  const units: Unit[] = [];
  let last = '';
  for (const [, gap = '', word = ''] of text.matchAll(/( *)([^ ]+)/g)) {
    const unit = units.at(-1);
    const isBound =
      NUMBER.test(last) || word.startsWith('(') || (last.startsWith('(') && !last.includes(')'));
    const joined = (unit?.text ?? '') + gap + word;
    if (unit !== undefined && isBound && widthOf(joined) <= MOST_OF_A_LINE * columns) {
      units[units.length - 1] = {gap: unit.gap, text: joined};
    } else {
      units.push({gap, text: word});
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
  let line = '';
  let isEmpty = true;
  const breakLine = () => {
    lines.push(line);
    line = indent;
    isEmpty = true;
  };
  for (const {gap, text: unit} of unitsOf(text, columns)) {
    if (!isEmpty && widthOf(line + gap + unit) > columns) breakLine();
    // Spaces at the start of the text are its indentation.
    if (!isEmpty || lines.length === 0) line += gap;
    let rest = unit;
    while (widthOf(line + rest) > columns) {
      const [head, tail] = splitAt(rest, columns - widthOf(line), 1);
      line += head;
      rest = tail;
      breakLine();
    }
    if (rest !== '') {
      line += rest;
      isEmpty = false;
    }
  }
  return isEmpty && lines.length > 0 ? lines : [...lines, line];
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
  return rest === '' && pieces.length > 0 ? pieces : [...pieces, rest];
}
