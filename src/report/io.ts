import {closeSync, fstatSync, ftruncateSync, openSync, writeSync} from 'node:fs';
import path from 'node:path';
import {makeFolder} from '../util/make-folder.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';

/** As much of a standard stream as reporters need; `columns` and `rows` change with the window. */
export interface OutputStream {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** The world as reporters see it. */
export interface ReportIo {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that names of files are relative to. */
  readonly cwd: string;
  /** A monotonic clock, in ms. */
  readonly now: () => number;
}

/**
 * The process's own streams, environment and clock. A reader that goes away (`leakline run | head`)
 * ends the output, not the run.
 */
export function processIo(): ReportIo {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    now: () => performance.now(),
  };
}

/** Where a report goes: a file that is open already, or standard output. */
export interface Output {
  /** Undefined for standard output. */
  readonly file: string | undefined;
  readonly write: (text: string) => void;
  readonly close: () => void;
}

/** An output file that was opened but not touched yet. */
export interface OpenedFile extends Output {
  /** Removes what an earlier run left in it: a run that dies must not leave an old report behind. */
  readonly clear: () => void;
}

/**
 * Opens `file`, making its folder as needed. Pipes and devices are written as they come. With
 * `replace` the file is the report's own: a write that fails leaves it empty, since half a report
 * would mislead. With `append` what others wrote into it is never touched.
 */
export function openFile(file: string, cwd: string, mode: 'replace' | 'append'): Result<OpenedFile, Problem> {
  const absolute = path.resolve(cwd, file);
  try {
    makeFolder(path.dirname(absolute));
    const descriptor = openSync(absolute, 'a');
    const isOwn = mode === 'replace' && fstatSync(descriptor).isFile();
    const clear = () => {
      if (isOwn) ftruncateSync(descriptor, 0);
    };
    return ok({
      file,
      clear,
      write: (text) => {
        try {
          writeAll(descriptor, text);
        } catch (error) {
          clear();
          throw error;
        }
      },
      close: () => closeSync(descriptor),
    });
  } catch (error) {
    return fail({
      file,
      message: `cannot be written: ${(error as Error).message}`,
      next: 'name a file in a folder that you may write to',
    });
  }
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(descriptor, bytes, written);
  }
}

/** Standard output as an {@link Output}. */
export const standardOutput = ({stdout}: ReportIo): Output => ({
  file: undefined,
  write: (text) => void stdout.write(text),
  close: () => {},
});
