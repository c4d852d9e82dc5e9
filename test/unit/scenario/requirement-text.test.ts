import {describe, expect, it} from 'vitest';
import {requirementMistake, requirementName, wheelName} from '../../../src/scenario/requirement-text.js';

describe('requirementName', () => {
  it.each([
    ['ujson', 'ujson'],
    ['ujson==5.10.0', 'ujson'],
    ['  Zope.Interface >= 5, <8 ', 'zope-interface'],
    ['ruamel_yaml.clib', 'ruamel-yaml-clib'],
    ['pkg[a, b-c]~=1.0', 'pkg'],
    ['pkg (>=1.0)', 'pkg'],
    ['pkg==1.*', 'pkg'],
    ['pkg===1.0+local', 'pkg'],
    ["pkg>=1; python_version < '3.12'", 'pkg'],
    ['pkg @ https://example.org/pkg-1.0.tar.gz', 'pkg'],
    ['pkg @ git+https://example.org/pkg.git@v1 ; os_name == "posix"', 'pkg'],
  ])('%j: %s', (text, name) => {
    expect(requirementName(text)).toBe(name);
  });

  it.each([
    '',
    '-r requirements.txt',
    '--index-url=https://example.org',
    'pkg=1.0',
    'pkg 1.0',
    'pkg>=1.0 <2',
    'pkg @ file:///etc/passwd',
    'pkg @ ../folder',
    'pkg\n--pre',
    'pkg; python_version<"3"\n--pre',
    'a b',
    '.',
    '../pkg',
  ])('%j is none', (text) => {
    expect(requirementName(text)).toBeUndefined();
  });
});

describe('requirementMistake', () => {
  it.each([
    ['spam.c', /"extension" or "program"/],
    ['../ext/spam.cpp', /"extension" or "program"/],
    ['dist/spam-1.0-py3-none-any.whl', /"wheel"/],
    ['..', /"project"/],
    ['./spam', /"project"/],
    ['/spam', /"project"/],
    ['spam=1', /ujson==5\.10\.0/],
  ])('of %j', (text, expected) => {
    expect(requirementMistake(text)).toMatch(expected);
  });

  it('is none of a requirement', () => {
    expect(requirementMistake('spam>=1')).toBeUndefined();
  });
});

it.each([
  ['Zope_Interface-5.0-py3-none-any.whl', 'zope-interface'],
  ['strange', 'strange'],
])('the wheel %s holds %s', (file, name) => {
  expect(wheelName(file)).toBe(name);
});
