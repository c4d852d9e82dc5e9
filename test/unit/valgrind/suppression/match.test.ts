import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {matchGlob, matchSequence} from '../../../../src/valgrind/suppression/glob.js';
import {qualifiedName, withoutParameters} from '../../../../src/valgrind/suppression/mangled.js';
import {matchesSuppression} from '../../../../src/valgrind/suppression/match.js';
import {parseSuppressions} from '../../../../src/valgrind/suppression/parse.js';
import type {Frame, LossRecord, MemoryError} from '../../../../src/valgrind/types.js';
import {parseXml} from '../../../../src/valgrind/xml.js';

describe('wildcards', () => {
  it.each([
    ['', '', true],
    ['a', '', false],
    ['*', '', true],
    ['**', '', true],
    ['*', 'abc', true],
    ['*b', 'abc', false],
    ['*bc', 'abc', true],
    ['a*c', 'abc', true],
    ['a*b', 'abc', false],
    ['*b*', 'abc', true],
    ['a*b*c', 'aXbYbZc', true],
    ['*ab', 'aab', true],
    ['a?c', 'abc', true],
    ['?', '', false],
    ['?', 'ab', false],
    ['*.so*', '/usr/lib/libc.so.6', true],
    ['a.c', 'abc', false],
  ])('"%s" is "%s": %s', (pattern, text, expected) => {
    expect(matchGlob(pattern, text)).toBe(expected);
  });

  it('decide as the recursive definition does', () => {
    const define = (p: string, t: string, isPrefix: boolean): boolean => {
      if (p === '') return isPrefix || t === '';
      if (p[0] === '*')
        return define(p.slice(1), t, isPrefix) || (t !== '' && define(p, t.slice(1), isPrefix));
      return t !== '' && (p[0] === '?' || p[0] === t[0]) && define(p.slice(1), t.slice(1), isPrefix);
    };
    const pattern = fc.stringMatching(/^[ab?*]{0,7}$/);
    fc.assert(
      fc.property(pattern, fc.stringMatching(/^[ab]{0,8}$/), fc.boolean(), (p, t, isPrefix) => {
        const isStar = (c: string) => c === '*';
        const isMatch = (wanted: string, c: string) => wanted === '?' || wanted === c;
        expect(matchSequence(p, t, {isStar, isMatch, isPrefix})).toBe(define(p, t, isPrefix));
      }),
    );
  });

  it('do not take exponential time', () => {
    expect(matchGlob('*a'.repeat(40), `${'a'.repeat(2000)}b`)).toBe(false);
  });
});

describe('mangled names', () => {
  it.each([
    ['_Z3fooi', 'foo'],
    ['_ZL3foov', 'foo'],
    ['_Z3foo3bar', 'foo'],
    ['_ZN5space5thing4moveEi', 'space::thing::move'],
    ['_ZNK5space5thing4sizeEv', 'space::thing::size'],
    ['_ZN12_GLOBAL__N_13fooEv', '_GLOBAL__N_1::foo'],
    ['_ZN4core3fmt5write17h0123456789abcdefE', 'core::fmt::write'],
    ['_ZN5space6HolderIiE4readEv', undefined],
    ['_Z3fooIiEvT_', undefined],
    ['_ZN3fooC1Ev', undefined],
    ['_Znwm', undefined],
    ['foo', undefined],
    ['_ZN99xE', undefined],
  ])('%s is %s', (mangled, expected) => {
    expect(qualifiedName(mangled)).toBe(expected);
  });

  it.each([
    ['space::thing::move(int) const', 'space::thing::move'],
    ['(anonymous namespace)::foo(int)', '_GLOBAL__N_1::foo'],
    ['core::fmt::write', 'core::fmt::write'],
  ])('%s is %s without its parameters', (demangled, expected) => {
    expect(withoutParameters(demangled)).toBe(expected);
  });
});

const frame = (name: string | undefined, more: Partial<Frame> = {}): Frame => ({
  ip: '0x1',
  object: '/usr/lib/libpython3.13.so.1.0',
  ...(name === undefined ? {} : {function: name}),
  ...more,
});

