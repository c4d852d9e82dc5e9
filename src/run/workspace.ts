import {mkdirSync} from 'node:fs';
import path from 'node:path';
import tmp from 'tmp';

/** The temporary folders of one run. */
export interface Workspace {
  readonly root: string;
  /**
   * A new folder for one process. Its path has the same length in every run, since paths end up
   * in allocated strings: bytes would differ otherwise.
   */
  readonly newFolder: () => string;
  /** Removes everything; not being able to is no reason to fail. */
  readonly remove: () => void;
}

/** @throws NodeJS.ErrnoException when the temporary folder cannot be written */
export function openWorkspace(): Workspace {
  tmp.setGracefulCleanup();
  const folder = tmp.dirSync({template: 'leakline-XXXXXX', unsafeCleanup: true});
  let count = 0;
  return {
    root: folder.name,
    newFolder: () => {
      count += 1;
      const name = path.join(folder.name, String(count).padStart(6, '0'));
      mkdirSync(name);
      return name;
    },
    remove: () => {
      try {
        folder.removeCallback();
      } catch {
        // A scenario may leave what only another user can remove; the system's own clean-up gets it.
      }
    },
  };
}
