import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

/** leakline's own folder (where python-build/ and supp/ are), whether run from dist/ or from src/. */
export const packageRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** leakline's version. */
export const packageVersion = (
  JSON.parse(readFileSync(`${packageRoot}/package.json`, 'utf8')) as {readonly version: string}
).version;
