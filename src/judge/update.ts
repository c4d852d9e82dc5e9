import type {Problem} from '../util/problem.js';
import {updateBaseline} from './baseline.js';
import {type BaselineStore, updateStoredBaseline} from './store.js';
import type {ScenarioResult} from './types.js';

/**
 * Which results replace their baselines.
 * - `none`: no baseline is written.
 * - `missing`: those of exit scenarios that have none.
 * - `changed`: also those in which something is new, grown, shrunk or fixed.
 * - `all`: every one that was measured, to the last digit.
 */
export const UPDATE_MODES = ['none', 'missing', 'changed', 'all'] as const;
export type UpdateMode = (typeof UPDATE_MODES)[number];

/** Whether `mode` writes the result's baseline. What was not measured is never written. */
export function isUpdated({status, changes}: ScenarioResult, mode: UpdateMode): boolean {
  if (status === 'failed' || status === 'timed-out' || status === 'skipped') return false;
  switch (mode) {
    case 'none':
      return false;
    case 'missing':
      return status === 'unbaselined';
    case 'changed':
      return status === 'unbaselined' || changes.some(({verdict}) => verdict !== 'known');
    case 'all':
      return true;
  }
}

/** What an update did. */
export interface BaselineUpdate {
  /** Results whose baseline is now what they say. */
  readonly accepted: ReadonlySet<ScenarioResult>;
  /** Files that were written or removed. */
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
}

/** Writes the baselines of all results that `mode` chooses; one that cannot be written stops no other. */
export async function updateBaselines(
  store: BaselineStore,
  results: readonly ScenarioResult[],
  mode: UpdateMode,
): Promise<BaselineUpdate> {
  const accepted = new Set<ScenarioResult>();
  const files: string[] = [];
  const problems: Problem[] = [];
  for (const result of results.filter((candidate) => isUpdated(candidate, mode))) {
    const {scenario, build, changes} = result;
    const written = await updateStoredBaseline(store, scenario, build, (stored) =>
      updateBaseline(result.mode, changes, stored, mode === 'all'),
    );
    if (!written.ok) {
      problems.push(...written.error);
      continue;
    }
    accepted.add(result);
    if (written.value !== undefined) files.push(written.value);
  }
  return {accepted, files, problems};
}
