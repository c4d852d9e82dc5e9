import {accessSync, constants} from 'node:fs';
import path from 'node:path';
import {fileKind} from './file-kind.js';

/**
 * Absolute path of the program that a shell would start for `name`; undefined when there is none.
 *
 * @param searchPath folders with colons between them
 */
export function findProgram(name: string, searchPath: string = process.env.PATH ?? ''): string | undefined {
  return searchPath
    .split(path.delimiter)
    .map((folder) => path.resolve(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return fileKind(file) === 'file';
  } catch {
    return false;
  }
}
