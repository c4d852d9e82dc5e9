import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {findInstaller, installAdvice} from '../../../src/doctor/apt.js';
import {buildId, hasLoaderSymbols} from '../../../src/doctor/loader-symbols.js';
import {thisMachine} from '../../../src/doctor/machine.js';
import {examine, missingPackages, NEEDS} from '../../../src/doctor/needs.js';
import {notes} from '../../../src/doctor/notes.js';

describe('examine', () => {
  const commands = new Set(['valgrind', 'cc', 'c++', 'make', 'tar', 'xz', 'patch']);
  const machine = (without: string) => ({
    hasCommand: (name: string) => name !== without && commands.has(name),
    hasHeader: (header: string) => header !== without,
  });

  it('misses nothing where everything is there, under one name or another', () => {
    const answers = examine(NEEDS, machine(''));
    expect(missingPackages(answers)).toEqual([]);
    expect(answers.map(({what}) => what)).toContain('cc');
  });

  it.each([
    ['valgrind', 'valgrind'],
    ['valgrind/memcheck.h', 'valgrind'],
    ['cc', 'gcc'],
    ['c++', 'g++'],
    ['make', 'make'],
    ['xz', 'xz-utils'],
    ['stdio.h', 'libc6-dev'],
    ['zlib.h', 'zlib1g-dev'],
    ['bzlib.h', 'libbz2-dev'],
    ['lzma.h', 'liblzma-dev'],
    ['openssl/ssl.h', 'libssl-dev'],
    ['sqlite3.h', 'libsqlite3-dev'],
    ['ffi.h', 'libffi-dev'],
  ])('without %s asks for %s', (without, name) => {
    expect(missingPackages(examine(NEEDS, machine(without)))).toEqual([name]);
  });

  it('names each package once', () => {
    const nothing = {hasCommand: () => false, hasHeader: () => false};
    const packages = missingPackages(examine(NEEDS, nothing));
    expect(packages).toEqual([...new Set(packages)].sort());
    expect(packages).toContain('valgrind');
  });
});

describe('thisMachine', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'leakline-doctor-'));
  });
  afterEach(() => rmSync(folder, {recursive: true}));

  it('counts executable files on the search path as commands, nothing else', () => {
    writeFileSync(path.join(folder, 'tool'), '', {mode: 0o755});
    writeFileSync(path.join(folder, 'text'), '', {mode: 0o644});
    mkdirSync(path.join(folder, 'folder'));
    const {hasCommand} = thisMachine(`/nonexistent:${folder}`);
    expect(['tool', 'text', 'folder', 'none'].filter((name) => hasCommand(name))).toEqual(['tool']);
  });
});

describe('hasLoaderSymbols', () => {
  const ID = Array.from({length: 20}, (_, index) => index + 1);
  const HEX = Buffer.from(ID).toString('hex');
  const note = Buffer.from([4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, ...Buffer.from('GNU\0'), ...ID]);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'leakline-loader-'));
  });
  afterEach(() => rmSync(folder, {recursive: true}));

  function loader(...parts: readonly (Buffer | string)[]): string {
    const file = path.join(folder, 'ld.so');
    writeFileSync(file, Buffer.concat(parts.map((part) => Buffer.from(part))));
    return file;
  }

  it('is so when the loader has its symbols itself', () => {
    expect(hasLoaderSymbols(loader('\x7fELF', '\0.symtab\0'), folder)).toBe(true);
  });

  it('is so when the debug file of its build ID is installed', () => {
    const file = loader('\x7fELF', note, '\0.dynsym\0');
    expect(hasLoaderSymbols(file, folder)).toBe(false);
    const debug = path.join(folder, '.build-id', HEX.slice(0, 2));
    mkdirSync(debug, {recursive: true});
    writeFileSync(path.join(debug, `${HEX.slice(2)}.debug`), '');
    expect(hasLoaderSymbols(file, folder)).toBe(true);
  });

  it('is taken for granted where the loader is not known', () => {
    expect(hasLoaderSymbols(path.join(folder, 'none'), folder)).toBe(true);
  });

  it('reads no build ID where there is none', () => {
    expect(buildId(Buffer.from('\x7fELF'))).toBeUndefined();
    expect(buildId(note)).toBe(HEX);
  });
});

describe('how packages are installed', () => {
  it.each([
    ['root', 0, ['apt-get'], {type: 'apt', prefix: []}],
    ['somebody without sudo', 1000, ['apt-get'], {type: 'apt-for-root'}],
    ['a machine without apt', 0, [], {type: 'none'}],
  ] as const)('by %s', async (_who, uid, commands, expected) => {
    const hasCommand = (name: string) => (commands as readonly string[]).includes(name);
    expect(await findInstaller(hasCommand, uid)).toEqual(expected);
  });

  it.each([
    [{type: 'apt', prefix: []} as const, 'leakline doctor --fix'],
    [{type: 'apt-for-root'} as const, 'sudo apt-get update && sudo apt-get install -y make xz-utils'],
    [{type: 'none'} as const, "install what Debian calls make xz-utils with this system's package manager"],
  ])('%j advises', (installer, expected) => {
    expect(installAdvice(installer, ['make', 'xz-utils'])).toBe(expected);
  });
});

describe('notes', () => {
  const quiet = {
    valgrindVersion: 'valgrind-3.19.0',
    cpuInfo: 'flags : sse2 avx2',
    isDescriptorLimitLowered: false,
  };

  it('are none on an ordinary machine', () => {
    expect(notes(quiet)).toEqual([]);
  });

  it.each([
    ['valgrind-3.15.0', true],
    ['valgrind-3.16.1', false],
    ['valgrind-3.26.0.GIT', false],
    ['valgrind-2.4.0', true],
    ['valgrind-4.0.0', false],
  ])('%s is too old: %s', (valgrindVersion, isOld) => {
    expect(notes({...quiet, valgrindVersion}).length).toBe(isOld ? 1 : 0);
  });

  it('tell what valgrind does not know of the processor, and of the limit that is lowered', () => {
    const lines = notes({
      ...quiet,
      cpuInfo: 'flags\t\t: sse2 avx512f avx512bw\n',
      isDescriptorLimitLowered: true,
    });
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('AVX-512');
    expect(lines[1]).toContain('limit of open files');
  });
});
