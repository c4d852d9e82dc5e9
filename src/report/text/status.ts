import type {Change, Finding, ScenarioResult, Status} from '../../judge/types.js';
import {unreachable} from '../../util/unreachable.js';
import {formatNumber, quantity} from './numbers.js';
import type {Paint} from './paint.js';

/** Every status, those that need no look first. */
export const STATUSES = [
  'passed',
  'skipped',
  'improved',
  'unbaselined',
  'timed-out',
  'failed',
  'regressed',
] as const satisfies readonly Status[];

/** The status as a reader's word. */
export const statusWord = (status: Status): string => (status === 'timed-out' ? 'timed out' : status);

/** The colour of a status. */
export function brushOf(status: Status, paint: Paint): (text: string) => string {
  switch (status) {
    case 'passed':
    case 'improved':
      return paint.good;
    case 'skipped':
      return paint.dim;
    case 'unbaselined':
      return paint.warn;
    case 'regressed':
    case 'failed':
    case 'timed-out':
      return paint.bad;
    default:
      return unreachable(status);
  }
}

/** How many results have each status. */
export function countStatuses(results: readonly ScenarioResult[]): Readonly<Record<Status, number>> {
  const counts = {
    passed: 0,
    skipped: 0,
    improved: 0,
    unbaselined: 0,
    'timed-out': 0,
    failed: 0,
    regressed: 0,
  };
  for (const {status} of results) counts[status]++;
  return counts;
}

/** `42 passed, 1 improved, 1 regressed`, '' when there are none. */
export function statusCounts(counts: Readonly<Record<Status, number>>): string {
  return STATUSES.filter((status) => counts[status] > 0)
    .map((status) => `${formatNumber(counts[status])} ${statusWord(status)}`)
    .join(', ');
}

const NOUNS: Readonly<Record<Finding['type'], string>> = {
  leak: 'leak',
  error: 'memory error',
  resource: 'resource leak',
  interpreter: 'interpreter total',
};

const VERDICTS = ['new', 'grown', 'shrunk', 'fixed', 'known'] as const;

const typeOf = (change: Change) => (change.verdict === 'fixed' ? change.before : change.now).type;

/** `1 new leak, 2 known leaks`; findings of several types in one verdict are told apart. */
export function changeCounts(changes: readonly Change[]): string {
  const parts = VERDICTS.flatMap((verdict) => {
    const ofVerdict = changes.filter((change) => change.verdict === verdict);
    return (['leak', 'error', 'resource', 'interpreter'] as const).flatMap((type) => {
      const count = ofVerdict.filter((change) => typeOf(change) === type).length;
      return count === 0 ? [] : [quantity(count, `${verdict} ${NOUNS[type]}`)];
    });
  });
  return parts.join(', ');
}
