import {statSync, utimesSync} from 'node:fs';
import {homedir} from 'node:os';
import path from 'node:path';
import type {Problem} from '../util/problem.js';

/** Where builds, environments and downloads live: LEAKLINE_CACHE, else the XDG cache folder's `leakline`. */
export function defaultCacheRoot(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const {LEAKLINE_CACHE: own, XDG_CACHE_HOME: xdg} = env;
  if (own !== undefined && own !== '') return path.resolve(own);
  // The XDG specification says to ignore a relative XDG_CACHE_HOME.
  const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(homedir(), '.cache');
  return path.join(base, 'leakline');
}

export const buildsFolder = (cacheRoot: string) => path.join(cacheRoot, 'builds');
export const environmentsFolder = (cacheRoot: string) => path.join(cacheRoot, 'environments');
export const downloadsFolder = (cacheRoot: string) => path.join(cacheRoot, 'downloads');

/** The floors of one build: one for each environment and set of options. */
export const floorsFolder = (cacheRoot: string, fingerprint: string) =>
  path.join(cacheRoot, 'floors', fingerprint);

/** The folder of the logs of one build or environment, one file per step. */
export const logFolder = (cacheRoot: string, id: string) => path.join(cacheRoot, 'logs', id);

/** The file whose lock guards the making of one build or environment. */
export const lockFile = (cacheRoot: string, id: string) => path.join(cacheRoot, 'locks', `${id}.lock`);

/** Notes that the finished build or environment in `folder` was used just now. */
export function markUsed(folder: string, now: Date = new Date()): void {
  try {
    utimesSync(folder, now, now);
  } catch {
    // A read-only cache serves as well; only `python remove --unused` looks at the time.
  }
}

/** When `folder` was last used. */
export const lastUsed = (folder: string): Date => statSync(folder).mtime;

export const diskFull = (folder: string): Problem => ({
  message: `No space is left for ${folder}`,
  next: 'make room (leakline python remove --unused), or set LEAKLINE_CACHE to a folder on a larger disk',
});

/** An error of the file system as something the user can mend; any other error is a bug and thrown on. */
export function cacheProblem(error: unknown, cacheRoot: string): Problem {
  const {code, message} = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(cacheRoot);
  if (code === undefined) throw error;
  return {
    message: `The cache ${cacheRoot} cannot be written`,
    detail: message,
    next: 'set LEAKLINE_CACHE to a folder that can be written',
  };
}
