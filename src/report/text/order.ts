import type {ScenarioResult} from '../../judge/types.js';
import {STATUSES} from './status.js';

/** By scenario, then build: scenarios that run in parallel end in any order. */
export const byName = (a: ScenarioResult, b: ScenarioResult): number =>
  a.scenario.localeCompare(b.scenario, 'en', {numeric: true}) ||
  a.build.localeCompare(b.build, 'en', {numeric: true});

/** Results that need no look first, so that the others end up next to the prompt. */
export function inReadingOrder(results: readonly ScenarioResult[]): readonly ScenarioResult[] {
  const rank = ({status}: ScenarioResult) => STATUSES.indexOf(status);
  return results.toSorted((a, b) => rank(a) - rank(b) || byName(a, b));
}

/** `parse` of `parse/error-path`, '' for a scenario in no folder. */
export const folderOf = (scenario: string): string =>
  scenario.slice(0, Math.max(0, scenario.lastIndexOf('/')));
