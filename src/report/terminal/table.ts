import Table from 'cli-table3';
import type {ScenarioResult} from '../../judge/types.js';
import type {Paint} from '../text/paint.js';
import {brushOf, statusWord} from '../text/status.js';
import {truncate, widthOf} from '../text/width.js';
import {type Row, tableRows} from './rows.js';

const COLUMNS = ['scenario', 'build', 'status', 'what', 'time'] as const;
type Column = (typeof COLUMNS)[number];
type Cells = Readonly<Record<Column, string>>;

const HEAD: Cells = {scenario: 'scenario', build: 'build', status: 'status', what: 'what', time: 'time'};

/** Columns between two cells. */
const GAP = 2;

/** Columns that a cell keeps however narrow the terminal is. */
const LEAST = {scenario: 12, build: 8, what: 10};

/** No lines between cells: they cost columns and are in the way when a name is copied. */
const CHARS = {
  ...Object.fromEntries(
    [
      ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
      ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
    ].map((name) => [name, '']),
  ),
  middle: ' '.repeat(GAP),
};

/** All results as a table of at most `columns` columns; no line without results. */
export function tableLines(
  results: readonly ScenarioResult[],
  {paint, columns}: {readonly paint: Paint; readonly columns: number},
): string[] {
  const rows = tableRows(results);
  if (rows.length === 0) return [];
  const cells = rows.map((row): Cells => ({...row, status: statusWord(row.status)}));
  const widths = widthsOf([HEAD, ...cells], columns);
  const cut = (row: Cells): Cells => ({
    ...row,
    scenario: truncate(row.scenario, widths.scenario),
    build: truncate(row.build, widths.build),
    what: truncate(row.what, widths.what),
  });
  const table = new Table({
    chars: CHARS,
    style: {'padding-left': 0, 'padding-right': 0, head: [], border: []},
    colAligns: COLUMNS.map((column) => (column === 'time' ? 'right' : 'left')),
  });
  const head = cut(HEAD);
  table.push(COLUMNS.map((column) => paint.dim(head[column])));
  for (const [index, row] of rows.entries()) {
    const shown = painted(cut(cells[index] ?? HEAD), row, paint);
    table.push(COLUMNS.map((column) => shown[column]));
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

const painted = (cells: Cells, {status}: Row, paint: Paint): Cells => ({
  ...cells,
  status: brushOf(status, paint)(cells.status),
  time: paint.dim(cells.time),
});

/** The columns each cell needs; scenario, build and what share what there is when it is too little. */
function widthsOf(rows: readonly Cells[], columns: number): Readonly<Record<Column, number>> {
  const widest = (column: Column) => Math.max(...rows.map((row) => widthOf(row[column])));
  const needed = {
    scenario: widest('scenario'),
    build: widest('build'),
    status: widest('status'),
    what: widest('what'),
    time: widest('time'),
  };
  const room = columns - GAP * (COLUMNS.length - 1) - needed.status - needed.time;
  if (needed.scenario + needed.build + needed.what <= room) return needed;
  const build = Math.min(needed.build, Math.max(LEAST.build, Math.floor(room / 4)));
  const both = Math.max(LEAST.scenario + LEAST.what, room - build);
  const half = Math.max(both - needed.what, Math.floor(both / 2));
  const scenario = Math.max(LEAST.scenario, Math.min(needed.scenario, half));
  return {...needed, build, scenario, what: Math.max(LEAST.what, both - scenario)};
}