const stack = [
  frame('malloc', {object: '/usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so'}),
  frame('PyList_New', {file: 'listobject.c', line: 273}),
  frame('space::thing::move(int)'),
  frame(undefined),
  frame('main', {object: '/opt/python/bin/python3.13'}),
];

const leak: LossRecord = {type: 'loss-record', kind: 'possible', bytes: 1, blocks: 1, stack};

const errorOf = (kind: string, what: string): MemoryError => ({
  type: 'error',
  unique: '0x0',
  kind,
  what,
  stacks: [{frames: stack}, {what: 'Block was', frames: [frame('free')]}],
});

function rule(kind: string, ...lines: readonly string[]) {
  const text = `{\n name\n ${kind}\n ${lines.join('\n ')}\n}\n`;
  const result = parseSuppressions(text, 'a.supp');
  const [entry] = result.ok ? result.value.entries : [];
  if (entry === undefined) throw new Error(`no rule: ${text}`);
  return entry;
}

describe('a rule hides a leak by its locations', () => {
  it.each([
    [['fun:malloc'], true],
    [['fun:PyList_New'], false],
    [['fun:malloc', 'fun:PyList_New'], true],
    [['fun:malloc', 'fun:*'], true],
    [['fun:mall?c', 'fun:Py*_New'], true],
    [['...', 'fun:PyList_New'], true],
    [['...', 'fun:main'], true],
    [['...', 'fun:main', 'fun:_start'], false],
    [['...', 'fun:main', '...'], true],
    [['fun:malloc', '...', 'fun:malloc'], false],
    [['obj:*/vgpreload_memcheck-*', 'obj:*/libpython*'], true],
    [['obj:*libpython*'], false],
    [['fun:malloc', 'src:listobject.c'], true],
    [['fun:malloc', 'src:listobject.c:273'], true],
    [['fun:malloc', 'src:listobject.c:274'], false],
    [['fun:malloc', 'src:list*'], true],
    [['fun:malloc', 'fun:PyList_New', 'fun:_ZN5space5thing4moveEi'], true],
    [['fun:malloc', 'fun:PyList_New', 'fun:_ZN5space5thing4copyEi'], false],
    [['fun:malloc', 'fun:PyList_New', 'fun:space::thing::move(int)'], true],
    [['...', 'fun:_ZN5space5thing4moveEi', 'fun:???'], true],
    [['fun:malloc', 'fun:*', 'fun:*', 'fun:*', 'fun:*', 'fun:*'], false],
  ])('%j: %s', (lines, expected) => {
    expect(matchesSuppression(rule('Memcheck:Leak', ...lines), leak)).toBe(expected);
  });
});

describe('a rule hides a leak by its kind', () => {
  it.each([
    ['match-leak-kinds: all', true],
    ['match-leak-kinds: possible', true],
    ['match-leak-kinds:definite,possible', true],
    ['match-leak-kinds: definite,indirect,reachable', false],
    ['match-leak-kinds: none', false],
  ])('%s: %s', (extra, expected) => {
    expect(matchesSuppression(rule('Memcheck:Leak', extra, 'fun:malloc'), leak)).toBe(expected);
  });

  it('of memcheck only', () => {
    expect(matchesSuppression(rule('Helgrind:Leak', 'fun:malloc'), leak)).toBe(false);
    expect(matchesSuppression(rule('Helgrind,Memcheck:Leak', 'fun:malloc'), leak)).toBe(true);
    expect(matchesSuppression(rule('Memcheck:Cond', 'fun:malloc'), leak)).toBe(false);
  });
});

