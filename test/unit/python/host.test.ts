import {describe, expect, it} from 'vitest';
import {noCompiler} from '../../../src/python/compiler.js';
import {
  compilerPackage,
  configSite,
  debianArchitecture,
  emulatorsOf,
  HOST_TRIPLET,
  targetArch,
} from '../../../src/python/host.js';

describe('a host', () => {
  it.each([
    ['arm-linux-gnueabihf', 'arm', 'qemu-arm-static', 'armhf'],
    ['armv7l-unknown-linux-gnueabihf', 'arm', 'qemu-arm-static', undefined],
    ['aarch64-linux-gnu', 'arm64', 'qemu-aarch64-static', 'arm64'],
    ['x86_64-linux-gnu', 'x64', 'qemu-x86_64-static', 'amd64'],
    ['i686-linux-gnu', 'ia32', 'qemu-i386-static', 'i386'],
    ['powerpc64le-linux-gnu', 'ppc64', 'qemu-ppc64le-static', 'ppc64el'],
    ['riscv64-linux-gnu', 'riscv64', 'qemu-riscv64-static', 'riscv64'],
  ])('%s is %s, started by %s', (host, arch, emulator, debian) => {
    expect(HOST_TRIPLET.test(host)).toBe(true);
    expect(targetArch(host)).toBe(arch);
    expect(emulatorsOf(host)).toEqual([emulator, emulator.replace('-static', '')]);
    expect(debianArchitecture(host)).toBe(debian);
  });

  it.each(['armhf', 'arm-linux', '', 'arm-linux-gnu/../..', '-x-linux-gnu', 'arm-none-eabi'])(
    'is not %j',
    (text) => expect(HOST_TRIPLET.test(text)).toBe(false),
  );
});

describe('configSite', () => {
  it('has the answers without which configure stops', () => {
    const lines = configSite('arm-linux-gnueabihf').split('\n');
    expect(lines).toContain('ac_cv_file__dev_ptmx=no');
    expect(lines).toContain('ac_cv_file__dev_ptc=no');
    expect(lines).toContain('ac_cv_buggy_getaddrinfo=no');
  });

  it.each([
    ['arm-linux-gnueabihf', 'little'],
    ['mips64el-linux-gnuabi64', 'little'],
    ['s390x-linux-gnu', 'big'],
    ['mips-linux-gnu', 'big'],
  ])('%s is %s-endian', (host, order) => {
    expect(configSite(host)).toContain(`ac_cv_${order}_endian_double=yes\n`);
  });
});

describe('a missing compiler', () => {
  it('of the host is named with its package', () => {
    expect(compilerPackage('x86_64-linux-gnu')).toBe('gcc-x86-64-linux-gnu');
    expect(noCompiler('board', 'arm-linux-gnueabihf')).toEqual({
      message: 'There is no arm-linux-gnueabihf-gcc to make board with',
      next: 'apt-get install gcc-arm-linux-gnueabihf',
    });
  });

  it("of this machine is doctor's affair", () => {
    expect(noCompiler('board').next).toBe('leakline doctor --fix');
  });
});
