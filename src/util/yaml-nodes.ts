import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  Scalar,
} from 'yaml';

export type KeyPath = readonly PropertyKey[];

/** The node under `path`, seen through aliases; undefined when there is none. */
function nodeAt(document: Document, path: KeyPath): Node | undefined {
  let node: unknown = document.contents;
  for (const key of path) {
    const parent = isAlias(node) ? node.resolve(document) : node;
    if (isMap(parent)) node = parent.items.find((pair) => isKey(pair.key, key))?.value;
    else if (isSeq(parent)) node = parent.items[Number(key)];
    else return undefined;
  }
  if (isAlias(node)) return node.resolve(document);
  return isNode(node) ? node : undefined;
}

const isKey = (node: unknown, key: PropertyKey) => isScalar(node) && String(node.value) === String(key);

/** Where the node under `path` starts; of its nearest existing ancestor when there is none. */
export function offsetOf(document: Document, path: KeyPath): number {
  for (let depth = path.length; depth > 0; depth--) {
    const start = nodeAt(document, path.slice(0, depth))?.range?.[0];
    if (start !== undefined) return start;
  }
  return document.contents?.range?.[0] ?? 0;
}

/** Where the last key of `path` itself stands; {@link offsetOf} the path when it is no key of a mapping. */
export function keyOffset(document: Document, path: KeyPath): number {
  const key = path.at(-1);
  const map = path.length === 0 ? undefined : nodeAt(document, path.slice(0, -1));
  if (isMap(map) && key !== undefined) {
    const node = map.items.find((pair) => isKey(pair.key, key))?.key;
    if (isScalar(node) && node.range) return node.range[0];
  }
  return offsetOf(document, path);
}

/** Where a text of several lines stands in its file. */
export interface TextStart {
  /** Line in the file of the text's first line, counted from 1. */
  readonly line: number;
  /** Columns by which a block scalar is indented in the file, 0 for other texts. */
  readonly indent: number;
  /** Whether YAML joins lines of the file in this text, so that its lines are not the file's. */
  readonly joined: boolean;
}

/** The {@link TextStart} of the text under `path`, undefined when the path holds no text. */
export function textStart(
  document: Document,
  path: KeyPath,
  lineCounter: LineCounter,
  lines: readonly string[],
): TextStart | undefined {
  const node = nodeAt(document, path);
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return undefined;
  const [start, end] = node.range;
  const first = lineCounter.linePos(start).line;
  if (node.type !== Scalar.BLOCK_LITERAL && node.type !== Scalar.BLOCK_FOLDED) {
    return {line: first, indent: 0, joined: lineCounter.linePos(end).line > first};
  }
  const text = node.value.split('\n');
  const filled = text.findIndex((line) => line.trim() !== '');
  // Further lines may be indented more, by Python's own rules or after an indentation indicator.
  const indent = filled < 0 ? 0 : indentOf(lines[first + filled]) - indentOf(text[filled]);
  return {line: first + 1, indent, joined: node.type === Scalar.BLOCK_FOLDED};
}

const indentOf = (line: string | undefined) => line?.match(/^ */)?.[0].length ?? 0;

/** The single value under `path` as the file spells it: `3.10`, where the number would be 3.1. */
export function scalarText(document: Document, path: KeyPath): string | undefined {
  const node = nodeAt(document, path);
  if (!isScalar(node)) return undefined;
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}
