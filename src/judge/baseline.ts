import {Document, isMap, isScalar} from 'yaml';
import {z} from 'zod';
import {defined} from '../util/defined.js';
import type {Problem} from '../util/problem.js';
import {ok, type Result} from '../util/result.js';
import {unreachable} from '../util/unreachable.js';
import {parseYamlDocument} from '../util/yaml-document.js';
import {inOrder} from './compare.js';
import {roundRate} from './growth.js';
import {signatureText} from './signature.js';
import type {Baseline, BaselineEntry, Change, Finding} from './types.js';

const words = {note: z.string().optional(), issue: z.string().optional()};
const amount = z.number().min(0);

const baselineSchema = z.strictObject({
  mode: z.enum(['growth', 'exit']),
  leaks: z
    .record(
      z.string(),
      z.strictObject({kind: z.string(), blocks: amount, bytes: amount, stack: z.string(), ...words}),
    )
    .optional(),
  errors: z
    .record(z.string(), z.strictObject({kind: z.string(), count: amount, stack: z.string(), ...words}))
    .optional(),
  resources: z.record(z.string(), z.strictObject({count: amount, ...words})).optional(),
  interpreter: z
    .record(z.string(), z.strictObject({kind: z.string(), blocks: amount, bytes: amount, ...words}))
    .optional(),
});

/** The keys of a baseline file, in its order, and the type of finding each holds. */
const SECTIONS = [
  ['leaks', 'leak'],
  ['errors', 'error'],
  ['resources', 'resource'],
  ['interpreter', 'interpreter'],
] as const satisfies readonly (readonly [string, Finding['type']])[];

/** The baseline in `text`. Duplicate ids, as a bad merge makes them, are problems. */
export function parseBaseline(text: string, file: string): Result<Baseline, readonly Problem[]> {
  const document = parseYamlDocument(text, baselineSchema, file);
  if (!document.ok) return document;
  const {mode, ...sections} = document.value.value;
  const entries = SECTIONS.flatMap(([section, type]) =>
    Object.entries(sections[section] ?? {}).map(([id, entry]) => withoutUndefined({type, id, ...entry})),
  );
  return ok({mode, entries: entries.sort(inOrder)});
}

function withoutUndefined(entry: Record<string, unknown>): BaselineEntry {
  return Object.fromEntries(
    Object.entries(entry).filter(([, value]) => value !== undefined),
  ) as unknown as BaselineEntry;
}

/** The text of a baseline: one line per entry, so that a mended leak is a diff of one line. */
export function printBaseline(baseline: Baseline, scenario: string, build: string): string {
  const sections = SECTIONS.flatMap(([section, type]) => {
    const entries = baseline.entries.filter((entry) => entry.type === type).toSorted(inOrder);
    const printed = entries.map(({type: _type, id, ...rest}) => [id, rest]);
    return entries.length === 0 ? [] : [[section, Object.fromEntries(printed)]];
  });
  const document = new Document({mode: baseline.mode, ...Object.fromEntries(sections)});
  for (const [section] of SECTIONS) {
    const map = document.get(section, true);
    if (!isMap(map)) continue;
    for (const {key, value} of map.items) {
      // An id such as 123456789012 or 1e2345678901 would be read back as a number.
      if (isScalar(key)) key.type = /^[\de]+$/.test(String(key.value)) ? 'QUOTE_DOUBLE' : 'PLAIN';
      if (isMap(value)) value.flow = true;
    }
  }
  document.commentBefore = header(baseline.mode, scenario, build);
  return document.toString({lineWidth: 0, flowCollectionPadding: false});
}

function header(mode: Baseline['mode'], scenario: string, build: string): string {
  const units = mode === 'growth' ? 'per iteration' : 'at exit, above the floor of the build';
  return [
    ` ${scenario} on ${build}: what is known to be left behind, blocks and bytes ${units}.`,
    ' Written by leakline; note: and issue: are for you and survive updates. After a merge conflict:',
    ` leakline run ${scenario} --build ${build} --update changed`,
  ].join('\n');
}

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
 * `rewriteKnown`. A person's words are kept for every id that is still there, as they stand in
 * `stored`, which may be newer than the run.
 */
export function updateBaseline(
  mode: Baseline['mode'],
  changes: readonly Change[],
  stored: Baseline | undefined,
  rewriteKnown: boolean,
): Baseline {
  const storedEntry = ({type, id}: BaselineEntry) =>
    stored?.entries.find((entry) => entry.type === type && entry.id === id);
  const entries = changes.flatMap((change): BaselineEntry[] => {
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
  return {mode, entries: entries.toSorted(inOrder)};
}

function wordsOf(entry: BaselineEntry | undefined): Pick<BaselineEntry, 'note' | 'issue'> {
  return defined({note: entry?.note, issue: entry?.issue});
}
