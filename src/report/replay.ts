import type {LeaklineEvent, RunSummary} from './events.js';
import {byName} from './text/order.js';

/** The events of a finished run once more, for any reporter; what was running when is not told. */
export function replay(summary: RunSummary, onEvent: (event: LeaklineEvent) => void): void {
  const {results, total, leaklineVersion, valgrindVersion, jobs} = summary;
  const builds = [...new Set(results.map(({build}) => build))].sort();
  onEvent({type: 'run-started', leaklineVersion, valgrindVersion, total, builds, jobs, replayed: true});
  for (const result of results.toSorted(byName)) onEvent({type: 'scenario-finished', result});
  onEvent({type: 'run-finished', summary});
}
