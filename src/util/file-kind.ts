import {statSync} from 'node:fs';

/** What `file` is, links followed; undefined when it does not exist or cannot be reached. */
export function fileKind(file: string): 'file' | 'folder' | 'other' | undefined {
  try {
    const stats = statSync(file);
    if (stats.isDirectory()) return 'folder';
    return stats.isFile() ? 'file' : 'other';
  } catch {
    return undefined;
  }
}
