import {readFileSync} from 'node:fs';
import {closest, distance} from 'fastest-levenshtein';
import {type Document, isMap, isNode, isScalar, LineCounter, parseDocument} from 'yaml';
import {z} from 'zod';
import type {Problem} from './problem.js';
import {fail, ok, type Result} from './result.js';

type KeyPath = readonly PropertyKey[];

/** A YAML file whose content fits its schema. */
export interface YamlDocument<T> {
  readonly file: string;
  readonly value: T;
  /** A problem at the value under `path`, or at its nearest ancestor that exists. */
  readonly problemAt: (path: KeyPath, message: string, next?: string) => Problem;
  /**
   * The line (counted from 1) in the file of the first line of the string under `path`, and
   * how far block scalars are indented there; undefined when the path holds no string.
   */
  readonly textStart: (path: KeyPath) => {readonly line: number; readonly indent: number} | undefined;
}

/** Aliases may repeat a node this many times in all: enough for shared settings, too few for an alias bomb. */
const MAX_ALIASES = 100;

/** A scenario, a recipe or a baseline is small; a file over this many bytes is a mistake. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Reads `file` and checks it against `schema`. Syntax errors, duplicate keys, unknown keys and
 * wrong types are problems with line and column, as many as there are.
 *
 * @param shownAs the file's name in messages, as the user would type it
 */
export function readYamlDocument<S extends z.ZodType>(
  file: string,
  schema: S,
  shownAs: string = file,
): Result<YamlDocument<z.output<S>>, readonly Problem[]> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return fail([{file: shownAs, message: `cannot be read: ${(error as Error).message}`}]);
  }
  if (text.length > MAX_BYTES) {
    return fail([
      {file: shownAs, message: `is ${text.length} bytes long; at most ${MAX_BYTES} are accepted`},
    ]);
  }
  return parseYamlDocument(text, schema, shownAs);
}

/** {@link readYamlDocument} for text that is in memory already. */
export function parseYamlDocument<S extends z.ZodType>(
  text: string,
  schema: S,
  file: string,
): Result<YamlDocument<z.output<S>>, readonly Problem[]> {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {lineCounter, uniqueKeys: true, prettyErrors: false});
  const lines = text.split('\n');

  const problemAtOffset = (offset: number, message: string, next?: string): Problem => {
    const {line, col} = lineCounter.linePos(offset);
    const source = lines[line - 1];
    return {
      file,
      line,
      column: col,
      message,
      ...(source === undefined ? {} : {source}),
      ...(next === undefined ? {} : {next}),
    };
  };
  const problemAt = (path: KeyPath, message: string, next?: string) =>
    problemAtOffset(offsetOf(document, path), message, next);

  if (document.errors.length > 0) {
    return fail(document.errors.map((error) => problemAtOffset(error.pos[0], error.message)));
  }
  let value: unknown;
  try {
    value = document.toJS({maxAliasCount: MAX_ALIASES});
  } catch (error) {
    return fail([{file, line: 1, column: 1, message: (error as Error).message}]);
  }
  const parsed = schema.safeParse(value ?? {});
  if (!parsed.success) {
    return fail(
      parsed.error.issues.flatMap((issue) => problemsOfIssue(issue, document, schema, problemAtOffset)),
    );
  }
  const textStart = (path: KeyPath) => {
    const node = document.getIn(path, true);
    if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return undefined;
    const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
    const line = lineCounter.linePos(node.range[0]).line + (isBlock ? 1 : 0);
    const indent = isBlock ? (lines[line - 1]?.match(/^ */)?.[0].length ?? 0) : 0;
    return {line, indent};
  };
  return ok({file, value: parsed.data, problemAt, textStart});
}

/** Where the node under `path` starts; of its nearest existing ancestor when there is none. */
function offsetOf(document: Document, path: KeyPath): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function keyOffset(document: Document, path: KeyPath, key: string): number {
  const map = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isMap(map)) {
    for (const {key: node} of map.items) {
      if (isScalar(node) && String(node.value) === key && node.range) return node.range[0];
    }
  }
  return offsetOf(document, path);
}

function problemsOfIssue(
  issue: z.core.$ZodIssue,
  document: Document,
  schema: z.ZodType,
  problemAtOffset: (offset: number, message: string) => Problem,
): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path);
    return issue.keys.map((key) =>
      problemAtOffset(keyOffset(document, issue.path, key), `unknown key "${key}"${suggestion(key, known)}`),
    );
  }
  if (issue.code === 'invalid_union') {
    const branches = issue.errors.filter((branch) => branch.length > 0);
    const deepest = branches.sort((a, b) => depthOf(b) - depthOf(a))[0];
    const sameDepth = branches.filter((branch) => depthOf(branch) === (deepest ? depthOf(deepest) : 0));
    if (deepest && sameDepth.length === 1 && depthOf(deepest) > 0) {
      return deepest.flatMap((inner) =>
        problemsOfIssue({...inner, path: [...issue.path, ...inner.path]}, document, schema, problemAtOffset),
      );
    }
  }
  const where = issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  return [problemAtOffset(offsetOf(document, issue.path), `${where}${lowerFirst(issue.message)}`)];
}

const depthOf = (issues: readonly {readonly path: KeyPath}[]) =>
  Math.max(...issues.map(({path}) => path.length));

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** `, did you mean "iterations"?` for the nearest of `known`, '' when none is near. */
export function suggestion(word: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const nearest = closest(word, [...known]);
  return distance(word, nearest) <= Math.max(2, word.length / 3) ? `, did you mean "${nearest}"?` : '';
}

interface JsonSchemaNode {
  readonly properties?: Record<string, JsonSchemaNode>;
  readonly additionalProperties?: JsonSchemaNode | boolean;
  readonly items?: JsonSchemaNode;
  readonly anyOf?: readonly JsonSchemaNode[];
  readonly oneOf?: readonly JsonSchemaNode[];
}

/** The keys the schema knows under `path`, found by walking its JSON Schema. */
function knownKeys(schema: z.ZodType, path: KeyPath): readonly string[] {
  const json = z.toJSONSchema(schema, {io: 'input', unrepresentable: 'any'}) as JsonSchemaNode;
  let nodes: readonly JsonSchemaNode[] = [json];
  for (const key of path) nodes = nodes.flatMap(alternatives).flatMap((node) => childrenUnder(node, key));
  return nodes.flatMap(alternatives).flatMap((node) => Object.keys(node.properties ?? {}));
}

function alternatives(node: JsonSchemaNode): readonly JsonSchemaNode[] {
  const branches = node.anyOf ?? node.oneOf;
  return branches === undefined ? [node] : branches.flatMap(alternatives);
}

function childrenUnder(node: JsonSchemaNode, key: PropertyKey): readonly JsonSchemaNode[] {
  if (typeof key === 'number') return node.items ? [node.items] : [];
  const property = node.properties?.[String(key)];
  if (property) return [property];
  return typeof node.additionalProperties === 'object' ? [node.additionalProperties] : [];
}
