import {describe, expect, it} from 'vitest';
import type {Profile} from '../../../src/python/recipe.js';
import {missingModulesProblem, wrongAllocator} from '../../../src/python/verify.js';

describe('wrongAllocator', () => {
  // Numbers as real builds show them on x86-64.
  const SIGNS = {
    '2.7 with malloc': {spacing: 32, objectSize: 16, allocatedBlocks: null, gil: true},
    '2.7 with pymalloc': {spacing: 16, objectSize: 16, allocatedBlocks: null, gil: true},
    '3.13 with malloc': {spacing: 32, objectSize: 16, allocatedBlocks: 0, gil: true},
    '3.13 with pymalloc': {spacing: 16, objectSize: 16, allocatedBlocks: 24_000, gil: true},
    '3.13 without a GIL': {spacing: 16, objectSize: 32, allocatedBlocks: 24_000, gil: false},
  };

  it.each<[Profile, keyof typeof SIGNS, RegExp | undefined]>([
    ['malloc', '2.7 with malloc', undefined],
    ['malloc', '3.13 with malloc', undefined],
    ['malloc', '2.7 with pymalloc', /pymalloc is live/],
    ['malloc', '3.13 with pymalloc', /pymalloc is live/],
    ['memory-debugger', '2.7 with pymalloc', undefined],
    ['memory-debugger', '3.13 with pymalloc', undefined],
    ['memory-debugger', '2.7 with malloc', /pymalloc is not live/],
    ['memory-debugger', '3.13 with malloc', /pymalloc is not live/],
    ['free-threaded', '3.13 without a GIL', undefined],
    ['free-threaded', '3.13 with malloc', /has a GIL/],
  ])('%s on %s: %s', (profile, signs, expected) => {
    const wrong = wrongAllocator(profile, SIGNS[signs]);
    if (expected === undefined) expect(wrong).toBeUndefined();
    else expect(wrong).toMatch(expected);
  });
});

describe('missingModulesProblem', () => {
  it('names the packages to install', () => {
    const problem = missingModulesProblem({name: 'cpython-3.13'}, ['ssl', 'bz2']);
    expect(problem?.message).toContain('no ssl, bz2');
    expect(problem?.next).toContain('apt-get install libssl-dev libbz2-dev');
  });

  it("names those of the host's architecture for a cross build", () => {
    const problem = missingModulesProblem({name: 'board', host: 'arm-linux-gnueabihf'}, ['ssl']);
    expect(problem?.next).toContain('dpkg --add-architecture armhf');
    expect(problem?.next).toContain('apt-get install libssl-dev:armhf');
  });

  it('is none when nothing is missing', () => {
    expect(missingModulesProblem({name: 'cpython-3.13'}, [])).toBeUndefined();
  });
});
