import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, describe, expect, it} from 'vitest';
import {z} from 'zod';
import type {Problem} from '../../../src/util/problem.js';
import {parseYamlDocument, readYamlDocument} from '../../../src/util/yaml-document.js';

const schema = z.strictObject({
  name: z.string().min(1).optional(),
  count: z.int().min(0).max(9).optional(),
  mode: z.enum(['growth', 'exit']).optional(),
  list: z.array(z.string()).min(1).optional(),
  any: z.json().optional(),
  named: z.record(z.string().regex(/^[a-z]+$/, 'is no name'), z.strictObject({value: z.string()})).optional(),
  either: z
    .union([z.strictObject({left: z.strictObject({a: z.number()})}), z.strictObject({right: z.string()})])
    .optional(),
  plain: z.union([z.string(), z.number()]).optional(),
});

const brief = (problems: readonly Problem[]) =>
  problems.map(({line, column, message}) => `${line}:${column} ${message}`);

function problemsOf(text: string): readonly string[] {
  const result = parseYamlDocument(text, schema, 'f.yaml');
  return result.ok ? [] : brief(result.error);
}

function read(text: string) {
  const result = parseYamlDocument(text, schema, 'f.yaml');
  if (!result.ok) throw new Error(brief(result.error).join('\n'));
  return result.value;
}

describe('what fits', () => {
  it.each([
    ['nothing', '', {}],
    ['only a comment', '# nothing here\n', {}],
    ['a byte-order mark', '\uFEFFname: x\n', {name: 'x'}],
    ['document marks', '---\nname: x\n...\n', {name: 'x'}],
    ['CRLF', 'name: |\r\n  a\r\n  b\r\ncount: 1\r\n', {name: 'a\nb\n', count: 1}],
    ['an alias', 'name: &n x\nplain: *n\n', {name: 'x', plain: 'x'}],
    ['a tab inside a text', 'name: |\n  \tx\n', {name: '\tx\n'}],
  ])('%s', (_, text, value) => {
    expect(read(text).value).toEqual(value);
  });
});

