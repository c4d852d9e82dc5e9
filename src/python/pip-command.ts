import type {PackageRequirement} from '../scenario/types.js';
import {unreachable} from '../util/unreachable.js';
import {debugFlags} from './recipe.js';

/** Variables that steer compilers and build tools: another value makes other objects. */
const BUILD_VARIABLES =
  /^(CC|CXX|LD|.*FLAGS|CPATH|.*_INCLUDE_PATH|LIBRARY_PATH|(CMAKE|SKBUILD|CARGO|RUST.*|MATURIN|PYO3|CYTHON|MESON|PKG_CONFIG)_.*)$/;

/** What tells compiled code from that of other compilers and other flags, wherever it comes from. */
export function buildIdentity(
  caller: Readonly<Record<string, string | undefined>>,
  compilerVersion: string,
  arch: string,
): readonly string[] {
  const variables = Object.entries(caller).filter(([name]) => BUILD_VARIABLES.test(name));
  return [
    compilerVersion,
    JSON.stringify(debugVariables(caller, [], arch)),
    JSON.stringify(variables.sort(([a], [b]) => (a < b ? -1 : 1))),
  ];
}

/** Variables that would make pip install elsewhere, or something else as well. */
const UNWANTED =
  /^(PYTHON.*|__PYVENV_LAUNCHER__|VIRTUAL_ENV|PIP_(TARGET|PREFIX|ROOT|USER|REQUIREMENT|EDITABLE|PYTHON|REQUIRE_VIRTUALENV|NO_CLEAN|DRY_RUN|REPORT|LOG))$/;

/** Where files of a pip run go and come from. */
export interface PipPlaces {
  /** Its temporary folder. */
  readonly temporary: string;
  /** Its cache, unless the user wants none. */
  readonly cache: string;
  /** Folder of tools that come before those of the machine. */
  readonly tools: string;
  /** No git repository above this folder is looked for. */
  readonly ceiling: string;
  /** Copies of projects and what they are copies of: debug information names the originals. */
  readonly copies: readonly {readonly copy: string; readonly original: string}[];
}

/**
 * The environment of pip and of the compilers it starts: that of leakline itself, so that pip's
 * settings, proxies and credentials hold, with flags for code whose stacks are whole.
 *
 * @param caller leakline's own environment
 * @param arch as in process.arch
 */
export function pipEnvironment(
  caller: Readonly<Record<string, string | undefined>>,
  {temporary, cache, tools, ceiling, copies}: PipPlaces,
  arch: string,
): Readonly<Record<string, string>> {
  const kept = Object.entries(caller).flatMap(([name, value]) =>
    value === undefined || UNWANTED.test(name) ? [] : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(kept),
    ...debugVariables(caller, copies, arch),
    PATH: `${tools}:${caller.PATH ?? '/usr/bin:/bin'}`,
    COMPILER_PATH: [tools, caller.COMPILER_PATH].filter(Boolean).join(':'),
    TMPDIR: temporary,
    ...(caller.PIP_NO_CACHE_DIR === undefined ? {PIP_CACHE_DIR: cache} : {}),
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    // A configuration file may say so; the environment's folder is where packages belong.
    PIP_USER: '0',
    GIT_CEILING_DIRECTORIES: ceiling,
    // The index of the user's repository stays as it is.
    GIT_OPTIONAL_LOCKS: '0',
  };
}

/**
 * What makes each PEP 517 backend compile with debug information and frame pointers. setuptools
 * and meson put CFLAGS after flags of their own, CMake puts those of a build type after CFLAGS,
 * and cargo takes its profile from variables.
 */
export function debugVariables(
  caller: Readonly<Record<string, string | undefined>>,
  copies: PipPlaces['copies'],
  arch: string,
): Readonly<Record<string, string>> {
  // No quoting of a blank is understood by all build tools.
  const mapped = copies.filter(({copy, original}) => !/\s/.test(copy + original));
  const after = (name: string, flags: readonly string[]) =>
    [caller[name], ...flags].filter((flag) => flag !== undefined && flag !== '').join(' ');
  const native = [
    ...debugFlags(arch),
    ...mapped.map(({copy, original}) => `-fdebug-prefix-map=${copy}=${original}`),
  ];
  const rust = [
    ...['-C', 'force-frame-pointers=yes'],
    ...mapped.map(({copy, original}) => `--remap-path-prefix=${copy}=${original}`),
  ];
  return {
    CFLAGS: after('CFLAGS', native),
    CXXFLAGS: after('CXXFLAGS', native),
    RUSTFLAGS: after('RUSTFLAGS', rust),
    CARGO_PROFILE_RELEASE_DEBUG: '2',
    CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
    CARGO_PROFILE_RELEASE_LTO: 'off',
    CARGO_PROFILE_RELEASE_STRIP: 'none',
    SKBUILD_CMAKE_BUILD_TYPE: 'Debug',
    SKBUILD_INSTALL_STRIP: 'false',
  };
}

/** The arguments of `pip install`, without pip itself and without a place to install to. */
export function pipArguments(
  requirements: readonly PackageRequirement[],
  copies: PipPlaces['copies'],
): readonly string[] {
  return [
    ...['install', '--no-clean', '--no-warn-script-location'],
    // The same for a project that has a setup.py alone: built in isolation, with a backend of its own.
    '--use-pep517',
    ...requirements.flatMap((requirement) => argumentsFor(requirement, copies)),
  ];
}

function argumentsFor(requirement: PackageRequirement, copies: PipPlaces['copies']): readonly string[] {
  switch (requirement.type) {
    case 'package':
      return [`--no-binary=${requirement.name}`, requirement.requirement];
    case 'wheel':
      return [`--only-binary=${requirement.name}`, requirement.requirement];
    case 'project':
      return [copies.find(({original}) => original === requirement.path)?.copy ?? requirement.path];
    case 'wheel-file':
      return [requirement.path];
    default:
      return unreachable(requirement);
  }
}

/** The requirement as a message names it. */
export function requirementText(requirement: PackageRequirement): string {
  return 'requirement' in requirement ? requirement.requirement : requirement.path;
}
