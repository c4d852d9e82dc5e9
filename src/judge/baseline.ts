import {defined} from '../util/defined.js';
import {unreachable} from '../util/unreachable.js';
import {inOrder} from './compare.js';
import {roundRate} from './growth.js';
import {signatureText} from './signature.js';
import type {Baseline, BaselineEntry, Change, Finding} from './types.js';

/** What is stored of a finding. */
export function entryOf(finding: Finding, mode: Baseline['mode']): BaselineEntry {
  const amountOf = mode === 'growth' ? roundRate : (exact: number) => exact;
  switch (finding.type) {
    case 'leak':
      return {
        type: 'leak',
        id: finding.id,
        kind: finding.kind,
        blocks: amountOf(finding.blocks),
        bytes: amountOf(finding.bytes),
        stack: signatureText(finding.frames),
      };
    case 'error':
      return {
        type: 'error',
        id: finding.id,
        kind: finding.kind,
        count: finding.count,
        stack: signatureText(finding.frames),
      };
    case 'resource':
      return {type: 'resource', id: finding.id, count: amountOf(finding.count)};
    case 'interpreter':
      return {
        type: 'interpreter',
        id: finding.id,
        kind: finding.kind,
        blocks: finding.blocks,
        bytes: finding.bytes,
      };
    default:
      return unreachable(finding);
  }
}

/**
 * The baseline after `changes` are accepted. Known entries stay as they are, to the letter, unless
 * `rewriteKnown`. `stored` may be newer than the run: a person's words are kept for every id that
 * is still there, and so are entries that the run was not compared with.
 */
export function updateBaseline(
  mode: Baseline['mode'],
  changes: readonly Change[],
  stored: Baseline | undefined,
  rewriteKnown: boolean,
): Baseline {
  const storedEntry = (wanted: Subject) => stored?.entries.find((entry) => isSame(entry, wanted));
  const compared = changes.flatMap((change): BaselineEntry[] => {
    switch (change.verdict) {
      case 'fixed':
        return [];
      case 'known': {
        // Known through the build's own baseline: not repeated in the scenario's.
        if (change.now.id !== change.before.id) return [];
        const now = entryOf(change.now, mode);
        const before = storedEntry(now) ?? change.before;
        return [rewriteKnown ? {...now, ...wordsOf(before)} : before];
      }
      case 'new':
      case 'grown':
      case 'shrunk': {
        const now = entryOf(change.now, mode);
        return [{...now, ...wordsOf(storedEntry(now))}];
      }
      default:
        return unreachable(change);
    }
  });
  const subjects = changes.map((change) => (change.verdict === 'fixed' ? change.before : change.now));
  const others = (stored?.mode === mode ? stored.entries : []).filter(
    (entry) => !subjects.some((subject) => isSame(entry, subject)),
  );
  return {mode, entries: [...compared, ...others].sort(inOrder)};
}

type Subject = Pick<BaselineEntry, 'type' | 'id'>;

const isSame = (a: Subject, b: Subject) => a.type === b.type && a.id === b.id;

function wordsOf(entry: BaselineEntry | undefined): Pick<BaselineEntry, 'note' | 'issue'> {
  return defined({note: entry?.note, issue: entry?.issue});
}
