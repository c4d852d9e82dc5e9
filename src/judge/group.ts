import {LEAK_KINDS, type LeakKind, type LossRecord} from '../valgrind/types.js';
import {type Attributes, nameStack} from './frames.js';
import {type Signature, signatureOf, withinScenario} from './signature.js';
import type {NamedFrame} from './types.js';

/** Loss records that share a signature, added up over all kinds. */
export interface Group {
  readonly signature: Signature;
  /** The stack of the first record, as far as it is the scenario's. */
  readonly stack: readonly NamedFrame[];
  readonly blocks: number;
  readonly bytes: number;
  readonly byKind: Readonly<Record<LeakKind, {readonly blocks: number; readonly bytes: number}>>;
  /** Numbers of the records, for what was inspected. */
  readonly recordNumbers: readonly number[];
}

/** What a judge has to know of the scenario to name its stacks. */
export interface Place extends Attributes {
  /** Absolute path of the scenario file. */
  readonly scenarioFile: string;
}

type Amount = {readonly blocks: number; readonly bytes: number};

const NOTHING: Amount = {blocks: 0, bytes: 0};

const plus = (a: Amount, b: Amount): Amount => ({blocks: a.blocks + b.blocks, bytes: a.bytes + b.bytes});

/** A record's amount in a full check, its change in a delta check. */
export type AmountOf = (record: LossRecord) => Amount;

export const total: AmountOf = ({blocks, bytes}) => ({blocks, bytes});

export const change: AmountOf = ({blocksChange = 0, bytesChange = 0}) => ({
  blocks: blocksChange,
  bytes: bytesChange,
});

/**
 * Adds up records per signature. The kinds are netted: a block that moves from reachable to
 * possible leaves the sum as it was.
 */
export function groupBySignature(
  records: readonly LossRecord[],
  place: Place,
  amountOf: AmountOf,
): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const record of records) {
    const stack = nameStack(record.stack, place);
    const signature = signatureOf(stack, place.scenarioFile);
    const amount = amountOf(record);
    const known = groups.get(signature.id);
    const byKind = known?.byKind ?? {
      definite: NOTHING,
      indirect: NOTHING,
      possible: NOTHING,
      reachable: NOTHING,
    };
    groups.set(signature.id, {
      signature,
      stack: known?.stack ?? withinScenario(stack, place.scenarioFile),
      ...plus(known ?? NOTHING, amount),
      byKind: {...byKind, [record.kind]: plus(byKind[record.kind], amount)},
      recordNumbers: [
        ...(known?.recordNumbers ?? []),
        ...(record.recordNumber === undefined ? [] : [record.recordNumber]),
      ],
    });
  }
  return groups;
}

/** The kind that holds most of the blocks, of the bytes where those are as many, else the worse one (definite first). */
export function mainKind(byKind: Group['byKind']): LeakKind {
  return LEAK_KINDS.reduce((best, kind) => {
    const blocks = byKind[kind].blocks - byKind[best].blocks;
    return blocks > 0 || (blocks === 0 && byKind[kind].bytes > byKind[best].bytes) ? kind : best;
  });
}
