import {unreachable} from '../util/unreachable.js';
import {sameRate} from './growth.js';
import type {BaselineEntry, Change, Finding} from './types.js';

/** What a comparison goes by. */
export interface Expectation {
  readonly mode: 'growth' | 'exit';
  /** Entries of the scenario's baseline, none when there is no baseline. */
  readonly entries: readonly BaselineEntry[];
  /** Entries of the build's own baseline: leaks of the interpreter, known in every scenario. */
  readonly interpreter: readonly BaselineEntry[];
  /** Growth mode: iterations over all intervals, which bounds how exactly a rate is known. */
  readonly totalIterations: number;
}

/**
 * Bytes by which one block may differ from machine to machine: a path of another length may be
 * in it (measured: bytes, never blocks, move with the length of the installation prefix).
 */
const PATH_BYTES_PER_BLOCK = 256;

/** Share by which bytes that are no blocks may move: those of a buffer that grows, those of mappings. */
const BUFFER_SHARE = 0.1;

type Difference = 'more' | 'less' | 'same';

const differenceOf = (now: number, before: number): Difference =>
  now > before ? 'more' : now < before ? 'less' : 'same';

/** The order of findings and entries everywhere: by type, then by id. */
export const inOrder = (
  a: {readonly type: string; readonly id: string},
  b: {readonly type: string; readonly id: string},
): number => a.type.localeCompare(b.type, 'en') || a.id.localeCompare(b.id, 'en');

/** Sets what was found against what is expected: one change per signature on either side. */
export function compare(findings: readonly Finding[], expectation: Expectation): readonly Change[] {
  const entries = new Map(expectation.entries.map((entry) => [keyOf(entry), entry]));
  const interpreter = new Map(expectation.interpreter.map((entry) => [entry.id, entry]));
  const found = new Set(findings.map(keyOf));
  const changes = findings.map((now): Change => {
    const before = entries.get(keyOf(now));
    if (before !== undefined) return {verdict: verdictOf(now, before, expectation), now, before};
    const known =
      now.type === 'leak' && now.interpreterId !== undefined ? interpreter.get(now.interpreterId) : undefined;
    return known === undefined ? {verdict: 'new', now} : {verdict: 'known', now, before: known};
  });
  const fixed = expectation.entries
    .filter((entry) => !found.has(keyOf(entry)))
    .map((before): Change => ({verdict: 'fixed', before}));
  const subject = (change: Change) => (change.verdict === 'fixed' ? change.before : change.now);
  return [...changes, ...fixed].sort((a, b) => inOrder(subject(a), subject(b)));
}

const keyOf = ({type, id}: {readonly type: string; readonly id: string}) => `${type} ${id}`;

function verdictOf(
  now: Finding,
  before: BaselineEntry,
  expectation: Expectation,
): 'grown' | 'shrunk' | 'known' {
  const difference = compareAmounts(now, before, expectation);
  switch (difference) {
    case 'more':
      return 'grown';
    case 'less':
      return 'shrunk';
    case 'same':
      return 'known';
    default:
      return unreachable(difference);
  }
}

function compareAmounts(
  now: Finding,
  before: BaselineEntry,
  {mode, totalIterations}: Expectation,
): Difference {
  switch (now.type) {
    case 'error':
      // How often depends on how many iterations were needed, so growth mode looks at presence only.
      return mode === 'growth' ? 'same' : differenceOf(now.count, before.count ?? 0);
    case 'resource':
      return now.id === 'mappings'
        ? differenceBeyond(BUFFER_SHARE * (before.count ?? 0), now.count, before.count ?? 0)
        : differenceOfAmounts(now.count, before.count ?? 0, mode, totalIterations);
    case 'leak':
    case 'interpreter': {
      const blocks = differenceOfAmounts(now.blocks, before.blocks ?? 0, mode, totalIterations);
      return blocks === 'same' ? differenceOfBytes(now, before) : blocks;
    }
    default:
      return unreachable(now);
  }
}

function differenceOfAmounts(
  now: number,
  before: number,
  mode: Expectation['mode'],
  totalIterations: number,
): Difference {
  if (mode === 'growth' && sameRate(now, before, totalIterations)) return 'same';
  return differenceOf(now, before);
}

function differenceOfBytes(
  now: {readonly blocks: number; readonly bytes: number},
  {bytes = 0}: BaselineEntry,
): Difference {
  const tolerance = now.blocks === 0 ? BUFFER_SHARE * bytes : PATH_BYTES_PER_BLOCK * Math.ceil(now.blocks);
  return differenceBeyond(tolerance, now.bytes, bytes);
}

const differenceBeyond = (tolerance: number, now: number, before: number): Difference =>
  Math.abs(now - before) <= tolerance ? 'same' : differenceOf(now, before);
