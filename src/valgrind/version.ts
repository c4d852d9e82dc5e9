/** A release of valgrind. */
export interface ValgrindVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/**
 * Reads what `valgrind --version` writes: `valgrind-3.19.0`, also with something behind it
 * (`3.23.0.GIT`, `3.18.1-42.el9`).
 *
 * @returns undefined when `text` names no version
 */
export function parseValgrindVersion(text: string): ValgrindVersion | undefined {
  const [, major, minor, patch] = /\bvalgrind-(\d+)\.(\d+)(?:\.(\d+))?/i.exec(text) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  return {major: Number(major), minor: Number(minor), patch: Number(patch ?? 0)};
}

export function formatValgrindVersion({major, minor, patch}: ValgrindVersion): string {
  return `${major}.${minor}.${patch}`;
}

/** What a release can do, as far as leakline depends on it. From valgrind's NEWS. */
export interface ValgrindFeatures {
  /**
   * Whether leakline can work with it at all: 3.16, the first where VALGRIND_CLO_CHANGE can
   * set `--show-leak-kinds`.
   */
  readonly isSupported: boolean;
  /** Whether `--track-fds=yes` writes descriptors to the XML: 3.23, which then names its protocol 5. */
  readonly hasDescriptorsInXml: boolean;
  /** Whether it reads DWARF 5 as Clang 14 writes it: 3.20. Older ones need `-gdwarf-4`. */
  readonly readsDwarf5: boolean;
  /** Whether a delta check says which records are new, and VALGRIND_DO_NEW_LEAK_CHECK exists: 3.21. */
  readonly marksNewRecords: boolean;
  /** `--show-error-list=all` lists the suppressed errors too: 3.23. */
  readonly listsSuppressedErrors: boolean;
  /** Kinds of suppression rules that it does not know; a rule of such a kind ends its run. */
  readonly unknownSuppressionKinds: readonly string[];
}

/** When each kind of rule came, in memcheck/mc_errors.c; all others are older than 3.16. */
const SUPPRESSION_KINDS: readonly {readonly kinds: readonly string[]; readonly since: ValgrindVersion}[] = [
  {kinds: ['ReallocZero'], since: {major: 3, minor: 21, patch: 0}},
  {kinds: ['BadAlign', 'BadSize', 'SizeMismatch', 'AlignMismatch'], since: {major: 3, minor: 22, patch: 0}},
  {kinds: ['UnsafeZeroSize'], since: {major: 3, minor: 26, patch: 0}},
];

export function featuresOf(version: ValgrindVersion): ValgrindFeatures {
  const since = (major: number, minor: number) => isAtLeast(version, {major, minor, patch: 0});
  return {
    isSupported: since(3, 16),
    hasDescriptorsInXml: since(3, 23),
    readsDwarf5: since(3, 20),
    marksNewRecords: since(3, 21),
    listsSuppressedErrors: since(3, 23),
    unknownSuppressionKinds: SUPPRESSION_KINDS.filter((entry) => !isAtLeast(version, entry.since)).flatMap(
      ({kinds}) => kinds,
    ),
  };
}

export function isAtLeast(version: ValgrindVersion, wanted: ValgrindVersion): boolean {
  if (version.major !== wanted.major) return version.major > wanted.major;
  if (version.minor !== wanted.minor) return version.minor > wanted.minor;
  return version.patch >= wanted.patch;
}
