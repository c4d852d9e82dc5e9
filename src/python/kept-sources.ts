import {existsSync, readdirSync, rmdirSync, rmSync} from 'node:fs';
import path from 'node:path';

/** The files that debug information of compiled code names. */
const SOURCE = /\.(c|h|cc|hh|cpp|hpp|cxx|hxx|inc|inl|ipp|tcc|pyx|pxd|pxi|rs|f|f90)$/i;

/**
 * Keeps of pip's temporary folder the sources of what it compiled, where debug information says
 * that they are: gdb and `leakline repro` show their lines. What builds were made with, and the
 * folder itself when nothing is left, go.
 */
export function keepSources(temporary: string): void {
  for (const name of readdirSync(temporary)) {
    const child = path.join(temporary, name);
    // Where pip unpacks archives that it installs from, by its version.
    if (!/^pip-(install|req-build)-/.test(name)) rmSync(child, {recursive: true, force: true});
  }
  prune(temporary);
}

function prune(folder: string): void {
  for (const entry of readdirSync(folder, {withFileTypes: true})) {
    const child = path.join(folder, entry.name);
    if (entry.isDirectory()) prune(child);
    else if (!entry.isFile() || !SOURCE.test(entry.name)) rmSync(child, {force: true});
  }
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
