import {describe, expect, it} from 'vitest';
import {whyUnusable} from '../../../src/python/foreign.js';

const answers = {
  implementation: 'CPython',
  version: [3, 11, 2] as [number, number, number],
  allocatedBlocks: 0,
  hasHeaders: true,
};

describe('an interpreter of the user', () => {
  it('whose allocator can be chosen will do', () => {
    expect(whyUnusable('/usr/bin/python3', answers)).toBeUndefined();
  });

  it.each([
    [{implementation: 'PyPy'}, /is PyPy, not CPython/],
    [{allocatedBlocks: 5000}, /3\.11\.2\) keeps its own allocator/],
    [{version: [2, 7, 18] as [number, number, number], allocatedBlocks: null}, /2\.7\.18\) keeps its own/],
    [{hasHeaders: false}, /has no Python\.h/],
  ])('with %j will not', (change, expected) => {
    expect(whyUnusable('/usr/bin/python3', {...answers, ...change})?.message).toMatch(expected);
  });

  it('without headers names their package', () => {
    expect(whyUnusable('/usr/bin/python3', {...answers, hasHeaders: false})?.next).toContain(
      'python3.11-dev',
    );
  });
});
