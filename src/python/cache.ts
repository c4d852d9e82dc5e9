import {homedir} from 'node:os';
import path from 'node:path';

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

/** The folder of the logs of one build or environment, one file per step. */
export const logFolder = (cacheRoot: string, id: string) => path.join(cacheRoot, 'logs', id);

/** The file whose lock guards the making of one build or environment. */
export const lockFile = (cacheRoot: string, id: string) => path.join(cacheRoot, 'locks', `${id}.lock`);
