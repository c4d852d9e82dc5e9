import {existsSync, mkdirSync} from 'node:fs';
import path from 'node:path';

/**
 * Makes `folder` and the folders it lies in, as far as they are missing. Where it cannot, the
 * error names the cause: Node's recursive mkdir says ENOENT on a read-only file system.
 *
 * @throws NodeJS.ErrnoException
 */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, {recursive: true});
  } catch (error) {
    const parent = path.dirname(folder);
    if (parent !== folder && !existsSync(parent)) makeFolder(parent);
    else if (!existsSync(folder)) mkdirSync(folder);
    throw error;
  }
}
