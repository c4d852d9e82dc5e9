import {readFileSync} from 'node:fs';
import path from 'node:path';
import {z} from 'zod';
import {writeFileAtomic} from '../util/atomic-file.js';
import {packageRoot} from '../util/package-root.js';
import {PROFILES, type Profile} from './recipe.js';

const MANIFEST_FILE = 'manifest.json';
const MANIFEST_FORMAT = 1;

const manifestSchema = z.object({
  format: z.literal(MANIFEST_FORMAT),
  name: z.string(),
  version: z.tuple([z.number(), z.number(), z.number()]),
  profile: z.enum(PROFILES),
  host: z.string().optional(),
  fingerprint: z.string(),
  recipeFingerprint: z.string(),
  compiler: z.string(),
  folder: z.string(),
  python: z.string(),
  includes: z.array(z.string()),
  extensionSuffix: z.string(),
  missingModules: z.array(z.string()),
  log: z.string(),
  bytes: z.number(),
  builtAt: z.string(),
});

/** What a finished build's folder says about itself. Its presence is what makes the build finished. */
export type BuildManifest = z.output<typeof manifestSchema>;

/** A finished build, ready to run. All paths are absolute. */
export interface PythonBuild {
  readonly name: string;
  readonly version: readonly [major: number, minor: number, micro: number];
  /** `foreign`: leakline did not build it. */
  readonly profile: Profile | 'foreign';
  /** GNU triplet of the machine that it runs on, when that is not this one. */
  readonly host?: string | undefined;
  readonly fingerprint: string;
  /** First line of the compiler's `--version`. */
  readonly compiler: string;
  /** Holds `prefix`, the C sources for valgrind's source lines, and the manifest. */
  readonly folder: string;
  readonly prefix: string;
  /** The interpreter itself, no script; of a virtual environment that is foreign, its link. */
  readonly python: string;
  /** Suppression files that every run of this build needs. */
  readonly suppressions: readonly string[];
  /** The source's own Misc/valgrind-python.supp, for reference. */
  readonly suppressionReference: string;
  /** Folders for `-I` when extensions are compiled. */
  readonly includes: readonly string[];
  /** What an extension's file name ends in: `.cpython-313-x86_64-linux-gnu.so`. */
  readonly extensionSuffix: string;
  /** Standard modules that could not be built, since their library was missing. */
  readonly missingModules: readonly string[];
  /** The folder with the logs of the build's steps. */
  readonly log: string;
  /** Size of `folder`. */
  readonly bytes: number;
  /** ISO 8601. */
  readonly builtAt: string;
}

/** The build's own copy of CPython's suppressions in its folder. */
export const STOCK_SUPPRESSIONS = 'valgrind-python.supp';

/** Writes the manifest, which makes the build in `manifest.folder` a finished one. */
export function writeManifest(manifest: Omit<BuildManifest, 'format'>): void {
  const text = JSON.stringify({format: MANIFEST_FORMAT, ...manifest}, null, 2);
  writeFileAtomic(path.join(manifest.folder, MANIFEST_FILE), `${text}\n`);
}

/**
 * The manifest in `folder`, undefined when there is no finished build. A build that was moved
 * is none either: its prefix is compiled into it.
 */
export function readManifest(folder: string): BuildManifest | undefined {
  let text: string;
  try {
    text = readFileSync(path.join(folder, MANIFEST_FILE), 'utf8');
  } catch {
    return undefined;
  }
  try {
    const manifest = manifestSchema.safeParse(JSON.parse(text));
    return manifest.success && manifest.data.folder === folder ? manifest.data : undefined;
  } catch {
    return undefined;
  }
}

/** A manifest as the rest of leakline wants it, with what depends on where leakline is installed. */
export function buildOf(manifest: BuildManifest): PythonBuild {
  const {format: _, recipeFingerprint: __, ...kept} = manifest;
  const stock = path.join(manifest.folder, STOCK_SUPPRESSIONS);
  return {
    ...kept,
    prefix: path.join(manifest.folder, 'prefix'),
    suppressions:
      manifest.profile === 'memory-debugger'
        ? [stock, path.join(packageRoot, 'supp', 'pyobject-free-realloc.supp')]
        : [],
    suppressionReference: stock,
  };
}
