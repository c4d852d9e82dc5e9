import {readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {captureOutput, runChild} from './child.js';
import {fail, ok, type Result} from './result.js';

export interface TarOptions {
  /** Folder that tar works in: names in the archive are relative to it. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls the system's tar.
 *
 * @returns what it wrote; as the error what it complained of
 */
async function tar(args: readonly string[], {folder, signal}: TarOptions): Promise<Result<string, string>> {
  const log = path.join(folder, '.tar.log');
  try {
    const {PATH = '/usr/bin:/bin'} = process.env;
    const options = {cwd: folder, env: {PATH, LC_ALL: 'C.UTF-8'}, log};
    const {outcome} = await runChild(['tar', ...args], {
      ...options,
      ...(signal === undefined ? {} : {signal}),
    });
    const output = readFileSync(log, 'utf8').trimEnd();
    if (outcome.reason === 'exited' && outcome.code === 0) return ok(output);
    return fail(outcome.reason === 'not-started' ? outcome.message : output || `tar: ${outcome.reason}`);
  } finally {
    rmSync(log, {force: true});
  }
}

/** Packs `name`, a folder in `options.folder`, into the gzipped archive `file`. */
export const packFolder = (
  file: string,
  name: string,
  options: TarOptions,
): Promise<Result<string, string>> =>
  tar(['-czf', file, '--owner=0', '--group=0', '--numeric-owner', name], options);

/** How long an archive may take to be listed. */
const LISTING_MS = 300_000;

/** The names of everything in an archive, just as they are in it. */
export async function listArchive(
  file: string,
  options: TarOptions,
): Promise<Result<readonly string[], string>> {
  const names = await captureOutput(['tar', '-tPzf', file], {timeoutMs: LISTING_MS});
  if (names !== undefined) return ok(names.split('\n').filter(Boolean));
  // Once more for its complaint, which must not stand among the names.
  const listed = await tar(['-tzf', file], options);
  return fail(listed.ok ? 'tar did not list it' : listed.error);
}

/** Unpacks an archive into `options.folder`; links to places outside of it are tar's to refuse. */
export const unpackArchive = (file: string, options: TarOptions): Promise<Result<string, string>> =>
  tar(['-xzf', file, '--no-same-owner', '--no-same-permissions'], options);
