import {lstatSync, readdirSync, rmdirSync, rmSync} from 'node:fs';
import path from 'node:path';

/** The size of all files below `folder` in bytes. */
export function folderBytes(folder: string): number {
  let bytes = 0;
  for (const file of filesBelow(folder)) bytes += lstatSync(file).size;
  return bytes;
}

/** Keeps of a built source tree what valgrind's and gdb's source lines are read from. */
export function pruneSource(folder: string): void {
  for (const file of filesBelow(folder)) {
    if (!/\.(c|h|cc|cpp|inc)$/.test(file)) rmSync(file);
  }
  removeEmptyFolders(folder);
}

/**
 * Removes from an installed prefix what no run under valgrind uses: the static libraries (only
 * programs that embed Python link them), bytecode for -O and -OO, the manual pages and IDLE.
 */
export function prunePrefix(folder: string): void {
  for (const file of filesBelow(folder)) {
    if (/\.a$|\.opt-[12]\.pyc$|\.pyo$/.test(file)) rmSync(file);
  }
  rmSync(path.join(folder, 'share'), {recursive: true, force: true});
  const lib = path.join(folder, 'lib');
  for (const version of readdirSync(lib).filter((name) => name.startsWith('python'))) {
    rmSync(path.join(lib, version, 'idlelib'), {recursive: true, force: true});
  }
}

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, {withFileTypes: true})) {
    const child = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(child);
    else yield child;
  }
}

function removeEmptyFolders(folder: string): void {
  for (const entry of readdirSync(folder, {withFileTypes: true})) {
    if (entry.isDirectory()) removeEmptyFolders(path.join(folder, entry.name));
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}