describe('a rule hides an error by its kind', () => {
  it.each([
    ['Memcheck:Addr4', 'InvalidRead', 'Invalid read of size 4', true],
    ['Memcheck:Addr4', 'InvalidWrite', 'Invalid write of size 4', true],
    ['Memcheck:Addr8', 'InvalidRead', 'Invalid read of size 4', false],
    ['Memcheck:Value8', 'UninitValue', 'Use of uninitialised value of size 8', true],
    ['Memcheck:Value4', 'UninitValue', 'Use of uninitialised value of size 8', false],
    ['Memcheck:Cond', 'UninitCondition', 'Conditional jump or move depends on …', true],
    ['Memcheck:Value0', 'UninitCondition', 'Conditional jump or move depends on …', true],
    ['Memcheck:Free', 'InvalidFree', 'Invalid free() / delete / delete[] / realloc()', true],
    ['Memcheck:Free', 'MismatchedFree', 'Mismatched free() / delete / delete []', true],
    ['Memcheck:Jump', 'InvalidJump', 'Jump to the invalid address stated on the next line', true],
    ['Memcheck:Overlap', 'Overlap', 'Source and destination overlap in …', true],
    ['Memcheck:User', 'ClientCheck', 'Uninitialised byte(s) found …', true],
    ['Memcheck:Mempool', 'InvalidMemPool', 'Illegal memory pool address', true],
    ['Memcheck:ReallocZero', 'ReallocSizeZero', 'realloc() with size 0', true],
    ['Memcheck:BadAlign', 'InvalidAlignment', 'Invalid alignment value: 3', true],
    ['Memcheck:BadSize', 'InvalidSize', 'memalign invalid size value: 0', true],
    ['Memcheck:SizeMismatch', 'MismatchedAllocateDeallocateSize', 'Mismatched …', true],
    ['Memcheck:AlignMismatch', 'MismatchedAllocateDeallocateAlignment', 'Mismatched …', true],
    ['CoreError:FdBadClose', 'FdBadClose', 'File descriptor 3: … is already closed', true],
    ['CoreError:FdNotClosed', 'FdBadClose', 'File descriptor 3: … is already closed', false],
    ['Memcheck:Cond', 'SomethingNew', 'whatever', false],
  ])('%s, %s "%s": %s', (kind, xmlKind, what, expected) => {
    expect(matchesSuppression(rule(kind, 'fun:malloc'), errorOf(xmlKind, what))).toBe(expected);
  });

  it.each([
    ['Memcheck:Param', 'write(buf)', true],
    ['Memcheck:Param', 'write(fd)', false],
    ['Memcheck:FishyValue', 'malloc(size)', false],
  ])('%s with %s: %s', (kind, extra, expected) => {
    const error = errorOf('SyscallParam', 'Syscall param write(buf) points to uninitialised byte(s)');
    expect(matchesSuppression(rule(kind, extra, 'fun:malloc'), error)).toBe(expected);
  });

  it.each([
    ['malloc(size)', true],
    ['calloc(size)', false],
    ['malloc(nmemb)', false],
  ])('FishyValue with %s: %s', (extra, expected) => {
    const what = "Argument 'size' of function malloc has a fishy (possibly negative) value: -3";
    const entry = rule('Memcheck:FishyValue', extra, 'fun:malloc');
    expect(matchesSuppression(entry, errorOf('FishyValue', what))).toBe(expected);
  });
});

it('agrees with the rules that valgrind itself suggests for recorded errors', async () => {
  const file = new URL('../../../fixtures/xml/generated.xml', import.meta.url);
  const errors: MemoryError[] = [];
  await parseXml([readFileSync(file)], (item) => {
    if (item.type === 'error') errors.push(item);
  });
  expect(errors.length).toBeGreaterThan(10);
  const rules = errors.map(({suppression = ''}) => {
    const result = parseSuppressions(`${suppression}\n`, 'a.supp');
    return result.ok ? result.value.entries[0] : undefined;
  });
  // A template's name cannot be compared with its mangled form.
  const hidden = errors.map((error, index) => {
    const entry = rules[index];
    return entry !== undefined && matchesSuppression(entry, error);
  });
  const isTemplate = errors.map(({stacks}) => stacks[0]?.frames.some((f) => f.function?.includes('<')));
  expect(hidden).toEqual(isTemplate.map((template) => !template));
});
