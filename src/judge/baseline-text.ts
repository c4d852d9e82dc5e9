import {Document, isMap, visit} from 'yaml';
import {z} from 'zod';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {parseYamlDocument} from '../util/yaml-document.js';
import {inOrder} from './compare.js';
import type {Baseline, BaselineEntry, Finding} from './types.js';

const words = {note: z.string().optional(), issue: z.string().optional()};
const amount = z.number().min(0);
/** Fewer than before when larger blocks gave way to more and smaller ones. */
const bytes = z.number();

const baselineSchema = z.strictObject({
  mode: z.enum(['growth', 'exit']),
  leaks: z
    .record(
      z.string(),
      z.strictObject({kind: z.string(), blocks: amount, bytes, stack: z.string(), ...words}),
    )
    .optional(),
  errors: z
    .record(z.string(), z.strictObject({kind: z.string(), count: amount, stack: z.string(), ...words}))
    .optional(),
  resources: z.record(z.string(), z.strictObject({count: amount, ...words})).optional(),
  interpreter: z
    .record(z.string(), z.strictObject({kind: z.string(), blocks: amount, bytes, ...words}))
    .optional(),
});

/** The keys of a baseline file, in its order, and the type of finding each holds. */
const SECTIONS = [
  ['leaks', 'leak'],
  ['errors', 'error'],
  ['resources', 'resource'],
  ['interpreter', 'interpreter'],
] as const satisfies readonly (readonly [string, Finding['type']])[];

/** The baseline in `text`. Merge conflicts and duplicate ids, as a bad merge makes them, are problems. */
export function parseBaseline(text: string, file: string): Result<Baseline, readonly Problem[]> {
  const conflict = text.split('\n').findIndex((line) => CONFLICT_MARK.test(line));
  if (conflict !== -1) {
    return fail([
      {
        file,
        line: conflict + 1,
        column: 1,
        message: 'holds a merge conflict',
        next: 'take either side of it, then run the scenario with --update changed',
      },
    ]);
  }
  const document = parseYamlDocument(text, baselineSchema, file);
  if (!document.ok) return document;
  const {mode, ...sections} = document.value.value;
  const entries = SECTIONS.flatMap(([section, type]) =>
    Object.entries(sections[section] ?? {}).map(([id, entry]) => withoutUndefined({type, id, ...entry})),
  );
  return ok({mode, entries: entries.sort(inOrder)});
}

const CONFLICT_MARK = /^(<{7}|\|{7}|={7}|>{7})( |\r?$)/;

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
    for (const {value} of map.items) if (isMap(value)) value.flow = true;
  }
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === 'string' && CONTROL.test(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  document.commentBefore = header(baseline.mode, scenario, build);
  const text = document.toString({
    lineWidth: 0,
    flowCollectionPadding: false,
    doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY,
  });
  // JSON's rules, by which texts are quoted, leave these as they are.
  return text.replace(/[\u007F-\u009F\uFEFF]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${code}`;
  });
}

/** Line ends, which would give an entry several lines, and what no YAML file may hold as it is. */
const CONTROL = /\p{Cc}|\uFEFF/u;

function header(mode: Baseline['mode'], scenario: string, build: string): string {
  const units = mode === 'growth' ? 'per iteration' : 'at exit, above the floor of the build';
  return [
    ` ${scenario} on ${build}: what is known to be left behind, blocks and bytes ${units}.`,
    ' Written by leakline; note: and issue: are for you and survive updates. After a merge conflict,',
    ` take either side, then: leakline run ${scenario} --build ${build} --update changed`,
  ].join('\n');
}
