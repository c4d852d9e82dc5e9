import {randomBytes} from 'node:crypto';
import {closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {makeFolder} from './make-folder.js';

/**
 * Writes `text` to `file` so that a reader, a crash or a full disk sees the old content or the
 * new one, never a part: a temporary file beside it, fsync, rename. Folders are made as needed.
 *
 * @throws NodeJS.ErrnoException when it cannot be written; `file` is then as it was
 */
export function writeFileAtomic(file: string, text: string): void {
  makeFolder(path.dirname(file));
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const descriptor = openSync(temporary, 'wx');
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, {force: true});
    throw error;
  }
}
