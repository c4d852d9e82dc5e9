import type {Problem} from '../util/problem.js';
import type {YamlDocument} from '../util/yaml-document.js';
import type {ScenarioFile} from './schema.js';
import {substitute} from './substitute.js';

/** One set of variables; a scenario without `cases` has a single nameless one without variables. */
export interface Case {
  readonly name?: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The variables that have a text, as the file spells it. */
  readonly texts: ReadonlyMap<string, string | undefined>;
}

type Document = YamlDocument<ScenarioFile>;
type KeyPath = readonly PropertyKey[];

export function readCases(document: Document): {
  readonly cases: readonly Case[];
  readonly problems: readonly Problem[];
} {
  const {cases} = document.value;
  if (cases === undefined) return {cases: [{variables: {}, texts: new Map()}], problems: []};
  const entries = Object.entries(cases);
  if (entries.length === 0) {
    return {cases: [], problems: [document.problemAtKey(['cases'], '"cases" holds no case')]};
  }
  return {
    cases: entries.map(([name, variables]) => ({
      name,
      variables,
      texts: new Map(
        Object.keys(variables).map((variable) => [variable, textOf(document, ['cases', name, variable])]),
      ),
    })),
    problems: inexactNumbers(document, cases, ['cases']),
  };
}

/** An empty value is no text: it is Python's None. */
const textOf = ({value, scalarText}: Document, keys: KeyPath) => {
  const [, name = '', variable = ''] = keys.map(String);
  return value.cases?.[name]?.[variable] === null ? undefined : scalarText(keys);
};

/**
 * Numbers that would reach Python as others: integers over 2^53, which a JavaScript number does
 * not hold, and 1.0, which JSON writes as 1.
 */
function inexactNumbers(document: Document, value: unknown, keys: KeyPath): readonly Problem[] {
  if (typeof value === 'object' && value !== null) {
    const children = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
    return children.flatMap(([key, child]) => inexactNumbers(document, child, [...keys, key]));
  }
  if (typeof value !== 'number') return [];
  const spelled = document.scalarText(keys) ?? '';
  const isFloat = /^[-+.\d]+(e[-+\d]+)?$/i.test(spelled) && /[.e]/i.test(spelled);
  const exact = isFloat ? !/^-?\d+$/.test(JSON.stringify(value)) : Number.isSafeInteger(value);
  if (exact) return [];
  const message = `${keys.map(String).join('.')}: Python would get ${JSON.stringify(value)} for ${spelled}`;
  const next = `write it in quotes and convert it in Python with ${isFloat ? 'float' : 'int'}()`;
  return [document.problemAt(keys, message, next)];
}

/** The text under `keys` with the variables of `scenarioCase` in it. */
export function substituteAt(
  document: Document,
  keys: KeyPath,
  {name, variables, texts}: Case,
): {readonly text: string; readonly problems: readonly Problem[]} {
  const {text, unknown} = substitute(document.scalarText(keys) ?? '', texts);
  const problems = unknown.map((variable) => {
    const place = `${keys.map(String).join('.')}: `;
    if (name === undefined) {
      const next = `give the scenario cases, or write $\${${variable}} for the text itself`;
      return document.problemAt(keys, `${place}unknown variable "${variable}"`, next);
    }
    const cause = Object.hasOwn(variables, variable) ? 'is no text, number or truth value in' : 'is not in';
    return document.problemAt(keys, `${place}variable "${variable}" ${cause} case "${name}"`);
  });
  return {text, problems};
}