describe('what does not', () => {
  it.each<[string, string, string[]]>([
    ['an unknown key', 'nmae: x\n', ['1:1 unknown key "nmae", did you mean "name"?']],
    ['an unknown key far from all', 'zzzzzzzz: x\n', ['1:1 unknown key "zzzzzzzz"']],
    [
      'unknown keys in depth',
      'named:\n  a:\n    value: x\n    vlaue: y\n',
      ['4:5 unknown key "vlaue", did you mean "value"?'],
    ],
    ['a merge key', 'named:\n  a: &a {value: x}\n<<: *a\n', ['3:1 unknown key "<<"']],
    ['a number as key', '1: x\n', ['1:1 unknown key "1"']],
    ['a mapping as key', '{a: b}: c\n', ['1:1 a key must be text']],
    ['a key twice', 'name: x\nname: y\n', ['2:1 this key stands here for the second time']],
    [
      'a key twice in two spellings',
      'any: {1: x, "1": y}\n',
      ['1:13 this key stands here for the second time'],
    ],
    ['nothing as value', 'name:\n', ['1:6 name: expected text, got nothing']],
    ['an empty text', 'name: ""\n', ['1:7 name: must not be empty']],
    ['a number for text', 'name: 3.10\n', ['1:7 name: expected text, got 3.1']],
    ['text for a number', 'count: many\n', ['1:8 count: expected a number, got text']],
    ['a broken number', 'count: 1.5\n', ['1:8 count: expected a whole number, got 1.5']],
    ['too small and too big', 'count: -1\n', ['1:8 count: must be at least 0']],
    ['too big', 'count: 10\n', ['1:8 count: must be at most 9']],
    ['a mode', 'mode: grwoth\n', ['1:7 mode: expected growth or exit, got "grwoth", did you mean "growth"?']],
    ['an empty list', 'list: []\n', ['1:7 list: needs at least 1 entry']],
    ['a wrong entry', 'list:\n  - a\n  - [b]\n', ['3:5 list.1: expected text, got a list']],
    ['a wrong key of a record', 'named: {A: {value: x}}\n', ['1:9 named: "A" is no name']],
    ['a missing key', 'named: {a: {}}\n', ['1:12 named.a.value: this key is missing']],
    [
      'a union, deep in one branch',
      'either: {left: {a: x}}\n',
      ['1:20 either.left.a: expected a number, got text'],
    ],
    ['a union of types', 'plain: [1]\n', ['1:8 plain: expected text or a number, got a list']],
    [
      'infinity in JSON',
      'any: .inf\n',
      ['1:6 any: expected text, a number, true or false, nothing, a list or keys with values, got Infinity'],
    ],
    ['a list at the top', '- a\n', ['1:1 expected keys with values, got a list']],
    ['text at the top', '\nhello\n', ['2:1 expected keys with values, got text']],
    ['two documents', 'name: x\n---\nname: y\n', ['2:1 a second document begins here; a file holds one']],
    ['a tab before a key', 'named:\n\ta: b\n', ['2:1 a tab indents this line; YAML takes spaces only']],
    ['a tab before a text', 'name: |\n\tx\n', ['2:1 a tab indents this line; YAML takes spaces only']],
    ['an unknown tag', 'name: !thing x\n', ['1:7 unknown tag !thing']],
    ['an alias without anchor', 'name: *n\n', ['1:7 alias *n has no anchor &n before it']],
    ['an alias inside its anchor', 'any: &a {b: *a}\n', ['1:13 alias *a stands inside its own anchor']],
    ['__proto__', 'any: {__proto__: 1}\n', ['1:7 the name __proto__ is not allowed']],
    ['an escaped NUL', 'name: "a\\0b"\n', ['1:7 holds a NUL character']],
    ['a raw NUL', 'count: 1\r\nname: a\0b\r\n', ['2:8 control character 0x00 is not allowed here']],
    ['a raw escape', 'name: \x1b[31mred\n', ['1:7 control character 0x1b is not allowed here']],
    [
      'deep nesting',
      `any: ${'['.repeat(60)}${']'.repeat(60)}\n`,
      ['1:55 is nested too deeply: at most 50 levels are accepted'],
    ],
  ])('%s', (_, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  it('names every problem, each at its place', () => {
    expect(problemsOf('count: -1\nlist: []\nnamed: {a: {}, b: {}}\n')).toEqual([
      '1:8 count: must be at least 0',
      '2:7 list: needs at least 1 entry',
      '3:12 named.a.value: this key is missing',
      '3:19 named.b.value: this key is missing',
    ]);
  });

  it.each([
    ['open brackets', `any: ${'['.repeat(20_000)}`],
    ['closed brackets', `any: ${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['mappings', Array.from({length: 1500}, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('survives nesting that exhausts the stack: %s', (_, text) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/is nested too deeply/);
  });

  it('refuses an alias bomb', () => {
    const nine = (name: string) => `[${Array(9).fill(`*${name}`).join(', ')}]`;
    const text = `any:\n  - &a [lol]\n  - &b ${nine('a')}\n  - &c ${nine('b')}\n  - &d ${nine('c')}\n`;
    expect(problemsOf(text)).toEqual([
      '1:1 aliases repeat too much: at most 100 repeated nodes are accepted',
    ]);
  });

  it('shows the line, but neither its control characters nor an endless one', () => {
    const [problem] = failing('list:\t[]\r\n');
    expect(problem).toMatchObject({source: 'list: []', column: 7});
    expect(failing(`name: "${'x'.repeat(500)}\\0"`)[0]).not.toHaveProperty('source');
    expect(failing('name: [\u009b31m]')[0]?.source).toBe('name: [?31m]');
  });
});

function failing(text: string): readonly Problem[] {
  const result = parseYamlDocument(text, schema, 'f.yaml');
  return result.ok ? [] : result.error;
}

describe('textStart', () => {
  it.each([
    ['a literal', 'count: 1\nname: |\n  x = 1\n', {line: 3, indent: 2, joined: false}],
    ['a comment on its header', 'name: | # why\n    x = 1\n', {line: 2, indent: 4, joined: false}],
    ['blank lines first', 'name: |\n\n\n  x = 1\n', {line: 2, indent: 2, joined: false}],
    ['an indentation indicator', 'name: |2\n    x = 1\n  y = 2\n', {line: 2, indent: 2, joined: false}],
    ['a header on a line of its own', 'name:\n  |\n  x = 1\n', {line: 3, indent: 2, joined: false}],
    ['a plain text', 'name: x = 1\n', {line: 1, indent: 0, joined: false}],
    ['a quoted text', 'name: "x = 1\\ny = 2"\n', {line: 1, indent: 0, joined: false}],
    ['CRLF', 'name: |\r\n  x = 1\r\n', {line: 2, indent: 2, joined: false}],
    ['a folded text', 'name: >\n  x = 1\n  y = 2\n', {line: 2, indent: 2, joined: true}],
    ['a plain text over two lines', 'name: x = 1\n  y = 2\n', {line: 1, indent: 0, joined: true}],
    ['a quoted text over two lines', 'name: "x = 1\n  y = 2"\n', {line: 1, indent: 0, joined: true}],
    [
      'an alias, where its anchor stands',
      'plain: &p |\n  x = 1\nname: *p\n',
      {line: 2, indent: 2, joined: false},
    ],
    ['no text', 'count: 1\n', undefined],
  ])('%s', (_, text, start) => {
    expect(read(text).textStart(['name'])).toEqual(start);
  });
});

describe('places', () => {
  const document = read('count: 1\nnamed:\n  one: &one\n    value: x\n  two: *one\n');

  it.each([
    [['named', 'one', 'value'], '4:12', '4:5'],
    [['named', 'two', 'value'], '4:12', '4:5'],
    [['named', 'one', 'missing'], '4:5', '4:5'],
    [['missing'], '1:1', '1:1'],
    [[], '1:1', '1:1'],
  ])('of %j', (keys, value, key) => {
    const place = ({line, column}: Problem) => `${line}:${column}`;
    expect(place(document.problemAt(keys, 'x'))).toBe(value);
    expect(place(document.problemAtKey(keys, 'x'))).toBe(key);
  });

  it('keeps the spelling of numbers', () => {
    const {scalarText} = read('plain: 3.10\nany: [0x10, "10", yes, true, [], null]\nname: x\n');
    expect(scalarText(['plain'])).toBe('3.10');
    expect([0, 1, 2, 3, 4, 5].map((index) => scalarText(['any', index]))).toEqual([
      '0x10',
      '10',
      'yes',
      'true',
      undefined,
      'null',
    ]);
    expect(scalarText(['name'])).toBe('x');
    expect(scalarText(['absent'])).toBeUndefined();
  });
});

describe('files', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'leakline-yaml-'));
  afterAll(() => rmSync(folder, {recursive: true}));
  const messageOf = (name: string) => {
    const result = readYamlDocument(path.join(folder, name), schema, name);
    return result.ok ? undefined : result.error;
  };
  const write = (name: string, content: string | Buffer) => writeFileSync(path.join(folder, name), content);

  it.each<[string, () => void, string]>([
    ['absent', () => {}, 'does not exist'],
    ['folder', () => mkdirSync(path.join(folder, 'folder')), 'is a folder'],
    ['latin1', () => write('latin1', Buffer.from('name: caf\xe9', 'latin1')), 'is not UTF-8 text'],
    ['utf16', () => write('utf16', Buffer.from('\uFEFFname: x', 'utf16le')), 'is not UTF-8 text'],
    ['device', () => symlinkSync('/dev/zero', path.join(folder, 'device')), 'is not a regular file'],
    ['big', () => write('big', 'x'.repeat(5_000_000)), 'is 5000000 bytes long; at most 4194304 are accepted'],
  ])('%s', (name, make, message) => {
    make();
    expect(messageOf(name)).toEqual([{file: name, message}]);
  });

  it('names the file as it was asked to', () => {
    write('bad', 'nmae: x');
    expect(messageOf('bad')).toEqual([
      {
        file: 'bad',
        line: 1,
        column: 1,
        message: 'unknown key "nmae", did you mean "name"?',
        source: 'nmae: x',
      },
    ]);
  });
});
