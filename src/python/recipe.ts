import {z} from 'zod';
import {shortHash} from '../util/hash.js';
import {configSite, HOST_TRIPLET, targetArch} from './host.js';

/**
 * How CPython is compiled.
 * - `malloc`: every object comes from malloc, so valgrind sees each of them.
 * - `memory-debugger`: pymalloc stays, as on the interpreters that people run.
 * - `free-threaded`: no GIL (3.13 and later); its mimalloc tells valgrind about its blocks.
 */
export const PROFILES = ['malloc', 'memory-debugger', 'free-threaded'] as const;
export type Profile = (typeof PROFILES)[number];

const VERSION = /^\d+\.\d+\.\d+((a|b|rc)\d+)?$/;

const COMPILING = ['profile', 'host', 'configure', 'cflags', 'patches'] as const;

/** The content of one file in python-build/. */
export const recipeSchema = z
  .strictObject({
    source: z
      .union([
        z.strictObject({
          version: z.string().regex(VERSION, 'a full version is needed, such as 3.13.5'),
          /** Needed for a version that sources.yaml does not know. */
          sha256: z
            .string()
            .regex(/^[0-9a-f]{64}$/, 'a SHA-256 is 64 hexadecimal digits')
            .optional(),
        }),
        z.strictObject({path: z.string().min(1)}),
      ])
      .optional(),
    /** An interpreter that is there already, instead of a source. */
    python: z.strictObject({path: z.string().min(1)}).optional(),
    profile: z.enum(PROFILES).optional(),
    /** The machine that the build is for, when it is another one than this. */
    host: z.string().regex(HOST_TRIPLET, 'a GNU triplet is needed, such as arm-linux-gnueabihf').optional(),
    configure: z.array(z.string()).optional(),
    cflags: z.array(z.string()).optional(),
    patches: z.array(z.string()).optional(),
  })
  .superRefine((recipe, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({code: 'custom', path, message});
    if ((recipe.source === undefined) === (recipe.python === undefined)) {
      refuse([], 'a build needs a source or a python, and not both');
    }
    for (const key of COMPILING) {
      if (recipe.python === undefined || recipe[key] === undefined) continue;
      refuse([key], 'makes no sense beside "python": that interpreter is compiled already');
    }
  });

/** A release archive and how to know it. */
export interface Release {
  readonly version: string;
  readonly archive: string;
  readonly sha256: string;
  /** Address of the archive at CPython's own site. */
  readonly url: string;
  /** Path below `pool/<component>/` of a Debian mirror; absent when Debian has no such release. */
  readonly pool?: string;
}

export type RecipeSource =
  | {readonly type: 'release'; readonly release: Release}
  /** A source archive or folder of the user, absolute. */
  | {readonly type: 'path'; readonly path: string};

/** How to make one build: a file of python-build/, read and resolved. */
export interface Recipe {
  /** The file's base name: `cpython-3.13`. */
  readonly name: string;
  readonly file: string;
  readonly source: RecipeSource;
  readonly profile: Profile;
  /** GNU triplet of the machine that it is compiled for; absent for this one. */
  readonly host?: string;
  readonly configure: readonly string[];
  readonly cflags: readonly string[];
  readonly patches: readonly {readonly file: string; readonly text: string}[];
}

/** An interpreter that leakline did not build. */
export interface ForeignRecipe {
  readonly name: string;
  readonly file: string;
  readonly profile: 'foreign';
  /** As the recipe names it, absolute: a link, a shim of pyenv or the interpreter itself. */
  readonly python: string;
}

export type AnyRecipe = Recipe | ForeignRecipe;

/** Raised whenever the same recipe begins to give another build, so that older builds are not used. */
const RECIPE_FORMAT = 1;

