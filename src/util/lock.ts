import {closeSync, openSync} from 'node:fs';
import path from 'node:path';
import {makeFolder} from './make-folder.js';

/**
 * Runs `work` while holding an exclusive lock on `file`. The lock is the kernel's (an
 * open-file-description lock), so it ends with the process whatever ends that: there is no
 * stale lock to clean up after kill -9. The empty file stays, since to remove it would let
 * a third process lock another file of the same name.
 *
 * @param onWait called once when another process holds the lock, before waiting for it
 * @throws NodeJS.ErrnoException when the file cannot be opened for writing
 */
export async function withLock<T>(file: string, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  // Native code, and most runs have nothing to lock.
  const {tryLock, waitForLock} = await import('fs-native-extensions');
  makeFolder(path.dirname(file));
  const descriptor = openSync(file, 'a');
  try {
    if (!tryLock(descriptor)) {
      onWait?.();
      await waitForLock(descriptor);
    }
    return await work();
  } finally {
    closeSync(descriptor);
  }
}
