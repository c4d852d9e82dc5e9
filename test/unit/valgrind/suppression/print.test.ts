import {readdirSync, readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {parseSuppressions} from '../../../../src/valgrind/suppression/parse.js';
import {printSuppression, printSuppressions} from '../../../../src/valgrind/suppression/print.js';
import type {SuppressionEntry} from '../../../../src/valgrind/suppression/types.js';

const samples = ['../../../fixtures/suppressions/', '../../../../supp/'].flatMap((path) => {
  const folder = new URL(path, import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.supp'))
    .map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const);
});

function parse(text: string) {
  const result = parseSuppressions(text, 'a.supp');
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

it.each(samples)('%s is printed as it was read', (_name, text) => {
  expect(printSuppressions(parse(text))).toBe(text);
});

const MADE: SuppressionEntry = {
  name: 'made',
  tools: ['Memcheck'],
  kind: 'Leak',
  extra: ['match-leak-kinds: definite'],
  frames: [{type: 'fun', pattern: 'malloc'}, {type: 'any'}, {type: 'src', pattern: 'a.c:3'}],
  comments: ['The reason.', '', 'More.'],
};

it('lays a made rule out as valgrind does', () => {
  expect(printSuppression(MADE)).toBe(
    '# The reason.\n#\n# More.\n{\n   made\n   Memcheck:Leak\n   match-leak-kinds: definite\n   fun:malloc\n   ...\n   src:a.c:3\n}\n',
  );
});

describe('a rule that was changed', () => {
  const text = '# File.\n\n# Reason.\n{\n\tname\n\tMemcheck:Leak\n\tfun:f # g\n}\n';
  const [entry] = parse(text).entries;

  it('keeps its layout when it has as many lines as before', () => {
    const changed = {...MADE, ...entry, name: 'other', kind: 'Cond'};
    expect(printSuppression(changed)).toBe(text.replace('name', 'other').replace('Leak', 'Cond'));
  });

  it('keeps what stands before it otherwise', () => {
    const changed = {...MADE, ...entry, frames: MADE.frames};
    expect(printSuppression(changed)).toBe(
      '# File.\n\n# Reason.\n{\n   name\n   Memcheck:Leak\n   fun:malloc\n   ...\n   src:a.c:3\n}\n',
    );
  });
});

it('is the inverse of reading for whatever can be said in a rule', () => {
  const word = fc.stringMatching(/^[\w*?./(){}: -]{1,20}$/).map((text) => `x${text}`.trimEnd());
  const frame = fc.oneof(
    fc.record({type: fc.constantFrom('fun', 'obj', 'src'), pattern: word}),
    fc.constant({type: 'any' as const}),
  );
  const entry: fc.Arbitrary<SuppressionEntry> = fc.record({
    name: word,
    tools: fc.constant(['Memcheck']),
    kind: fc.constantFrom('Cond', 'Addr4', 'Free'),
    extra: fc.constant([]),
    frames: fc
      .array(frame, {maxLength: 5})
      .map((frames) => [{type: 'fun', pattern: 'f'} as const, ...frames]),
    comments: fc.array(word, {maxLength: 3}),
  }) as fc.Arbitrary<SuppressionEntry>;
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const read = parse(printSuppressions({entries, end: ''})).entries;
      expect(read.map(({layout: _layout, place: _place, ...rest}) => rest)).toEqual(entries);
    }),
  );
});
