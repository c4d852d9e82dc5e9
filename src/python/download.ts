import {createHash, randomBytes} from 'node:crypto';
import {createWriteStream, existsSync, mkdirSync, renameSync, rmSync} from 'node:fs';
import path from 'node:path';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {fail, ok, type Result} from '../util/result.js';

export interface DownloadOptions {
  /** How long until the server has begun to answer. */
  readonly connectTimeoutMs?: number;
  /** How long the server may send nothing. */
  readonly stallTimeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called some times per second. */
  readonly onProgress?: (receivedBytes: number, totalBytes: number | undefined) => void;
}

export type DownloadFailure =
  /** The place does not have it, or does not answer: another place may. */
  | {readonly reason: 'unavailable'; readonly message: string}
  | {readonly reason: 'wrong-checksum'; readonly sha256: string}
  /** The target cannot be written. */
  | {readonly reason: 'unwritable'; readonly message: string}
  | {readonly reason: 'aborted'};

const CONNECT_TIMEOUT_MS = 10_000;
const STALL_TIMEOUT_MS = 30_000;
const PROGRESS_INTERVAL_MS = 250;

/**
 * Downloads `url` to `file`, which appears only when it is complete and its SHA-256 is right.
 * Node 20's fetch knows no proxy: where the network is behind one, this is `unavailable`.
 */
export async function download(
  url: string,
  file: string,
  sha256: string,
  options: DownloadOptions = {},
): Promise<Result<void, DownloadFailure>> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    mkdirSync(path.dirname(file), {recursive: true});
    const actual = await receive(url, temporary, options);
    if (!actual.ok) return actual;
    if (actual.value !== sha256) return fail({reason: 'wrong-checksum', sha256: actual.value});
    renameSync(temporary, file);
    return ok(undefined);
  } catch (error) {
    return fail({reason: 'unwritable', message: (error as Error).message});
  } finally {
    if (existsSync(temporary)) rmSync(temporary);
  }
}

/** Streams `url` into `file` and gives the SHA-256 of what came. */
async function receive(
  url: string,
  file: string,
  options: DownloadOptions,
): Promise<Result<string, DownloadFailure>> {
  const watch = startWatch(options);
  try {
    const response = await fetch(url, {signal: watch.signal});
    const body = response.body;
    if (!response.ok || body === null) {
      await body?.cancel();
      return fail({reason: 'unavailable', message: `answered ${response.status} ${response.statusText}`});
    }
    const hash = createHash('sha256');
    const total = Number(response.headers.get('content-length')) || undefined;
    let received = 0;
    let shownAt = 0;
    watch.expectData();
    await pipeline(
      Readable.fromWeb(body),
      async function* observe(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          watch.expectData();
          hash.update(chunk);
          received += chunk.length;
          if (performance.now() - shownAt >= PROGRESS_INTERVAL_MS) {
            shownAt = performance.now();
            options.onProgress?.(received, total);
          }
          yield chunk;
        }
      },
      createWriteStream(file),
      {signal: watch.signal},
    );
    options.onProgress?.(received, total);
    return ok(hash.digest('hex'));
  } catch (error) {
    if (options.signal?.aborted) return fail({reason: 'aborted'});
    const late = watch.late();
    if (late !== undefined) return fail({reason: 'unavailable', message: late});
    return fail(failureOf(error as NodeJS.ErrnoException));
  } finally {
    watch.stop();
  }
}

/** Codes of the file system that no other place would mend. */
const UNWRITABLE = ['ENOSPC', 'EROFS', 'EACCES', 'EDQUOT', 'EIO'];

function failureOf(error: NodeJS.ErrnoException): DownloadFailure {
  if (UNWRITABLE.includes(error.code ?? '')) return {reason: 'unwritable', message: error.message};
  // fetch says "fetch failed" and keeps the reason in `cause`.
  const cause = error.cause instanceof Error ? error.cause : error;
  return {reason: 'unavailable', message: cause.message || String((cause as NodeJS.ErrnoException).code)};
}

/** An abort signal that fires when the server is too slow, or when the user aborts. */
function startWatch({signal, connectTimeoutMs, stallTimeoutMs}: DownloadOptions) {
  const controller = new AbortController();
  let message: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const arm = (ms: number, said: string) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      message = `${said} within ${ms / 1000} s`;
      controller.abort();
    }, ms);
  };
  const onAbort = () => controller.abort();
  signal?.addEventListener('abort', onAbort, {once: true});
  if (signal?.aborted) onAbort();
  arm(connectTimeoutMs ?? CONNECT_TIMEOUT_MS, 'did not answer');
  return {
    signal: controller.signal,
    expectData: () => arm(stallTimeoutMs ?? STALL_TIMEOUT_MS, 'sent nothing more'),
    late: () => message,
    stop: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

/** Fetches a small text, undefined when it does not come within the connect time-out. */
export async function fetchText(url: string, signal?: AbortSignal): Promise<string | undefined> {
  const timeout = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
  try {
    const response = await fetch(url, {signal: signal ? AbortSignal.any([signal, timeout]) : timeout});
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
