import type {ScenarioResult} from '../../judge/types.js';

/** How often each suppression rule was used over all results, most used first. */
export function suppressionUses(
  results: readonly ScenarioResult[],
): readonly {readonly name: string; readonly count: number}[] {
  const counts = new Map<string, number>();
  for (const {name, count} of results.flatMap(({suppressions}) => suppressions)) {
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return [...counts]
    .map(([name, count]) => ({name, count}))
    .sort((a, b) => b.count - a.count || a.name.localeCompare(b.name, 'en'));
}
