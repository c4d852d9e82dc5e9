/** A GNU triplet of a Linux: what cross tools are named by, `arm-linux-gnueabihf`. */
export const HOST_TRIPLET = /^[a-z0-9_]+(-[a-z0-9_]+)?-linux-[a-z0-9_]+$/;

const cpuOf = (host: string): string => host.split('-')[0] ?? '';

/** The architecture of a host, as process.arch says it; the processor's own name where that has none. */
export function targetArch(host: string): string {
  const cpu = cpuOf(host);
  if (/^arm/.test(cpu)) return 'arm';
  if (/^i[3-6]86$/.test(cpu)) return 'ia32';
  const known: Readonly<Record<string, string>> = {x86_64: 'x64', aarch64: 'arm64', powerpc64le: 'ppc64'};
  return known[cpu] ?? cpu;
}

/** Programs that may run a host's binaries here, the one of Debian's qemu-user-static first. */
export function emulatorsOf(host: string): readonly string[] {
  const cpu = cpuOf(host);
  const known: Readonly<Record<string, string>> = {powerpc64le: 'ppc64le', powerpc: 'ppc'};
  const arch = targetArch(host);
  const name = arch === 'arm' ? 'arm' : arch === 'ia32' ? 'i386' : (known[cpu] ?? cpu);
  return [`qemu-${name}-static`, `qemu-${name}`];
}

/** Where Debian's cross packages put a host's C library and loader. */
export const sysrootOf = (host: string): string => `/usr/${host}`;

/** Debian's package of the host's compiler: an underscore is no letter of a package's name. */
export const compilerPackage = (host: string): string => `gcc-${host.replaceAll('_', '-')}`;

/** Debian's names of architectures, for packages of another one than the machine's. */
const DEBIAN_ARCHITECTURES: Readonly<Record<string, string>> = {
  'arm-linux-gnueabihf': 'armhf',
  'arm-linux-gnueabi': 'armel',
  'aarch64-linux-gnu': 'arm64',
  'i686-linux-gnu': 'i386',
  'x86_64-linux-gnu': 'amd64',
  'powerpc64le-linux-gnu': 'ppc64el',
  'riscv64-linux-gnu': 'riscv64',
  's390x-linux-gnu': 's390x',
};

/** Debian's name of the host's architecture, undefined when it has none. */
export const debianArchitecture = (host: string): string | undefined => DEBIAN_ARCHITECTURES[host];

const BIG_ENDIAN = /^(armeb|aarch64_be|mips(64)?(isa.*)?|powerpc(64)?|s390x?|sparc(64)?|hppa|m68k)$/;

/**
 * The text of the file for CONFIG_SITE: what `configure` would run a program for, which it cannot
 * when it compiles for another machine, and of which its own guesses are wrong for Linux. Without
 * the first two it stops; the one for getaddrinfo it would take for broken, and stop unless IPv6
 * is turned off. The others it takes for absent: exact `repr(0.1)`, `%lld` and time.tzset on 2.7,
 * semaphores that tell their value.
 */
export function configSite(host: string): string {
  const order = BIG_ENDIAN.test(cpuOf(host)) ? 'big' : 'little';
  const answers = {
    ac_cv_file__dev_ptmx: 'no',
    ac_cv_file__dev_ptc: 'no',
    ac_cv_buggy_getaddrinfo: 'no',
    [`ac_cv_${order}_endian_double`]: 'yes',
    ac_cv_have_long_long_format: 'yes',
    ac_cv_have_size_t_format: 'yes',
    ac_cv_working_tzset: 'yes',
    ac_cv_tanh_preserves_zero_sign: 'yes',
    ac_cv_broken_sem_getvalue: 'no',
  };
  return Object.entries(answers)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
