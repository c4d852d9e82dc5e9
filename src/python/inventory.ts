import {existsSync, readdirSync, rmSync} from 'node:fs';
import path from 'node:path';
import {withLock} from '../util/lock.js';
import {buildsFolder, environmentsFolder, floorsFolder, lastUsed, lockFile, logFolder} from './cache.js';
import {type BuildManifest, readManifest} from './manifest.js';
import {folderBytes} from './prune.js';

/** A folder in the cache that holds a build, or the remains of one that was interrupted. */
export interface StoredBuild {
  readonly folder: string;
  /** The build's name; of remains, as far as the folder's name tells it. */
  readonly name: string;
  readonly manifest: BuildManifest | undefined;
  readonly lastUsed: Date;
}

/** Every build in the cache, whatever recipe it came from. */
export function storedBuilds(cacheRoot: string): readonly StoredBuild[] {
  return foldersIn(buildsFolder(cacheRoot)).map((folder) => {
    const manifest = readManifest(folder);
    return {
      folder,
      name: manifest?.name ?? path.basename(folder).replace(/-[0-9a-f]+$/, ''),
      manifest,
      lastUsed: lastUsed(folder),
    };
  });
}

/** The compiled extensions, programs and probes in the cache. */
export function storedEnvironments(
  cacheRoot: string,
): readonly {readonly folder: string; readonly lastUsed: Date}[] {
  return foldersIn(environmentsFolder(cacheRoot)).map((folder) => ({folder, lastUsed: lastUsed(folder)}));
}

function foldersIn(parent: string): readonly string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .sort()
    .map((name) => path.join(parent, name));
}

/**
 * Removes a build or an environment with its logs and floors, and gives the bytes that were freed. Waits while
 * it is being made; what was then finished is no longer the remains that were to go: it stays, and
 * undefined is given.
 *
 * @throws NodeJS.ErrnoException when the cache cannot be written
 */
export async function removeStored(
  stored: {readonly folder: string; readonly manifest?: BuildManifest | undefined},
  cacheRoot: string,
): Promise<number | undefined> {
  const {folder} = stored;
  const id = path.basename(folder);
  return withLock(lockFile(cacheRoot, id), async () => {
    const isNewlyFinished = stored.manifest === undefined && readManifest(folder) !== undefined;
    if (isNewlyFinished || !existsSync(folder)) return undefined;
    const bytes = folderBytes(folder);
    rmSync(folder, {recursive: true, force: true});
    rmSync(logFolder(cacheRoot, id), {recursive: true, force: true});
    if (stored.manifest !== undefined) {
      rmSync(floorsFolder(cacheRoot, stored.manifest.fingerprint), {recursive: true, force: true});
    }
    return bytes;
  });
}
