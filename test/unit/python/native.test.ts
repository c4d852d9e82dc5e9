import {mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {compilerProblem} from '../../../src/python/compiler-problem.js';
import {nativeArgv, nativeFingerprint} from '../../../src/python/native-command.js';
import {localIncludes, readNativeSource} from '../../../src/python/native-source.js';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'leakline-native-')));
});
afterEach(() => rmSync(root, {recursive: true}));

function write(name: string, text: string): string {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), {recursive: true});
  writeFileSync(file, text);
  return file;
}

const fingerprint = (file: string, compiler = 'gcc 12', build = 'abc') =>
  nativeFingerprint('extension', readNativeSource(file), compiler, {fingerprint: build}, 'x64');

describe('readNativeSource', () => {
  it('follows headers beside the file that names them, each once', () => {
    const file = write('a.c', '#include "lib/b.h"\n#include "missing.h"\n#include <stdio.h>\n');
    write('lib/b.h', '#include "c.h"\n');
    write('lib/c.h', '#include "b.h"\n');
    expect(readNativeSource(file).parts.map((part) => path.relative(root, part.file))).toEqual([
      'a.c',
      'lib/b.h',
      'lib/c.h',
    ]);
  });

  it.each([
    ['a.c', 'c'],
    ['a.cc', 'c++'],
    ['a.cpp', 'c++'],
    ['a.cxx', 'c++'],
  ])('takes %s for %s', (name, language) => {
    expect(readNativeSource(write(name, '')).language).toBe(language);
  });

  it('throws when the file itself is not there', () => {
    expect(() => readNativeSource(path.join(root, 'none.c'))).toThrow(/ENOENT/);
  });
});

it('localIncludes knows spaces and indentation, and no comment or angle bracket', () => {
  const text = ' # include  "a.h"\n\t#include "b.h"\n// #include "c.h"\n#include <d.h>\n#include MACRO\n';
  expect(localIncludes(text)).toEqual(['a.h', 'b.h']);
});

describe('nativeFingerprint', () => {
  it('changes with a header', () => {
    const file = write('a.c', '#include "a.h"\n');
    write('a.h', '1');
    const before = fingerprint(file);
    write('a.h', '2');
    expect(fingerprint(file)).not.toBe(before);
  });

  it('changes with the place of the source, which the debug information names', () => {
    expect(fingerprint(write('a/x.c', ''))).not.toBe(fingerprint(write('b/x.c', '')));
  });

  it('of an extension changes with the compiler and the build', () => {
    const file = write('a.c', '');
    expect(
      new Set([fingerprint(file), fingerprint(file, 'gcc 13'), fingerprint(file, 'gcc 12', 'x')]).size,
    ).toBe(3);
  });

  it('of a program does not depend on the build', () => {
    const source = readNativeSource(write('a.c', ''));
    const of = (build: string) => nativeFingerprint('program', source, 'gcc 12', {fingerprint: build}, 'x64');
    expect(of('x')).toBe(of('y'));
  });
});

describe('nativeArgv', () => {
  const compiler = {cc: 'ccache gcc', cxx: 'g++'};

  it('compiles an extension with the flags of the build', () => {
    const source = readNativeSource(write('a.c', ''));
    const argv = nativeArgv('extension', source, compiler, ['/include'], '/out/a.so', 'x64');
    expect(argv.slice(0, 2)).toEqual(['ccache', 'gcc']);
    expect(argv).toEqual(
      expect.arrayContaining(['-shared', '-fPIC', '-I/include', '-fno-omit-frame-pointer']),
    );
    expect(argv).toContain(source.file);
  });

  it('compiles a C++ program without optimising it', () => {
    const source = readNativeSource(write('a.cpp', ''));
    const argv = nativeArgv('program', source, compiler, ['/include'], '/out/a', 'x64');
    expect(argv[0]).toBe('g++');
    expect(argv).toContain('-O0');
    expect(argv).not.toContain('-shared');
  });
});

describe('compilerProblem', () => {
  it('points to the first error', () => {
    const output = [
      "/p/a.c: In function 'f':",
      "/p/a.c:3:5: warning: unused variable 'x' [-Wunused-variable]",
      "/p/a.c:7:12: error: expected ';' before '}' token",
      '/p/a.c:9:1: error: another',
    ].join('\n');
    expect(compilerProblem(output)).toMatchObject({
      file: '/p/a.c',
      line: 7,
      column: 12,
      message: "expected ';' before '}' token",
      detail: output,
    });
  });

  it('knows fatal errors and lines without a column', () => {
    expect(compilerProblem('a.c:2: fatal error: Python.h: No such file or directory')).toMatchObject({
      line: 2,
      message: 'Python.h: No such file or directory',
    });
  });

  it('shows the beginning of a long output', () => {
    const lines = Array.from({length: 100}, (_, index) => `a.c:${index + 1}:1: error: e${index}`);
    const detail = compilerProblem(lines.join('\n'))?.detail?.split('\n');
    expect(detail?.[0]).toBe(lines[0]);
    expect(detail?.at(-1)).toBe('… 70 more lines');
  });

  it('knows nothing of what the linker says', () => {
    expect(
      compilerProblem("/usr/bin/ld: undefined reference to `f'\ncollect2: error: ld returned 1"),
    ).toBeUndefined();
  });
});
