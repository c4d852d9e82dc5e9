import type {LossRecord, MemoryError} from '../types.js';

/** What a rule has to say of its kind to hide an error. */
export interface SuppressionKind {
  readonly tool: 'Memcheck' | 'CoreError';
  /** The kinds that hide it; the first is what valgrind writes in its own suggestions. */
  readonly kinds: readonly string[];
  /** The rule's extra line: the parameter, the leak kind or function(argument). */
  readonly extra?: string;
}

const SIMPLE_KINDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['UninitCondition', ['Cond', 'Value0']],
  ['CoreMemError', ['CoreMem']],
  ['InvalidJump', ['Jump']],
  ['ClientCheck', ['User']],
  ['InvalidFree', ['Free']],
  ['MismatchedFree', ['Free']],
  ['Overlap', ['Overlap']],
  ['InvalidMemPool', ['Mempool']],
  ['ReallocSizeZero', ['ReallocZero']],
  ['InvalidSizeAndAlignment', ['BadAlign']],
  ['InvalidAlignment', ['BadAlign']],
  ['InvalidSize', ['BadSize', 'UnsafeZeroSize']],
  ['UnsafeZeroSize', ['UnsafeZeroSize', 'BadSize']],
  ['MismatchedAllocateDeallocateSize', ['SizeMismatch']],
  ['MismatchedAllocateDeallocateAlignment', ['AlignMismatch']],
]);

/**
 * The kind of rule for an item of valgrind's XML, after MC_(error_matches_suppression) in
 * memcheck/mc_errors.c; undefined for an error that no rule can hide.
 */
export function suppressionKindOf(item: LossRecord | MemoryError): SuppressionKind | undefined {
  if (item.type === 'loss-record') {
    return {tool: 'Memcheck', kinds: ['Leak'], extra: `match-leak-kinds: ${item.kind}`};
  }
  const {kind, what} = item;
  if (kind.startsWith('Fd')) return {tool: 'CoreError', kinds: [kind]};
  const simple = SIMPLE_KINDS.get(kind);
  if (simple !== undefined) return {tool: 'Memcheck', kinds: simple};
  const size = /of size (\d+)$/.exec(what)?.[1];
  if (kind === 'UninitValue') return sized('Value', size);
  if (kind === 'InvalidRead' || kind === 'InvalidWrite') return sized('Addr', size);
  if (kind === 'SyscallParam') {
    const parameter = /^Syscall param (.*) (?:contains|points to) /.exec(what)?.[1];
    return parameter === undefined ? undefined : {tool: 'Memcheck', kinds: ['Param'], extra: parameter};
  }
  if (kind === 'FishyValue') {
    const [, argument, name] = /^Argument '(.*)' of function (.*) has a fishy /.exec(what) ?? [];
    return {tool: 'Memcheck', kinds: ['FishyValue'], extra: `${name}(${argument})`};
  }
  return undefined;
}

function sized(prefix: 'Value' | 'Addr', size: string | undefined): SuppressionKind | undefined {
  return size === undefined ? undefined : {tool: 'Memcheck', kinds: [`${prefix}${size}`]};
}
