import {readFileSync} from 'node:fs';
import path from 'node:path';
import {z} from 'zod';
import {writeFileAtomic} from '../util/atomic-file.js';

const MANIFEST_FILE = 'packages.json';
const MANIFEST_FORMAT = 1;

const manifestSchema = z.object({
  format: z.literal(MANIFEST_FORMAT),
  /** The folder it lies in: one that was moved holds paths of its old place. */
  folder: z.string(),
  requirements: z.array(z.string()),
  python: z.string().optional(),
  pythonPath: z.array(z.string()),
  binPath: z.array(z.string()),
  objects: z.array(z.string()),
  madeAt: z.string(),
});

/** What a finished environment's folder says about itself. Its presence is what makes it finished. */
export type PackagesManifest = Omit<z.output<typeof manifestSchema>, 'format'>;

/** Writes the manifest, which makes the environment in `manifest.folder` a finished one. */
export function writePackagesManifest(manifest: PackagesManifest): void {
  const text = JSON.stringify({format: MANIFEST_FORMAT, ...manifest}, null, 2);
  writeFileAtomic(path.join(manifest.folder, MANIFEST_FILE), `${text}\n`);
}

/** The manifest in `folder`, undefined when there is no finished environment. */
export function readPackagesManifest(folder: string): PackagesManifest | undefined {
  try {
    const parsed = manifestSchema.safeParse(
      JSON.parse(readFileSync(path.join(folder, MANIFEST_FILE), 'utf8')),
    );
    return parsed.success && parsed.data.folder === folder ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
