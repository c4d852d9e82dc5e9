import {suggestion} from '../../util/yaml-document.js';
import type {SuppressionFrame} from './types.js';

/** The kinds of memcheck's own rules, from MC_(is_recognised_suppression) in memcheck/mc_errors.c. */
const MEMCHECK_KINDS: readonly string[] = [
  'Param',
  'User',
  'CoreMem',
  'Addr1',
  'Addr2',
  'Addr4',
  'Addr8',
  'Addr16',
  'Addr32',
  'Jump',
  'Free',
  'Leak',
  'Overlap',
  'Mempool',
  'Cond',
  'Value0',
  'Value1',
  'Value2',
  'Value4',
  'Value8',
  'Value16',
  'Value32',
  'FishyValue',
  'ReallocZero',
  'BadAlign',
  'BadSize',
  'UnsafeZeroSize',
  'SizeMismatch',
  'AlignMismatch',
];

/** Kinds of the tool `CoreError` (valgrind 3.23 and later), from load_one_suppressions_file in coregrind/m_errormgr.c. */
const CORE_KINDS: readonly string[] = ['FdBadClose', 'FdNotClosed', 'FdBadUse'];

/** Valgrind's VG_DEEPEST_BACKTRACE: a rule with more location lines ends the run. */
export const MAX_FRAMES = 500;

const LEAK_KIND_WORDS = ['definite', 'indirect', 'possible', 'reachable'];
const LEAK_KINDS_PREFIX = 'match-leak-kinds:';

/** undefined when `line` is no location line. */
export function parseFrame(line: string): SuppressionFrame | undefined {
  if (line === '...') return {type: 'any'};
  for (const type of ['fun', 'obj', 'src'] as const) {
    if (line.startsWith(`${type}:`)) return {type, pattern: line.slice(4)};
  }
  return undefined;
}

export function formatFrame(frame: SuppressionFrame): string {
  return frame.type === 'any' ? '...' : `${frame.type}:${frame.pattern}`;
}

/** What is wrong with the kind of a rule, undefined when nothing is or when the rule is another tool's. */
export function kindMessage(tools: readonly string[], kind: string): string | undefined {
  const known = tools.includes('CoreError')
    ? CORE_KINDS
    : tools.includes('Memcheck')
      ? MEMCHECK_KINDS
      : undefined;
  if (known === undefined || known.includes(kind)) return undefined;
  return `unknown kind "${kind}"${suggestion(kind, known)}`;
}

/**
 * Whether a memcheck rule of this kind reads `line`, the first after its kind, as more about the
 * kind. Valgrind forgets `src:` here, which therefore cannot be the first location of a Leak rule.
 */
export function takesExtra(kind: string, line: string): boolean {
  if (kind !== 'Param' && kind !== 'Leak' && kind !== 'FishyValue') return false;
  return parseFrame(line) === undefined || line.startsWith('src:');
}

/** What is wrong with what stands after the kind; `extra` is undefined when nothing stands there. */
export function extraMessage(kind: string, extra: string | undefined): string | undefined {
  if (kind === 'Param' && extra === undefined) {
    return 'a Param rule needs the parameter after its kind, such as "write(buf)"';
  }
  if (extra === undefined) return undefined;
  if (kind === 'FishyValue' && !/^[^(]*\([^)]*\)/.test(extra)) {
    return 'a FishyValue rule takes "function(argument)" after its kind';
  }
  return kind === 'Leak' ? leakExtraMessage(extra) : undefined;
}

/** The kinds that a Leak rule's extra line selects: all when it has none. */
export function matchedLeakKinds(extra: string | undefined): readonly string[] {
  if (extra === undefined) return LEAK_KIND_WORDS;
  const words = leakKindWords(extra);
  if (words.includes('all')) return LEAK_KIND_WORDS;
  return words.filter((word) => word !== 'none');
}

function leakKindWords(extra: string): readonly string[] {
  return extra
    .slice(LEAK_KINDS_PREFIX.length)
    .trimStart()
    .split(',')
    .filter((word) => word !== '');
}

/** The rules of VG_(parse_enum_set) in coregrind/m_libcbase.c: no blanks, all and none stand alone. */
function leakExtraMessage(extra: string): string | undefined {
  if (extra.startsWith('src:')) {
    return 'valgrind does not accept "src:" as the first location of a Leak rule; put "match-leak-kinds: all" before it';
  }
  if (!extra.startsWith(LEAK_KINDS_PREFIX)) {
    return `expected "${LEAK_KINDS_PREFIX}" or a location after the kind Leak`;
  }
  const words = leakKindWords(extra);
  if (words.length === 0) return `"${LEAK_KINDS_PREFIX}" names no kind`;
  const unknown = words.find((word) => ![...LEAK_KIND_WORDS, 'all', 'none'].includes(word));
  if (unknown !== undefined) {
    if (unknown.trim() !== unknown) return `no blank may stand beside the commas of "${LEAK_KINDS_PREFIX}"`;
    return `unknown leak kind "${unknown}"${suggestion(unknown, LEAK_KIND_WORDS)}`;
  }
  const isMixed = words.length > 1 && (words.includes('all') || words.includes('none'));
  return isMixed ? '"all" and "none" stand alone' : undefined;
}
