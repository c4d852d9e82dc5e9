import {readFileSync, statSync} from 'node:fs';
import {type Document, LineCounter, parseDocument, type YAMLParseError, type YAMLWarning} from 'yaml';
import type {z} from 'zod';
import type {Problem} from './problem.js';
import {fail, ok, type Result} from './result.js';
import {issueProblems} from './yaml-issues.js';
import {type KeyPath, keyOffset, offsetOf, scalarText, type TextStart, textStart} from './yaml-nodes.js';
import {type OffsetProblem, structureProblems} from './yaml-structure.js';

export {suggestion} from './suggestion.js';

/** A YAML file whose content fits its schema. */
export interface YamlDocument<T> {
  readonly file: string;
  readonly value: T;
  /** A problem at the value under `path`, or at its nearest ancestor that exists. */
  readonly problemAt: (path: KeyPath, message: string, next?: string) => Problem;
  /** A problem at the last key of `path` itself. */
  readonly problemAtKey: (path: KeyPath, message: string, next?: string) => Problem;
  /** Where the text under `path` stands in the file; undefined when the path holds no text. */
  readonly textStart: (path: KeyPath) => TextStart | undefined;
  /**
   * The single value under `path` as the file spells it (`3.10`, where the number would be 3.1);
   * undefined when there is none or it is a list or mapping.
   */
  readonly scalarText: (path: KeyPath) => string | undefined;
}

/** Aliases may repeat a node this many times in all: enough for shared settings, too few for an alias bomb. */
const MAX_ALIASES = 100;

/** A scenario, a recipe or a baseline is small; a file over this many bytes is a mistake. */
const MAX_BYTES = 4 * 1024 * 1024;

/** A line longer than this is not shown under a problem. */
const MAX_SOURCE = 240;

/**
 * Reads `file` and checks it against `schema`. Syntax errors, duplicate keys, unknown keys and
 * wrong types are problems with line and column, as many as there are. An empty file is an
 * empty mapping.
 *
 * @param shownAs the file's name in messages, as the user would type it
 */
export function readYamlDocument<S extends z.ZodType>(
  file: string,
  schema: S,
  shownAs: string = file,
): Result<YamlDocument<z.output<S>>, readonly Problem[]> {
  const problem = (message: string) => fail([{file: shownAs, message}]);
  let bytes: Buffer;
  try {
    const stats = statSync(file);
    // Reading a named pipe would wait for ever.
    if (!stats.isFile()) return problem(stats.isDirectory() ? 'is a folder' : 'is not a regular file');
    if (stats.size > MAX_BYTES) {
      return problem(`is ${stats.size} bytes long; at most ${MAX_BYTES} are accepted`);
    }
    bytes = readFileSync(file);
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return problem('does not exist');
    return problem(code === 'EACCES' ? 'cannot be read: no permission' : `cannot be read: ${message}`);
  }
  const text = decode(bytes);
  if (text === undefined) return problem('is not UTF-8 text');
  return parseYamlDocument(text, schema, shownAs);
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch {
    return undefined;
  }
}

/** {@link readYamlDocument} for text that is in memory already. */
export function parseYamlDocument<S extends z.ZodType>(
  text: string,
  schema: S,
  file: string,
): Result<YamlDocument<z.output<S>>, readonly Problem[]> {
  const lineCounter = new LineCounter();
  const lines = text.split(/\r?\n/);
  const toProblem = ({offset, message, next}: OffsetProblem): Problem => {
    const {line, col} = lineCounter.linePos(offset);
    const source = shownSource(lines[line - 1]);
    return {
      file,
      line: Math.max(1, line),
      column: Math.max(1, col),
      message,
      ...(source === undefined ? {} : {source}),
      ...(next === undefined ? {} : {next}),
    };
  };
  const failWith = (problems: readonly OffsetProblem[]) =>
    fail(problems.toSorted((a, b) => a.offset - b.offset).map(toProblem));

  const control = text.search(FORBIDDEN);
  if (control >= 0) {
    for (const {index} of text.matchAll(/^|(?<=\n)/g)) lineCounter.addNewLine(index);
    const code = text.charCodeAt(control).toString(16).padStart(2, '0');
    return failWith([{offset: control, message: `control character 0x${code} is not allowed here`}]);
  }
  const document = parseDocument(text, {
    lineCounter,
    uniqueKeys: true,
    stringKeys: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  const syntax = [...document.errors, ...document.warnings];
  // What follows a syntax error on its line is mostly its consequence.
  if (syntax.length > 0)
    return fail(firstOfLines(syntax.map((error) => toProblem(syntaxProblem(error, text)))));
  const structure = structureProblems(document);
  if (structure.length > 0) return failWith(structure);

  const value = plainValue(document);
  if (!value.ok) return failWith([{offset: 0, message: value.error}]);
  const parsed = schema.safeParse(value.value ?? {}, {reportInput: true});
  if (!parsed.success) {
    return failWith(parsed.error.issues.flatMap((issue) => issueProblems(issue, document, schema)));
  }
  const at = (offset: number, message: string, next?: string) =>
    toProblem({offset, message, ...(next === undefined ? {} : {next})});
  return ok({
    file,
    value: parsed.data,
    problemAt: (path, message, next) => at(offsetOf(document, path), message, next),
    problemAtKey: (path, message, next) => at(keyOffset(document, path), message, next),
    textStart: (path) => textStart(document, path, lineCounter, lines),
    scalarText: (path) => scalarText(document, path),
  });
}

/** Characters that YAML itself excludes (YAML 1.2.2, section 5.1); the parser lets them through. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/** The line as it can be printed with a mark under a column, undefined when it is empty or too long for that. */
const shownSource = (line = '') =>
  line.trim() === '' || line.length > MAX_SOURCE
    ? undefined
    : // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal would obey them
      line.replaceAll('\t', ' ').replaceAll(/[\0-\x1f\x7f-\x9f]/g, '?');

function firstOfLines(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<number | undefined>();
  return problems.filter(({line}) => !seen.has(line) && seen.add(line));
}

function syntaxProblem(error: YAMLParseError | YAMLWarning, text: string): OffsetProblem {
  const offset = error.pos[0];
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  if (/^[ ]*\t/.test(text.slice(lineStart, offset + 1))) {
    return {offset, message: 'a tab indents this line; YAML takes spaces only'};
  }
  switch (error.code) {
    case 'MULTIPLE_DOCS':
      return {offset, message: 'a second document begins here; a file holds one'};
    case 'RESOURCE_EXHAUSTION':
      return {offset, message: 'is nested too deeply'};
    case 'NON_STRING_KEY':
      return {offset, message: 'a key must be text'};
    case 'DUPLICATE_KEY':
      return {offset, message: 'this key stands here for the second time'};
    case 'TAG_RESOLVE_FAILED':
      return {offset, message: error.message.replace(/^Unresolved tag: /, 'unknown tag ')};
    default:
      return {offset, message: error.message.charAt(0).toLowerCase() + error.message.slice(1)};
  }
}

function plainValue(document: Document): Result<unknown, string> {
  try {
    return ok(document.toJS({maxAliasCount: MAX_ALIASES}));
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return fail(`aliases repeat too much: at most ${MAX_ALIASES} repeated nodes are accepted`);
  }
}
