import type {Document} from 'yaml';
import {z} from 'zod';
import {suggestion} from './suggestion.js';
import {type KeyPath, keyOffset, offsetOf} from './yaml-nodes.js';
import type {OffsetProblem} from './yaml-structure.js';

/** zod's issue in words that speak of YAML, at the place in the file where the cause stands. */
export function issueProblems(
  issue: z.core.$ZodIssue,
  document: Document,
  schema: z.ZodType,
): readonly OffsetProblem[] {
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(schema, issue.path);
      return issue.keys.map((key) => ({
        offset: keyOffset(document, [...issue.path, key]),
        message: `unknown key ${JSON.stringify(key)}${suggestion(key, known)}`,
      }));
    }
    case 'invalid_key': {
      const key = JSON.stringify(String(issue.path.at(-1)));
      const reason = issue.issues[0]?.message ?? 'not allowed';
      return [
        {
          offset: keyOffset(document, issue.path),
          message: `${prefix(issue.path.slice(0, -1))}${key} ${reason}`,
        },
      ];
    }
    case 'invalid_union': {
      const inner = meantBranch(issue.errors);
      if (inner) {
        return inner.flatMap((each) =>
          issueProblems({...each, path: [...issue.path, ...each.path]}, document, schema),
        );
      }
    }
  }
  return [{offset: offsetOf(document, issue.path), message: `${prefix(issue.path)}${explain(issue)}`}];
}

const prefix = (path: KeyPath) => (path.length === 0 ? '' : `${path.map(String).join('.')}: `);

/**
 * The branch of a union that its author meant: the only one of the value's own type, or the one
 * whose problems lie deepest, when one alone does.
 */
function meantBranch(branches: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const isOtherType = ({code, path}: z.core.$ZodIssue) => code === 'invalid_type' && path.length === 0;
  const ofType = branches.filter((issues) => !issues.some(isOtherType));
  if (ofType.length === 1) return ofType[0];
  const depths = branches.map((issues) => Math.max(0, ...issues.map(({path}) => path.length)));
  const deepest = Math.max(0, ...depths);
  const found = branches.filter((_, index) => depths[index] === deepest);
  return deepest > 0 && found.length === 1 ? found[0] : undefined;
}

function explain(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'this key is missing';
      return `expected ${typeWord(issue.expected)}, got ${valueWord(issue.input)}`;
    case 'invalid_value': {
      const values = issue.values.map(String);
      const got = typeof issue.input === 'string' ? JSON.stringify(issue.input) : valueWord(issue.input);
      const hint = typeof issue.input === 'string' ? suggestion(issue.input, values) : '';
      return `expected ${orList(values)}, got ${got}${hint}`;
    }
    case 'too_small':
      if (issue.origin === 'string') return 'must not be empty';
      if (issue.origin === 'array') return `needs at least ${issue.minimum} ${entries(issue.minimum)}`;
      return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'array') return `takes at most ${issue.maximum} ${entries(issue.maximum)}`;
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
    case 'invalid_union': {
      const types = issue.errors.flatMap((branch) => branch.flatMap(({code, ...rest}) => expectedOf(rest)));
      if (types.length < issue.errors.length) return lowerFirst(issue.message);
      return `expected ${orList([...new Set(types)])}, got ${valueWord(issue.input)}`;
    }
    default:
      return lowerFirst(issue.message);
  }
}

const orList = (words: readonly string[]) => words.join(', ').replace(/, (?=[^,]*$)/, ' or ');

const entries = (count: number | bigint) => (Number(count) === 1 ? 'entry' : 'entries');

const expectedOf = (issue: object) =>
  'expected' in issue && typeof issue.expected === 'string' ? [typeWord(issue.expected)] : [];

const TYPE_WORDS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'keys with values',
  record: 'keys with values',
  string: 'text',
  null: 'nothing',
};

const typeWord = (type: string) => TYPE_WORDS[type] ?? type;

function valueWord(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys with values';
  if (typeof value === 'string') return 'text';
  return String(value);
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

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
  const branches = [...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap(alternatives);
  return node.properties || branches.length === 0 ? [node, ...branches] : branches;
}

function childrenUnder(node: JsonSchemaNode, key: PropertyKey): readonly JsonSchemaNode[] {
  if (typeof key === 'number') return node.items ? [node.items] : [];
  const property = node.properties?.[String(key)];
  if (property) return [property];
  return typeof node.additionalProperties === 'object' ? [node.additionalProperties] : [];
}
