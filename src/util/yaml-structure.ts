import {type Document, isAlias, isCollection, isMap, isScalar, type Node, type Pair, visit} from 'yaml';

/** Lists and mappings may stand inside each other this deep; nothing leakline reads needs as much. */
const MAX_DEPTH = 50;

/** A problem before it is tied to a file: `offset` counts from the start of the text. */
export interface OffsetProblem {
  readonly offset: number;
  readonly message: string;
  readonly next?: string;
}

/**
 * What the syntax allows and leakline refuses: runaway nesting, aliases without or inside of
 * their anchor, `__proto__` as a key (which a JavaScript object would not keep), NUL characters
 * (which no path, environment or argument can hold).
 */
export function structureProblems(document: Document): readonly OffsetProblem[] {
  const problems: OffsetProblem[] = [];
  visit(document, (_, node, path) => {
    const message = messageFor(document, node, path);
    if (message === undefined) return undefined;
    problems.push({offset: startOf(node, path), message});
    return visit.SKIP;
  });
  return problems;
}

type Visited = Parameters<typeof startOf>[0];

function messageFor(document: Document, node: Visited, path: readonly unknown[]): string | undefined {
  if (isAlias(node)) {
    const target = node.resolve(document);
    if (target === undefined) return `alias *${node.source} has no anchor &${node.source} before it`;
    if (path.includes(target)) return `alias *${node.source} stands inside its own anchor`;
  }
  if (isScalar(node)) {
    if (node.value === '__proto__') return 'the name __proto__ is not allowed';
    if (typeof node.value === 'string' && node.value.includes('\0')) return 'holds a NUL character';
  }
  if (isCollection(node) && path.filter(isCollection).length >= MAX_DEPTH) {
    return `is nested too deeply: at most ${MAX_DEPTH} levels are accepted`;
  }
  return undefined;
}

function startOf(node: unknown, path: readonly (Document | Node | Pair)[]): number {
  if ((isAlias(node) || isScalar(node) || isCollection(node)) && node.range) return node.range[0];
  const parent = path.findLast((ancestor) => isMap(ancestor));
  return parent?.range?.[0] ?? 0;
}
