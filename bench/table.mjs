// The figures as a table for people.

const amount = (value, unit) =>
  value === undefined ? '' : `${value.toFixed(value < 10 ? 3 : value < 100 ? 1 : 0)} ${unit}`;

/** What a row is measured against, as far as it has such limits. */
const LIMITS = [
  {key: 'ratioAtMost', of: ({ratio}) => ratio, text: (limit) => `ratio ≤ ${limit}`, isMet: (a, b) => a <= b},
  {
    key: 'secondsAtMost',
    of: ({leakline}) => leakline,
    text: (limit) => `≤ ${limit} s`,
    isMet: (a, b) => a <= b,
  },
  {
    key: 'megabytesAtMost',
    of: ({leakline}) => leakline,
    text: (limit) => `≤ ${limit} MB`,
    isMet: (a, b) => a <= b,
  },
  {
    key: 'speedAtLeast',
    of: ({leakline}) => leakline,
    text: (limit) => `≥ ${limit} MB/s`,
    isMet: (a, b) => a >= b,
  },
];

/**
 * A benchmark's row with its ratio and whether its target is met; `met` is absent from rows that
 * are for information.
 */
export function judged(bench, {unit = 's', ...row}) {
  const ratio = row.alternative === undefined ? undefined : row.leakline / row.alternative;
  const limits = LIMITS.filter(({key}) => row[key] !== undefined);
  const target = limits.map(({key, text}) => text(row[key])).join(', ');
  const met = limits.every(({key, of, isMet}) => isMet(of({...row, ratio}), row[key]));
  return {bench, unit, ...row, ratio, ...(limits.length === 0 ? {} : {target, met})};
}

const COLUMNS = [
  {title: 'benchmark', of: ({bench}) => bench},
  {title: 'what', of: ({what}) => what},
  {title: 'leakline', of: ({leakline, unit}) => amount(leakline, unit), right: true},
  {title: 'alternative', of: ({alternative, unit}) => amount(alternative, unit), right: true},
  {title: 'ratio', of: ({ratio}) => (ratio === undefined ? '' : ratio.toFixed(3)), right: true},
  {title: 'target', of: ({target = '', aim}) => (aim === undefined ? target : `${target}, aim ${aim}`)},
  {title: 'met', of: ({met}) => (met === undefined ? '' : met ? 'yes' : 'NO')},
  {title: 'alternative is', of: ({alternativeName = ''}) => alternativeName},
];

/** @returns {string} the rows under a line of titles */
export function formatTable(rows) {
  const cells = [COLUMNS.map(({title}) => title), ...rows.map((row) => COLUMNS.map(({of}) => of(row)))];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const pad = (text, column) =>
    COLUMNS[column].right ? text.padStart(widths[column]) : text.padEnd(widths[column]);
  return cells.map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}
