/** What is known to matter about this machine beside what can be installed. */
export interface MachineFacts {
  /** What `valgrind --version` prints; undefined without valgrind. */
  readonly valgrindVersion: string | undefined;
  /** Content of /proc/cpuinfo. */
  readonly cpuInfo: string;
  /** The limit of open files is lowered for valgrind. */
  readonly isDescriptorLimitLowered: boolean;
}

/** Older ones lack client requests or options that leakline uses. */
const OLDEST_VALGRIND = [3, 16] as const;

/** Lines about what works, but not as one might think. */
export function notes(facts: MachineFacts): readonly string[] {
  const lines: string[] = [];
  const [, major, minor] = facts.valgrindVersion?.match(/(\d+)\.(\d+)/) ?? [];
  if (major !== undefined && minor !== undefined) {
    const [oldestMajor, oldestMinor] = OLDEST_VALGRIND;
    const isOld =
      Number(major) < oldestMajor || (Number(major) === oldestMajor && Number(minor) < oldestMinor);
    if (isOld) lines.push(`valgrind ${major}.${minor} is older than ${OLDEST_VALGRIND.join('.')}: update it`);
  }
  if (/^flags\s*:.*\bavx512f\b/m.test(facts.cpuInfo)) {
    lines.push(
      'this processor has AVX-512, which valgrind does not know: code compiled with -march=native dies of SIGILL',
    );
  }
  if (facts.isDescriptorLimitLowered) {
    lines.push(
      'the limit of open files is higher than valgrind can bear; leakline lowers it for its children',
    );
  }
  return lines;
}
