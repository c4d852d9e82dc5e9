import type {ScenarioResult, Status} from '../../judge/types.js';
import {groupBy} from '../../util/group-by.js';
import {harmlessLine} from '../text/harmless.js';
import {formatDuration, quantity} from '../text/numbers.js';
import {folderOf, inReadingOrder} from '../text/order.js';
import {changeCounts} from '../text/status.js';

/** Up to this many results are listed one by one; beyond, those that passed are one row per folder. */
const MAX_ROWS = 30;

/** One line of the table of results. */
export interface Row {
  readonly status: Status;
  readonly scenario: string;
  readonly build: string;
  /** Counts of changes, or why there is no measurement. */
  readonly what: string;
  readonly time: string;
}

/** The rows of the table, those that need a look last. */
export function tableRows(results: readonly ScenarioResult[]): readonly Row[] {
  const ordered = inReadingOrder(results);
  if (ordered.length <= MAX_ROWS) return ordered.map(rowOf);
  return [
    ...foldedRows(ordered.filter(({status}) => status === 'passed')),
    ...ordered.filter(({status}) => status !== 'passed').map(rowOf),
  ];
}

function rowOf(result: ScenarioResult): Row {
  return {
    status: result.status,
    scenario: harmlessLine(result.scenario),
    build: harmlessLine(result.build),
    what: harmlessLine(whatOf(result)),
    time: timeOf(result),
  };
}

function timeOf({status, cached, durationMs}: ScenarioResult): string {
  if (status === 'skipped') return '';
  return cached ? 'cached' : formatDuration(durationMs);
}

/** What the table and a log line say beside a status. */
export function whatOf({status, changes, failure, notes}: ScenarioResult): string {
  if (status === 'failed' || status === 'timed-out') return failure?.message ?? '';
  return status === 'skipped' ? (notes[0] ?? '') : changeCounts(changes);
}

/** What passed, as one row per folder and build; a folder with one result keeps that one's name. */
function foldedRows(passed: readonly ScenarioResult[]): readonly Row[] {
  const groups = groupBy(passed, ({scenario, build}) => `${build}\n${folderOf(scenario)}`);
  return [...groups.values()].flatMap((group): Row[] => {
    const [first] = group;
    if (first === undefined || group.length === 1) return group.map(rowOf);
    const folder = folderOf(first.scenario);
    const counts = changeCounts(group.flatMap(({changes}) => changes));
    const timeMs = group.reduce((sum, {durationMs, cached}) => sum + (cached ? 0 : durationMs), 0);
    return [
      {
        status: 'passed',
        scenario: harmlessLine(folder === '' ? '*' : `${folder}/*`),
        build: harmlessLine(first.build),
        what: [quantity(group.length, 'scenario'), counts].filter(Boolean).join(', '),
        time: group.every(({cached}) => cached) ? 'cached' : formatDuration(timeMs),
      },
    ];
  });
}
