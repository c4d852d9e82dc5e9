import {readFileSync} from 'node:fs';

/**
 * Above this, valgrind ≥ 3.21 gives up at its start, since it makes a table of that size; a
 * container's limit is often a billion.
 */
const HIGHEST = 1_048_576;

/** The number of descriptors a child of leakline may open, Infinity when it is not limited. */
export function descriptorLimit(limits = readFileSync('/proc/self/limits', 'utf8')): number {
  const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
  return soft === undefined || soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

/** `argv` with the limit lowered where it is too high for valgrind. */
export function withDescriptorLimit(argv: readonly string[], limit = descriptorLimit()): readonly string[] {
  return limit <= HIGHEST ? argv : ['sh', '-c', `ulimit -n ${HIGHEST}; exec "$@"`, 'sh', ...argv];
}
