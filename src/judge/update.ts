import type {Problem} from '../util/problem.js';
import {entryOf, updateBaseline} from './baseline.js';
import {inOrder} from './compare.js';
import {type BaselineStore, INTERPRETER, updateStoredBaseline} from './store.js';
import type {BaselineEntry, Change, ScenarioResult} from './types.js';
import type {UpdateMode} from './update-mode.js';

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

/**
 * Accepts the leaks that are new and the interpreter's own (no frame of an extension is in their
 * stack) for all scenarios of their build, in the build's baseline. It takes a person to say so:
 * Python code that keeps more and more objects looks the same.
 */
export async function acceptInterpreterLeaks(
  store: BaselineStore,
  results: readonly ScenarioResult[],
): Promise<Omit<BaselineUpdate, 'accepted'>> {
  const files: string[] = [];
  const problems: Problem[] = [];
  for (const build of new Set(results.map((result) => result.build))) {
    const entries = results
      .filter((result) => result.build === build && result.mode === 'growth')
      .flatMap(({changes}) => changes.flatMap(interpreterEntry));
    if (entries.length === 0) continue;
    const written = await updateStoredBaseline(store, INTERPRETER, build, (stored) => {
      const kept = stored?.entries ?? [];
      const added = entries.filter(({id}) => !kept.some((entry) => entry.id === id));
      const unique = [...new Map(added.map((entry) => [entry.id, entry])).values()];
      return {mode: 'growth', entries: [...kept, ...unique].toSorted(inOrder)};
    });
    if (!written.ok) problems.push(...written.error);
    else if (written.value !== undefined) files.push(written.value);
  }
  return {files, problems};
}

function interpreterEntry(change: Change): readonly BaselineEntry[] {
  if (change.verdict !== 'new' || change.now.type !== 'leak' || change.now.interpreterId === undefined)
    return [];
  const frames = change.now.frames.filter(({origin}) => origin === 'interpreter');
  return [{...entryOf({...change.now, frames}, 'growth'), id: change.now.interpreterId}];
}
