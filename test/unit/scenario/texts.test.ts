// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of scenario files
import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {globToRegExp} from '../../../src/scenario/glob.js';
import {isInside} from '../../../src/scenario/inside.js';
import {scenarioJsonSchema} from '../../../src/scenario/json-schema.js';
import {RUN_KEYS, scenarioSchema} from '../../../src/scenario/schema.js';
import {substitute} from '../../../src/scenario/substitute.js';

describe('substitute', () => {
  const variables = new Map<string, string | undefined>([
    ['level', '9'],
    ['dollar', '${level}$&'],
    ['list', undefined],
  ]);
  it.each([
    ['-l${level}', '-l9', []],
    ['${level}${level}', '99', []],
    ['$level', '$level', []],
    ['$${level}', '${level}', []],
    ['$$${level}', '$${level}', []],
    ['${dollar}', '${level}$&', []],
    ['${nope} ${level}', '${nope} 9', ['nope']],
    ['${list}', '${list}', ['list']],
    ['${}', '${}', ['']],
    ['${', '${', []],
    ['', '', []],
  ])('%j', (text, replaced, unknown) => {
    expect(substitute(text, variables)).toEqual({text: replaced, unknown});
  });
});

describe('globToRegExp', () => {
  it.each([
    ['*', 'json', true],
    ['*', 'json/loads', false],
    ['**', 'json/loads', true],
    ['**/loads', 'loads', true],
    ['**/loads', 'a/b/loads', true],
    ['**/loads', 'a/downloads', false],
    ['a/**/z', 'a/z', true],
    ['json/l?ads', 'json/loads', true],
    ['json?loads', 'json/loads', false],
    ['a.b*', 'aXb', false],
    ['(a|b)+*', '(a|b)+c', true],
    ['zlib@[1-9]*', 'zlib@1', false],
  ])('%s on %s: %s', (pattern, id, expected) => {
    expect(globToRegExp(pattern).test(id)).toBe(expected);
  });
});

describe('isInside', () => {
  it.each([
    ['/a', '/a', true],
    ['/a/b', '/a', true],
    ['/ab', '/a', false],
    ['/', '/a', false],
    ['/a/..b', '/a', true],
    ['/a/../b', '/a', false],
  ])('%s in %s: %s', (file, folder, expected) => {
    expect(isInside(file, folder)).toBe(expected);
  });
});

describe('the JSON Schema', () => {
  const schema = JSON.parse(scenarioJsonSchema());

  it('is the committed one', () => {
    const committed = readFileSync(
      new URL('../../../scenarios/scenario.schema.json', import.meta.url),
      'utf8',
    );
    expect(committed, 'write it anew: leakline scenario schema > scenarios/scenario.schema.json').toBe(
      scenarioJsonSchema(),
    );
  });

  it('describes every key, and asks for one that runs', () => {
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
    expect(Object.keys(schema.properties)).toEqual(Object.keys(scenarioSchema.shape));
    for (const [key, property] of Object.entries<Record<string, unknown>>(schema.properties)) {
      expect(property.description, key).toMatch(/\w/);
    }
    expect(schema.oneOf.map(({required}: {required: string[]}) => required)).toEqual(
      RUN_KEYS.map((key) => [key]),
    );
    expect(schema.required).toBeUndefined();
  });

  it('has examples that fit', () => {
    for (const [key, {examples = [], default: fallback}] of Object.entries<{
      examples?: unknown[];
      default?: unknown;
    }>(schema.properties)) {
      for (const example of fallback === undefined ? examples : [...examples, fallback]) {
        expect(
          scenarioSchema.safeParse({[key]: example}),
          `${key}: ${JSON.stringify(example)}`,
        ).toMatchObject({
          success: true,
        });
      }
    }
  });
});
