import {readFileSync} from 'node:fs';

/** The text of each file; of one that cannot be read, its error code, which is no text of a file. */
export function contentsOf(files: readonly string[]): readonly string[] {
  return files.map((file) => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      return `\0${(error as NodeJS.ErrnoException).code}`;
    }
  });
}
