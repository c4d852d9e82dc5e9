import os from 'node:os';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {cacheProblem, defaultCacheRoot} from '../../../src/python/cache.js';

const home = path.join(os.homedir(), '.cache', 'leakline');

it.each([
  [{}, home],
  [{XDG_CACHE_HOME: '/x'}, '/x/leakline'],
  [{XDG_CACHE_HOME: 'relative'}, home],
  [{XDG_CACHE_HOME: ''}, home],
  [{LEAKLINE_CACHE: '/own', XDG_CACHE_HOME: '/x'}, '/own'],
  [{LEAKLINE_CACHE: ''}, home],
  [{LEAKLINE_CACHE: 'own'}, path.resolve('own')],
])('defaultCacheRoot(%j)', (env, expected) => {
  expect(defaultCacheRoot(env)).toBe(expected);
});

describe('cacheProblem', () => {
  const problemOf = (code: string) => cacheProblem(Object.assign(new Error(code), {code}), '/cache').message;

  it.each([
    ['ENOSPC', /No space is left/],
    ['EDQUOT', /No space is left/],
    ['EROFS', /cannot be written/],
    ['EACCES', /cannot be written/],
  ])('%s', (code, message) => {
    expect(problemOf(code)).toMatch(message);
  });

  it('throws a bug on', () => {
    expect(() => cacheProblem(new TypeError('x is not a function'), '/cache')).toThrow(TypeError);
  });
});
