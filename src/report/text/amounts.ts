import {type BaselineEntry, type Finding, RESOURCES, type Resource} from '../../judge/types.js';
import {unreachable} from '../../util/unreachable.js';
import {LEAK_KINDS, type LeakKind} from '../../valgrind/types.js';
import {formatNumber, quantity} from './numbers.js';

type Mode = 'growth' | 'exit';

const KIND_WORDS: Readonly<Record<LeakKind, string>> = {
  definite: 'definitely lost',
  indirect: 'indirectly lost',
  possible: 'possibly lost',
  reachable: 'still reachable',
};

/** A leak kind in memcheck's own words; other kinds (InvalidRead) as they are. */
export function kindWords(kind: string): string {
  const known = LEAK_KINDS.find((one) => one === kind);
  return known === undefined ? kind : KIND_WORDS[known];
}

/** Mappings are counted in bytes, the others one by one. */
const RESOURCE_NOUNS: Readonly<Record<Resource, readonly [one: string, many: string]>> = {
  descriptors: ['file descriptor', 'file descriptors'],
  threads: ['thread', 'threads'],
  children: ['child process', 'child processes'],
  mappings: ['byte of anonymous mappings', 'bytes of anonymous mappings'],
};

/** `1 block (56 bytes)`; bytes alone for a block that grows where it is. */
function blocksAndBytes(blocks: number, bytes: number): string {
  // Parts of a byte come from dividing by iterations and mean nothing beside whole ones.
  const written = quantity(Math.abs(bytes) >= 10 ? Math.round(bytes) : bytes, 'byte');
  return blocks === 0 ? written : `${quantity(blocks, 'block')} (${written})`;
}

/** A rate this near to one in n iterations, as a share of n, is called that. */
const ONE_IN_N_SHARE = 0.02;

/** Over this n nobody counts iterations. */
const MAX_N = 1000;

/** n when `rate` means once every n iterations, 1 when it is best told per iteration. */
function everyN(rate: number): number {
  if (rate <= 0 || rate >= 1) return 1;
  const n = Math.round(1 / rate);
  return n <= MAX_N && Math.abs(1 / rate - n) <= ONE_IN_N_SHARE * n ? n : 1;
}

/** `+1 block (56 bytes) per iteration`, `+1 block (56 bytes) every 7 iterations`. */
function growthOf(rate: number, describe: (factor: number) => string): string {
  const n = everyN(rate);
  const sign = rate < 0 ? '' : '+';
  return `${sign}${describe(n)} ${n === 1 ? 'per iteration' : `every ${n} iterations`}`;
}

interface Amount {
  readonly blocks: number;
  readonly bytes: number;
}

function amountOfBlocks({blocks, bytes}: Amount, mode: Mode): string {
  if (mode === 'exit') return `${blocksAndBytes(blocks, bytes)} at exit`;
  return growthOf(blocks === 0 ? 1 : blocks, (n) => blocksAndBytes(roundTo1(blocks * n, n), bytes * n));
}

/** Once every n iterations is exactly one, whatever the rate's last digits say. */
const roundTo1 = (value: number, n: number) => (n === 1 ? value : Math.round(value));

function amountOfResource(id: string, count: number, mode: Mode): string {
  // A baseline that was edited by hand may name anything.
  const resource = RESOURCES.find((known) => known === id);
  const [one, many] = resource === undefined ? [id, id] : RESOURCE_NOUNS[resource];
  if (mode === 'exit') return `${quantity(count, one, many)} left at exit`;
  return growthOf(count, (n) => quantity(roundTo1(count * n, n), one, many));
}

const times = (count: number) => (count === 1 ? 'once' : `${formatNumber(count)} times`);

/** How much, without what: `+1 block (56 bytes) per iteration`, `3 times`. */
export function bareAmount(subject: Finding | BaselineEntry, mode: Mode): string {
  const {type} = subject;
  const {blocks = 0, bytes = 0, count = 0} = subject as BaselineEntry;
  switch (type) {
    case 'leak':
      return amountOfBlocks({blocks, bytes}, mode);
    case 'error':
      return times(count);
    case 'resource':
      return amountOfResource(subject.id, count, mode);
    case 'interpreter':
      return `${blocksAndBytes(blocks, bytes)} at exit above an empty script`;
    default:
      return unreachable(type);
  }
}

/** What and how much: `Invalid read of size 4, 3 times`; a leak is told by its amount alone. */
export function amountOf(subject: Finding | BaselineEntry, mode: Mode): string {
  const amount = bareAmount(subject, mode);
  if (subject.type === 'error')
    return `${'what' in subject ? subject.what : (subject.kind ?? '')}, ${amount}`;
  return subject.type === 'interpreter' ? `interpreter: ${amount}` : amount;
}
