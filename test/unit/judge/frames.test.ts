import {describe, expect, it} from 'vitest';
import {nameFrame, originOf} from '../../../src/judge/frames.js';
import type {Frame} from '../../../src/valgrind/types.js';
import {PREFIX} from './make.js';

const at = (object: string, fn = 'f'): Frame => ({ip: '0x1', object, function: fn});

describe('the origin of a frame', () => {
  it.each([
    [`${PREFIX}/bin/python3.13`, 'interpreter'],
    [`${PREFIX}/bin/python3.13t`, 'interpreter'],
    [`${PREFIX}/bin/python2.7`, 'interpreter'],
    [`${PREFIX}/lib/libpython3.13.so.1.0`, 'interpreter'],
    [`${PREFIX}/lib/python3.13/lib-dynload/_json.cpython-313-x86_64-linux-gnu.so`, 'extension'],
    ['/usr/bin/python3.11', 'extension'],
    [`${PREFIX}-other/bin/python3.13`, 'extension'],
    ['/env/leaky.abi3.so', 'extension'],
    ['/env/libcrypto.so.3', 'extension'],
    ['/env/libcmark.so.0', 'extension'],
    ['/programs/overrun', 'extension'],
    ['/usr/lib/x86_64-linux-gnu/libc.so.6', 'system'],
    ['/usr/lib/x86_64-linux-gnu/libc-2.31.so', 'system'],
    ['/usr/lib/x86_64-linux-gnu/libm.so.6', 'system'],
    ['/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30', 'system'],
    ['/usr/lib/x86_64-linux-gnu/libgcc_s.so.1', 'system'],
    ['/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2', 'system'],
    ['/usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1', 'system'],
    ['/usr/lib/x86_64-linux-gnu/ld-2.31.so', 'system'],
    ['/lib/ld-musl-x86_64.so.1', 'system'],
    ['/usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so', 'system'],
    ['/usr/libexec/valgrind/vgpreload_core-amd64-linux.so', 'system'],
  ])('of %s is %s', (object, origin) => {
    expect(originOf(at(object), {prefix: PREFIX})).toBe(origin);
  });

  it('of any python is the interpreter where no installation is known', () => {
    expect(originOf(at('/usr/bin/python3.11'), {})).toBe('interpreter');
  });

  it.each([
    ['an address alone', {ip: '0x1'}, 'unknown'],
    ['a function of no object', {ip: '0x1', function: 'f'}, 'extension'],
    ['an object without a function', {ip: '0x1', object: '/env/leaky.so'}, 'extension'],
    ['a name from a perf map', {ip: '0x1', language: 'python', function: 'f', file: 'a.py'}, 'python'],
  ] as const)('of %s', (_, frame, origin) => {
    expect(originOf(frame, {prefix: PREFIX})).toBe(origin);
  });
});

describe('the name of a frame', () => {
  it.each([
    ['/env/leaky.cpython-313-x86_64-linux-gnu.so', 'leaky'],
    ['/env/_pkg.abi3.so', '_pkg'],
    ['/env/leaky.so', 'leaky'],
    ['/env/libz.so.1.2.13', 'libz'],
    ['/env/pkg.libs/libssl-3fe9dd0f.so.1.1', 'libssl'],
    ['/env/pkg.libs/libx264-9c1b2a3d.so', 'libx264'],
    ['/env/lib-feed.so', 'lib-feed'],
    ['/programs/overrun', 'overrun'],
    ['/env/.so', '.so'],
  ])('has the module of %s: %s', (object, module) => {
    expect(nameFrame(at(object), {}).module).toBe(module);
  });

  it.each([
    ['parse_row', 'parse_row'],
    ['parse_row.isra.0', 'parse_row'],
    ['parse_row.constprop.0.isra.0', 'parse_row'],
    ['parse_row.part.12', 'parse_row'],
    ['parse_row.cold', 'parse_row'],
    ['parse_row.lto_priv.3', 'parse_row'],
    ['parse_row.llvm.1234567890', 'parse_row'],
    ['pthread_create@@GLIBC_2.34', 'pthread_create'],
    ['memcpy@GLIBC_2.2.5', 'memcpy'],
    ['Parser::row(std::string const&) [clone .isra.0]', 'Parser::row(std::string const&)'],
    ['Parser::row(std::string const&)', 'Parser::row(std::string const&)'],
    ['(anonymous namespace)::f(int)', '(anonymous namespace)::f(int)'],
    ['operator new[](unsigned long)', 'operator new[](unsigned long)'],
    [
      'core::ops::function::FnOnce::call_once{{vtable.shim}}',
      'core::ops::function::FnOnce::call_once{{vtable.shim}}',
    ],
    ['.isra.0', '.isra.0'],
    ['@plt', '@plt'],
    ['', ''],
  ])('without what the compiler or the linker adds: %s', (fn, name) => {
    expect(nameFrame(at('/env/leaky.so', fn), {}).name).toBe(name);
  });

  it('of Python is as it is', () => {
    const frame: Frame = {
      ip: '0x1',
      language: 'python',
      function: 'f.<locals>.part.0',
      file: '/src/pkg/table.py',
    };
    expect(nameFrame(frame, {})).toEqual({
      origin: 'python',
      name: 'f.<locals>.part.0',
      file: 'table.py',
      path: '/src/pkg/table.py',
    });
  });

  it('says what is known, with the whole path of the source', () => {
    const frame = {...at('/env/leaky.so'), directory: '/src/pkg', file: 'leaky.c', line: 20};
    expect(nameFrame(frame, {})).toEqual({
      origin: 'extension',
      name: 'f',
      module: 'leaky',
      file: 'leaky.c',
      path: '/src/pkg/leaky.c',
      line: 20,
    });
    expect(nameFrame({...frame, file: '/gen/leaky.c'}, {}).path).toBe('/gen/leaky.c');
  });

  it('is ??? where nothing is known', () => {
    expect(nameFrame({ip: '0x1'}, {})).toEqual({origin: 'unknown', name: '???'});
    expect(nameFrame({ip: '0x1', object: '/env/leaky.so'}, {})).toEqual({
      origin: 'extension',
      name: '???',
      module: 'leaky',
    });
  });

  it('has no path where the folder of a source is not known', () => {
    expect(nameFrame({...at('/env/leaky.so'), file: 'leaky.c'}, {})).not.toHaveProperty('path');
  });
});
