import {harmless} from './harmless.js';
import type {Paint} from './paint.js';
import {wrap} from './width.js';

/** Columns of a label, with the two before it and the space after it. */
export const LABEL_COLUMNS = 12;

/** A label and what is said under it. */
export interface Field {
  readonly label: string;
  /** Lines without their indentation, painted and cut already. */
  readonly lines: readonly string[];
}

/** A field of plain text, which may have several lines, wrapped to `columns` for the whole line. */
export function textField(label: string, text: string, columns: number): Field {
  const lines = harmless(text).split('\n');
  return {label, lines: lines.flatMap((line) => wrap(line, columns - LABEL_COLUMNS))};
}

/** The fields in two columns, indented by two. */
export function fieldLines(fields: readonly Field[], paint: Paint): string[] {
  return fields.flatMap(({label, lines}) =>
    lines.map((line, index) => {
      const shown = label.padEnd(LABEL_COLUMNS - 2);
      return `  ${index === 0 ? paint.dim(shown) : ' '.repeat(shown.length)}${line}`;
    }),
  );
}
