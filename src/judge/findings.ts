import type {Observation, ResourceCounts} from '../run/observation.js';
import {defined} from '../util/defined.js';
import {LEAK_KINDS, type LeakKind, type LossRecord} from '../valgrind/types.js';
import {nameStack} from './frames.js';
import {type AmountOf, change, type Group, groupBySignature, mainKind, type Place, total} from './group.js';
import {rateOf, type Trend, trendOf, trendOfMemory} from './growth.js';
import {signatureOf, withinScenario} from './signature.js';
import {
  type ErrorFinding,
  type InterpreterFinding,
  type LeakedObjects,
  type LeakFinding,
  RESOURCES,
  type ResourceFinding,
  type Totals,
} from './types.js';

/** Something that a growth measurement saw grow, and how. */
export interface Growth {
  readonly trend: Exclude<Trend, 'level'>;
  readonly finding: LeakFinding | ResourceFinding;
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

function leakOf(group: Group, blocks: number, bytes: number): LeakFinding {
  const {id, attribution, interpreterId, frames} = group.signature;
  return {
    type: 'leak',
    id,
    kind: mainKind(group.byKind),
    blocks,
    bytes,
    attribution,
    ...(interpreterId === undefined ? {} : {interpreterId}),
    frames,
    stack: group.stack,
  };
}

/** Every signature and resource that gained over the measurement, steadily or not. */
export function growthsOf(observation: Observation, iterations: number, place: Place): readonly Growth[] {
  return [
    ...leakGrowths(observation, iterations, place),
    ...resourceGrowths(observation.resources, observation.openDescriptors, iterations),
  ];
}

function leakGrowths({intervals, inspected}: Observation, iterations: number, place: Place): Growth[] {
  const perInterval = intervals.map((records) => groupBySignature(records, place, change));
  const overall = groupBySignature(intervals.flat(), place, change);
  return [...overall.values()].flatMap((group): Growth[] => {
    const groups = perInterval.map((interval) => interval.get(group.signature.id));
    const blocks = groups.map((interval) => interval?.blocks ?? 0);
    const bytes = groups.map((interval) => interval?.bytes ?? 0);
    const trend = trendOfMemory(blocks, bytes);
    if (trend === 'level') return [];
    const numbers = new Set(groups.at(-1)?.recordNumbers);
    const objects = inspected
      .filter(({recordNumber}) => numbers.has(recordNumber))
      .flatMap((record) => record.objects);
    const finding = {
      ...leakOf(group, Math.max(0, rateOf(blocks, iterations)), rateOf(bytes, iterations)),
      intervals: blocks,
      ...(objects.length === 0 ? {} : {objects: mergeObjects(objects)}),
    };
    return [{trend, finding}];
  });
}

/** The same type found in several records of one signature is told once; objects come before their memory. */
function mergeObjects(objects: readonly LeakedObjects[]): readonly LeakedObjects[] {
  const byType = new Map<string | undefined, LeakedObjects>();
  for (const {type, count, refcount, values} of objects) {
    const known = byType.get(type);
    const common = known === undefined || known.refcount === refcount ? refcount : undefined;
    byType.set(type, {
      ...(type === undefined ? {} : {type}),
      count: count + (known?.count ?? 0),
      ...(common === undefined ? {} : {refcount: common}),
      values: [...(known?.values ?? []), ...values].slice(0, 3),
    });
  }
  const isRaw = ({type}: LeakedObjects) => Number(type === undefined);
  return [...byType.values()].sort((a, b) => isRaw(a) - isRaw(b) || b.count - a.count);
}

function resourceGrowths(
  rows: readonly ResourceCounts[],
  openDescriptors: readonly string[],
  iterations: number,
): Growth[] {
  return RESOURCES.flatMap((id): Growth[] => {
    const gains = rows.slice(1).map((row, index) => row[id] - (rows[index]?.[id] ?? 0));
    const trend = trendOf(gains);
    if (trend === 'level') return [];
    const details = id === 'descriptors' ? openDescriptors : [];
    return [
      {trend, finding: {type: 'resource', id, count: rateOf(gains, iterations), intervals: gains, details}},
    ];
  });
}

/** Memory errors by kind and place. */
export function errorsOf({errors}: Pick<Observation, 'errors'>, place: Place): readonly ErrorFinding[] {
  const byId = new Map<string, ErrorFinding>();
  for (const {error, count, child} of errors) {
    const [first, ...others] = error.stacks.map(({what = '', frames}) => ({
      what,
      stack: withinScenario(nameStack(frames, place), place.scenarioFile),
    }));
    const stack = first?.stack ?? [];
    const {id, frames} = signatureOf(stack, place.scenarioFile, error.kind);
    const known = byId.get(id);
    byId.set(id, {
      type: 'error',
      id,
      kind: error.kind,
      what: known?.what ?? error.what,
      count: count + (known?.count ?? 0),
      frames,
      stack: known?.stack ?? stack,
      related: known?.related ?? others,
      ...defined({child: known === undefined ? child : known.child}),
    });
  }
  return [...byId.values()];
}

/** Totals per kind of a full leak check. */
export function totalsOf(records: readonly LossRecord[]): Totals {
  const totalOf = (kind: LeakKind) => {
    const ofKind = records.filter((record) => record.kind === kind);
    return {blocks: sum(ofKind.map(({blocks}) => blocks)), bytes: sum(ofKind.map(({bytes}) => bytes))};
  };
  return {
    definite: totalOf('definite'),
    indirect: totalOf('indirect'),
    possible: totalOf('possible'),
    reachable: totalOf('reachable'),
  };
}

/**
 * The dynamic loader's own blocks are one set per shared library, never freed, and differ with
 * the libraries of the machine: they say nothing of the scenario.
 */
const LOADER = /^(_?dl_\w+|_dl_\w+|dlopen\w*|__libc_dlopen\w*|init_tls|allocate_dtv\w*)$/;

const isLoaders = ({stack}: Group) =>
  stack.slice(0, 4).some(({origin, name}) => origin === 'system' && LOADER.test(name));

/** What the own process of an exit scenario left behind above `floor`, and what it left open. */
export function exitFindings(
  {atExit, resources, openDescriptors}: Observation,
  floor: readonly LossRecord[],
  place: Place,
): readonly (LeakFinding | InterpreterFinding | ResourceFinding)[] {
  const [before, after] = [resources[0], resources.at(-1)];
  const left = RESOURCES.flatMap((id): ResourceFinding[] => {
    const count = (after?.[id] ?? 0) - (before?.[id] ?? 0);
    return count > 0 && id !== 'mappings'
      ? [{type: 'resource', id, count, details: id === 'descriptors' ? openDescriptors : []}]
      : [];
  });
  return [...leftBehind(atExit, total, floor, place), ...left];
}

/**
 * What a process left behind above `floor`: each leak of an extension by its signature, the
 * interpreter's own summed up. The sum is over all kinds: which of them a block gets depends on
 * whether some word in memory happens to look like a pointer to it.
 */
export function leftBehind(
  records: readonly LossRecord[],
  amountOf: AmountOf,
  floor: readonly LossRecord[],
  place: Place,
): readonly (LeakFinding | InterpreterFinding)[] {
  const below = groupBySignature(floor, place, total);
  const leaks: LeakFinding[] = [];
  const interpreter = new Map<LeakKind, {readonly blocks: number; readonly bytes: number}>();
  for (const group of groupBySignature(records, place, amountOf).values()) {
    if (isLoaders(group)) continue;
    const base = below.get(group.signature.id);
    if (group.signature.attribution === 'extension') {
      const blocks = group.blocks - (base?.blocks ?? 0);
      if (blocks > 0) leaks.push(leakOf(group, blocks, group.bytes - (base?.bytes ?? 0)));
      continue;
    }
    for (const kind of LEAK_KINDS) {
      const known = interpreter.get(kind) ?? {blocks: 0, bytes: 0};
      interpreter.set(kind, {
        blocks: known.blocks + group.byKind[kind].blocks - (base?.byKind[kind].blocks ?? 0),
        bytes: known.bytes + group.byKind[kind].bytes - (base?.byKind[kind].bytes ?? 0),
      });
    }
  }
  return [...leaks, ...interpreterTotal(interpreter)];
}

function interpreterTotal(
  byKind: ReadonlyMap<LeakKind, {readonly blocks: number; readonly bytes: number}>,
): readonly InterpreterFinding[] {
  const amounts = [...byKind.values()];
  const blocks = sum(amounts.map((amount) => amount.blocks));
  if (blocks <= 0) return [];
  const [kind = 'definite'] = LEAK_KINDS.toSorted(
    (a, b) => (byKind.get(b)?.blocks ?? 0) - (byKind.get(a)?.blocks ?? 0),
  );
  return [
    {type: 'interpreter', id: 'total', kind, blocks, bytes: sum(amounts.map((amount) => amount.bytes))},
  ];
}
