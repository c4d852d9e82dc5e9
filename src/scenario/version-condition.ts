import {unreachable} from '../util/unreachable.js';

/** One part of a condition, such as `>=3.11`. */
interface Clause {
  readonly operator: '>=' | '<=' | '==' | '!=' | '>' | '<';
  readonly version: readonly number[];
}

const CLAUSE = /^(>=|<=|==|!=|>|<)\s*(\d+(?:\.\d+){0,2})$/;

const ONE = CLAUSE.source.slice(1, -1);

/** A condition on versions: `>=3.11`, `>=3.9,<3.13`. */
export const CONDITION = new RegExp(`^${ONE}(?:\\s*,\\s*${ONE})*$`);

/** Whether an entry of `builds` is meant as a condition and not as a name, which begins otherwise. */
export const isCondition = (entry: string): boolean => /^[<>=!~]/.test(entry);

/** The parts of a condition, all of which have to hold. */
function parseCondition(text: string): readonly Clause[] {
  return text.split(',').flatMap((part) => {
    const [, operator, version] = CLAUSE.exec(part.trim()) ?? [];
    if (version === undefined) return [];
    return [{operator: operator as Clause['operator'], version: version.split('.').map(Number)}];
  });
}

/**
 * Whether CPython `version` (`3.13.5`, `3.15.0a1`) fulfils the condition. Versions are compared as
 * far as the condition writes them: `<=3.11` and `==3.11` hold for 3.11.2, `>3.11` does not.
 */
export function fulfils(version: string, condition: string): boolean {
  const parts = (/^\d+(\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);
  return parseCondition(condition).every(({operator, version: wanted}) => {
    const order = compare(parts, wanted);
    switch (operator) {
      case '>=':
        return order >= 0;
      case '<=':
        return order <= 0;
      case '==':
        return order === 0;
      case '!=':
        return order !== 0;
      case '>':
        return order > 0;
      case '<':
        return order < 0;
      default:
        return unreachable(operator);
    }
  });
}

/** Negative, 0 or positive, over as many parts as `wanted` has. */
function compare(parts: readonly number[], wanted: readonly number[]): number {
  for (const [index, part] of wanted.entries()) {
    const difference = (parts[index] ?? 0) - part;
    if (difference !== 0) return difference;
  }
  return 0;
}
