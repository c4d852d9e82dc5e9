import {readdirSync, readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {formatProblem} from '../../../../src/util/problem.js';
import {parseSuppressions} from '../../../../src/valgrind/suppression/parse.js';

const folder = new URL('../../../fixtures/suppressions/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

function entriesOf(text: string) {
  const result = parseSuppressions(text, 'a.supp');
  if (!result.ok) throw new Error(result.error.map(formatProblem).join('\n'));
  return result.value.entries;
}

describe('a file with every liberty of layout', () => {
  const entries = entriesOf(read('layout.supp'));

  it('has its entries where they stand', () => {
    expect(entries.map(({name, place}) => [name, place?.line])).toEqual([
      ['plain', 5],
      ['tabs and a comment inside', 12],
      ['no indentation, a name with : and {braces}', 22],
      ['ignored by memcheck', 29],
      ['a system call', 37],
      ['a core error', 44],
      ['another tool without anything more', 49],
      ['fishy', 53],
    ]);
  });

  it('has rules of one or several tools', () => {
    expect(entries.map(({tools, kind, extra}) => [tools, kind, extra])).toEqual([
      [['Memcheck'], 'Cond', []],
      [['Memcheck'], 'Leak', ['match-leak-kinds: definite,possible']],
      [['Memcheck', 'Addrcheck'], 'Addr8', []],
      [['Helgrind'], 'Race', ['whatever:it says']],
      [['Memcheck'], 'Param', ['socketcall.sendto(msg)']],
      [['CoreError'], 'FdBadClose', []],
      [['drd'], 'ConflictingAccess', []],
      [['Memcheck'], 'FishyValue', ['malloc(size)']],
    ]);
  });

  it('has locations of all types', () => {
    expect(entries[1]?.frames).toEqual([
      {type: 'fun', pattern: 'malloc'},
      {type: 'any'},
      {type: 'obj', pattern: '*/libfoo.so*'},
    ]);
    expect(entries[2]?.frames).toEqual([
      {type: 'src', pattern: 'file.c:12'},
      {type: 'src', pattern: 'file.c'},
      {type: 'fun', pattern: '?oo*'},
    ]);
  });

  it('gives a rule the comments that stand right at it', () => {
    expect(entries.map(({comments}) => comments)).toEqual([
      [],
      ['The reason stands right here,', 'in two lines.', 'This one belongs to the rule.'],
      [],
      [],
      [],
      [],
      [],
      [],
    ]);
  });
});

it.each(['', '\n\n', '# only a comment\n'])('%j has no entries', (text) => {
  expect(parseSuppressions(text, 'a.supp')).toEqual({ok: true, value: {entries: [], end: text}});
});

describe('what valgrind rejects', () => {
  const messages: Record<string, string> = {
    'bad-location': '4:3 expected "fun:", "obj:", "src:", "..." or "}"',
    'blank-after-last-brace': '1:1 this rule is not closed with "}"',
    'brace-with-name': '1:1 expected "{"',
    'comment-after-kind': '3:3 unknown kind "Cond # why"',
    'comment-at-end': '6:1 the last line is a comment without a line break, which valgrind does not accept',
    empty: '2:1 the rule has no name',
    'fishy-without-parentheses': '4:3 a FishyValue rule takes "function(argument)" after its kind',
    'leak-junk': '4:3 expected "match-leak-kinds:" or a location after the kind Leak',
    'leak-kinds-blank': '4:3 no blank may stand beside the commas of "match-leak-kinds:"',
    'leak-kinds-mixed': '4:3 "all" and "none" stand alone',
    'leak-kinds-none-given': '4:3 "match-leak-kinds:" names no kind',
    'leak-kinds-unknown': '4:3 unknown leak kind "definit", did you mean "definite"?',
    'leak-src-first':
      '4:3 valgrind does not accept "src:" as the first location of a Leak rule; put "match-leak-kinds: all" before it',
    'no-brace': '1:1 expected "{"',
    'no-colon': '3:3 expected "tool1,tool2:kind", such as "Memcheck:Cond"',
    'no-kind': '3:1 the rule has no kind, such as "Memcheck:Cond"',
    'no-location': '4:1 the rule has no location',
    'only-dots': '6:1 the rule needs at least one location that is not "..."',
    'param-without': '5:1 a Param rule needs the parameter after its kind, such as "write(buf)"',
    'too-many-locations': '504:3 more than 500 locations in one rule',
    unclosed: '1:1 this rule is not closed with "}"',
    'unclosed-before-next': '5:1 expected "}" before the next rule',
    'unknown-kind': '3:3 unknown kind "Leek", did you mean "Leak"?',
  };

  it('has a message for every sample', () => {
    const samples = readdirSync(new URL('rejected/', folder)).map((name) => name.replace('.supp', ''));
    expect(samples.toSorted()).toEqual(Object.keys(messages).toSorted());
  });

  it.each(Object.entries(messages))('%s', (name, message) => {
    const result = parseSuppressions(read(`rejected/${name}.supp`), 'a.supp');
    const problems = result.ok ? [] : result.error.map((p) => `${p.line}:${p.column} ${p.message}`);
    expect(problems).toEqual([message]);
  });

  it('is shown with the line', () => {
    const result = parseSuppressions(read('rejected/unknown-kind.supp'), 'supp/a.supp');
    expect(result.ok ? '' : result.error.map(formatProblem).join('')).toBe(
      'supp/a.supp:3:3 unknown kind "Leek", did you mean "Leak"?\n    Memcheck:Leek\n    ^',
    );
  });

  it('is reported for every faulty rule, once', () => {
    const rule = (kind: string) => `{\n  a\n  Memcheck:${kind}\n  junk\n}\n`;
    const result = parseSuppressions(`${rule('Leek')}junk\nmore\n${rule('Cond')}${rule('Adr8')}`, 'a.supp');
    expect(result.ok ? [] : result.error.map(({line}) => line)).toEqual([3, 6, 11, 15]);
  });
});
