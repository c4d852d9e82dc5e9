import path from 'node:path';
import {z} from 'zod';
import type {Problem} from '../util/problem.js';
import {ok, type Result} from '../util/result.js';
import {readYamlDocument} from '../util/yaml-document.js';
import type {Release} from './recipe.js';

/** The one file of python-build/ that is no recipe. */
export const SOURCES_FILE = 'sources.yaml';

const releasesSchema = z.strictObject({
  site: z.url(),
  releases: z.record(
    z.string(),
    z.strictObject({
      archive: z.string(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      pool: z.string().optional(),
    }),
  ),
});

/** CPython's releases that leakline knows by checksum. */
export interface Releases {
  readonly site: string;
  readonly versions: readonly string[];
  readonly find: (version: string) => Omit<Release, 'version' | 'url'> | undefined;
}

export function readReleases(folder: string): Result<Releases, readonly Problem[]> {
  const document = readYamlDocument(path.join(folder, SOURCES_FILE), releasesSchema);
  if (!document.ok) return document;
  const {site, releases} = document.value.value;
  return ok({
    site,
    versions: Object.keys(releases),
    find: (version) => {
      const entry = releases[version];
      if (entry === undefined) return undefined;
      const {archive, sha256, pool} = entry;
      return pool === undefined ? {archive, sha256} : {archive, sha256, pool};
    },
  });
}

/** The release a recipe asks for; undefined when nothing says what its checksum is. */
export function releaseFor(
  wanted: {readonly version: string; readonly sha256?: string | undefined},
  releases: Releases,
): Release | undefined {
  const {version, sha256} = wanted;
  const entry = releases.find(version);
  const url = (archive: string) => {
    // Pre-releases lie in the folder of the release they lead to.
    const folder = version.replace(/(a|b|rc)\d+$/, '');
    return `${releases.site}/${folder}/${archive}`;
  };
  if (entry !== undefined && (sha256 === undefined || sha256 === entry.sha256)) {
    return {version, ...entry, url: url(entry.archive)};
  }
  if (sha256 === undefined) return undefined;
  const archive = `Python-${version}.tar.xz`;
  return {version, archive, sha256, url: url(archive)};
}
