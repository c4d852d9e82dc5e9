import {spawnSync} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {writeLinkTools} from '../../../src/python/link-tools.js';

let root: string;
let tools: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'leakline-tools-'));
  tools = path.join(root, 'tools');
  writeLinkTools(tools);
  mkdirSync(path.join(root, 'real'));
  for (const name of ['ld', 'ld.gold', 'strip']) {
    const file = path.join(root, 'real', name);
    writeFileSync(file, `#!/bin/sh\nprintf '%s|' ${name} "$@"\n`);
    chmodSync(file, 0o755);
  }
});
afterEach(() => rmSync(root, {recursive: true}));

/** What the tool hands to the real one of its name, wherever its own folder is in PATH. */
function run(name: string, args: readonly string[], before = ''): string {
  const PATH = `${before}${tools}:${path.join(root, 'real')}:/usr/bin:/bin`;
  const {stdout} = spawnSync(path.join(tools, name), args, {env: {PATH}, encoding: 'utf8', timeout: 10_000});
  return stdout;
}

describe('the linker', () => {
  it.each([
    ['ld', ['-s', '-o', 'a.so', 'a b.o'], 'ld|-o|a.so|a b.o|'],
    ['ld', ['--strip-all', '-S', '--strip-debug', '-shared'], 'ld|-shared|'],
    ['ld.gold', ['-shared', '-soname', 's'], 'ld.gold|-shared|-soname|s|'],
    ['ld', ['*', ''], 'ld|*||'],
  ])('%s %j does not strip', (name, args, expected) => {
    expect(run(name, args)).toBe(expected);
  });

  it('finds the real one when its own folder is not the first in PATH', () => {
    expect(run('ld', ['a.o'], '/other:')).toBe('ld|a.o|');
  });
});

describe('strip', () => {
  it('leaves files as they are', () => {
    expect(run('strip', ['--strip-unneeded', 'a.so'])).toBe('');
  });

  it('is the real one for another file', () => {
    expect(run('strip', ['-o', 'b.so', 'a.so'])).toBe('strip|-o|b.so|a.so|');
  });
});
