import {accessSync, constants, existsSync, readdirSync, statSync} from 'node:fs';
import path from 'node:path';
import type {Machine} from './needs.js';

/** This machine. */
export function thisMachine(searchPath: string = process.env.PATH ?? ''): Machine {
  const folders = searchPath.split(path.delimiter).filter((folder) => folder !== '');
  let includes: readonly string[] | undefined;
  return {
    hasCommand: (name) => folders.some((folder) => isExecutable(path.join(folder, name))),
    hasHeader: (header) => {
      includes ??= includeFolders();
      return includes.some((folder) => existsSync(path.join(folder, header)));
    },
  };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Where compilers look for headers; Debian keeps those of one architecture in a folder of its triple. */
function includeFolders(): readonly string[] {
  const base = '/usr/include';
  let triples: string[] = [];
  try {
    triples = readdirSync(base).filter((name) => name.includes('-linux-'));
  } catch {
    // No headers at all.
  }
  return ['/usr/local/include', base, ...triples.map((triple) => path.join(base, triple))];
}
