import {existsSync} from 'node:fs';
import path from 'node:path';

export const CONFIG_NAME = 'leakline.yaml';

/** A spelling that people try, which leakline points out instead of passing over it in silence. */
export const MISSPELT_NAME = 'leakline.yml';

/** The nearest leakline.yaml (or leakline.yml) in `folder` or a folder above it; undefined when there is none. */
export function findConfigFile(folder: string): string | undefined {
  for (const name of [CONFIG_NAME, MISSPELT_NAME]) {
    const file = path.join(folder, name);
    if (existsSync(file)) return file;
  }
  const parent = path.dirname(folder);
  return parent === folder ? undefined : findConfigFile(parent);
}