const PROFILE_OPTIONS: Readonly<Record<Profile, readonly string[]>> = {
  // valgrind.h lets CPython tell whether it runs under valgrind; pymalloc is not there at all, so
  // that nothing depends on PYTHONMALLOC, which -I and -E ignore. A free list hands a block on
  // under the stack of whoever had it first, so that a leaked list is blamed on str.split: since
  // 3.11 there is an option to do without.
  malloc: ['--without-pymalloc', '--without-freelists', '--with-valgrind'],
  // No --with-valgrind: it makes pymalloc step aside as soon as it notices valgrind.
  'memory-debugger': ['--with-pymalloc'],
  'free-threaded': ['--disable-gil', '--without-freelists', '--with-valgrind'],
};

const PROFILE_DEFINES: Readonly<Record<Profile, readonly string[]>> = {
  malloc: [],
  'memory-debugger': [],
  'free-threaded': ['-DMI_TRACK_VALGRIND=1'],
};

/** Flags for native code whose stacks shall be complete and whose lines shall be right. */
export function debugFlags(arch: string): readonly string[] {
  // Leaf functions keep their frame pointer too: `-X perf` trampolines are unwound through it.
  const leaf = arch === 'x64' || arch === 'arm64' ? ['-mno-omit-leaf-frame-pointer'] : [];
  // valgrind before 3.20 does not read all of DWARF 5.
  // A tail call drops its caller from the stack; clang makes them at -O1.
  return [
    ...['-g', '-gdwarf-4', '-O1'],
    ...['-fno-omit-frame-pointer', ...leaf, '-fno-optimize-sibling-calls'],
  ];
}

/** The options of `configure`, without the prefix, and the variables it is run with. */
export interface ConfigurePlan {
  readonly options: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * What `configure` is told for `recipe`.
 *
 * @param arch this machine's, as in process.arch
 */
export function configurePlan(
  recipe: Pick<Recipe, 'profile' | 'host' | 'configure' | 'cflags'>,
  arch: string,
): ConfigurePlan {
  const {host} = recipe;
  // Py_USING_MEMORY_DEBUGGER gathers 2.7's reads of uninitialised memory in one function that
  // suppressions can name, and on every version turns off the private free list of dtoa.c.
  const flags = [
    ...debugFlags(host === undefined ? arch : targetArch(host)),
    '-DPy_USING_MEMORY_DEBUGGER',
    ...PROFILE_DEFINES[recipe.profile],
    ...recipe.cflags,
  ].join(' ');
  return {
    options: [
      ...(host === undefined ? [] : [`--host=${host}`]),
      ...PROFILE_OPTIONS[recipe.profile],
      // Known to 3.10 and later; configure ignores an --enable or --with option it does not know.
      '--disable-test-modules',
      // The bundled wheels are installed all the same, which is what venv takes pip from.
      '--without-ensurepip',
      ...recipe.configure,
    ],
    // 2.7 puts OPT, with its -O3, after CFLAGS. -fwrapv is in the OPT that this one replaces.
    variables: {CFLAGS: flags, OPT: `-fwrapv ${flags}`},
  };
}

/**
 * Tells builds of different content apart, whatever compiler they come from.
 *
 * @param sourceIdentity the archive's SHA-256, or a hash of the source folder's content
 */
export function recipeFingerprint(recipe: Recipe, sourceIdentity: string, arch: string): string {
  const {options, variables} = configurePlan(recipe, arch);
  return shortHash([
    `${RECIPE_FORMAT}`,
    sourceIdentity,
    recipe.profile,
    arch,
    JSON.stringify(options),
    JSON.stringify(variables),
    JSON.stringify(recipe.patches.map(({text}) => text)),
    ...(recipe.host === undefined ? [] : [configSite(recipe.host)]),
  ]);
}

/**
 * The recipe of the interpreter that runs here while `recipe` is compiled for its host: the same
 * source, so that both agree on bytecode, without options that only the host may understand. It
 * is the same for all hosts, and often a build that runs scenarios here anyway.
 */
export function nativeRecipe({host: _, ...recipe}: Recipe): Recipe {
  return {...recipe, name: `${recipe.name}-native`, configure: [], cflags: []};
}

/** {@link recipeFingerprint} together with the compiler's version: the last part of a build folder's name. */
export function buildFingerprint(recipeHash: string, compilerVersion: string): string {
  return shortHash([recipeHash, compilerVersion]);
}
