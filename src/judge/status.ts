import type {Change, Status} from './types.js';

/** The status of a scenario that was measured, from its changes. */
export function statusOf(
  changes: readonly Change[],
  {mode, hadBaseline}: {readonly mode: 'growth' | 'exit'; readonly hadBaseline: boolean},
): Extract<Status, 'passed' | 'regressed' | 'improved' | 'unbaselined'> {
  if (mode === 'exit' && !hadBaseline) return 'unbaselined';
  if (changes.some(({verdict}) => verdict === 'new' || verdict === 'grown')) return 'regressed';
  return changes.some(({verdict}) => verdict === 'fixed' || verdict === 'shrunk') ? 'improved' : 'passed';
}

/** Whether the status makes a run fail, which is exit code 1. */
export function isFailing(status: Status): boolean {
  return status === 'regressed' || status === 'failed' || status === 'timed-out' || status === 'unbaselined';
}
