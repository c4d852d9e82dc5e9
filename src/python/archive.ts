import {existsSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {fileSha256} from '../util/hash.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {unreachable} from '../util/unreachable.js';
import {mirrorList, parseMirrorList, poolAddresses, readAptArchives} from './apt-mirrors.js';
import {download, fetchText} from './download.js';
import type {OnBuildEvent} from './events.js';
import type {Release} from './recipe.js';

export interface ArchiveOptions {
  /** Name of the build, for events. */
  readonly build: string;
  /** leakline's own folder of downloads. */
  readonly downloads: string;
  /** A file or folder of the user that is looked into first. */
  readonly sources?: string | undefined;
  /** apt's configuration. */
  readonly aptFolder?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: OnBuildEvent;
}

/** The names under which `release` may lie in a folder: upstream's, Debian's. */
function archiveNames({archive, pool}: Release): readonly string[] {
  return pool === undefined ? [archive] : [archive, path.basename(pool)];
}

/**
 * The verified archive of `release`: from the user's own folder, leakline's downloads, CPython's
 * site, or the mirrors of apt's configuration, the first that has it. An archive with a wrong
 * checksum ends the search, whoever it came from.
 */
export async function obtainArchive(
  release: Release,
  options: ArchiveOptions,
): Promise<Result<string, Problem>> {
  const tried: string[] = [];
  const local = await findLocal(release, options, tried);
  if (local !== undefined) return local;

  const target = path.join(options.downloads, release.archive);
  for await (const url of remoteAddresses(release, options)) {
    const outcome = await download(url, target, release.sha256, {
      signal: options.signal,
      onProgress: (receivedBytes, totalBytes) =>
        options.onEvent({
          type: 'download-progress',
          build: options.build,
          place: url,
          receivedBytes,
          ...(totalBytes === undefined ? {} : {totalBytes}),
        }),
    });
    if (outcome.ok) return ok(target);
    const {error} = outcome;
    switch (error.reason) {
      case 'unavailable':
        tried.push(`${url}: ${error.message}`);
        options.onEvent({type: 'source-missing', build: options.build, place: url, why: error.message});
        break;
      case 'wrong-checksum':
        return fail(
          wrongChecksum(
            url,
            release,
            error.sha256,
            'nothing was kept; try again, or see what answers at that address',
          ),
        );
      case 'unwritable':
        return fail({
          message: `The archive cannot be written to ${options.downloads}`,
          detail: error.message,
          next: 'make room there, or set LEAKLINE_CACHE to a folder that can be written',
        });
      case 'aborted':
        return fail({message: `The download of ${release.archive} was interrupted`});
      default:
        return unreachable(error);
    }
  }
  return fail({
    message: `The source of CPython ${release.version} was found nowhere`,
    detail: tried.join('\n'),
    next: `put ${archiveNames(release).join(' or ')} into ${options.downloads}`,
  });
}

async function findLocal(
  release: Release,
  {sources, downloads}: ArchiveOptions,
  tried: string[],
): Promise<Result<string, Problem> | undefined> {
  for (const place of sources === undefined ? [downloads] : [sources, downloads]) {
    const candidates =
      existsSync(place) && statSync(place).isFile()
        ? archiveNames(release).includes(path.basename(place))
          ? [place]
          : []
        : archiveNames(release).map((name) => path.join(place, name));
    const file = candidates.find((candidate) => existsSync(candidate));
    if (file === undefined) {
      tried.push(`${place}: has no ${archiveNames(release).join(' or ')}`);
      continue;
    }
    let actual: string;
    try {
      actual = await fileSha256(file);
    } catch (error) {
      tried.push(`${file}: ${(error as Error).message}`);
      continue;
    }
    if (actual === release.sha256) return ok(file);
    return fail(wrongChecksum(file, release, actual, `replace or remove ${file}`));
  }
  return undefined;
}

function wrongChecksum(place: string, release: Release, actual: string, next: string): Problem {
  return {
    message: `${place} is not CPython ${release.version} as it was released`,
    detail: `its SHA-256: ${actual}\nexpected:    ${release.sha256}`,
    next,
  };
}

async function* remoteAddresses(release: Release, options: ArchiveOptions): AsyncGenerator<string> {
  yield release.url;
  const {pool} = release;
  if (pool === undefined) return;
  for (const archive of readAptArchives(options.aptFolder ?? '/etc/apt')) {
    for (const uri of await mirrorsBehind(archive.uri, options.signal)) {
      yield* poolAddresses({...archive, uri}, pool);
    }
  }
}

/** `uri` itself, or the mirrors of the list it stands for. */
async function mirrorsBehind(uri: string, signal?: AbortSignal): Promise<readonly string[]> {
  const list = mirrorList(uri);
  if (list === undefined) return [uri];
  if (list.type === 'web') return parseMirrorList((await fetchText(list.at, signal)) ?? '');
  try {
    return parseMirrorList(readFileSync(list.at, 'utf8'));
  } catch {
    return [];
  }
}
