import {readFileSync} from 'node:fs';
import path from 'node:path';
import {parse, TomlError} from 'smol-toml';
import {z} from 'zod';
import type {Problem} from '../util/problem.js';

/** What leakline calls somebody's project. */
export interface ProjectName {
  /** As a part of scenario ids: lower case, digits and hyphens. */
  readonly name: string;
  /** The module it is most likely imported as. */
  readonly module: string;
  /** Why its pyproject.toml was not used, when there is one and it could not be. */
  readonly problem?: Problem;
}

const named = z.object({name: z.string()});
const pyproject = z.object({
  project: named.optional().catch(undefined),
  tool: z
    .object({poetry: named.optional().catch(undefined)})
    .optional()
    .catch(undefined),
});

/** The name that `folder`'s pyproject.toml gives the project, or else that of the folder. */
export function projectName(folder: string): ProjectName {
  try {
    const text = readFileSync(path.join(folder, 'pyproject.toml'), 'utf8');
    const {project, tool} = pyproject.parse(parse(text));
    return normalise(project?.name ?? tool?.poetry?.name ?? path.basename(folder));
  } catch (error) {
    const fallback = normalise(path.basename(folder));
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return fallback;
    const place = error instanceof TomlError ? {line: error.line, column: error.column} : {};
    const message = 'is not used, since it cannot be read; the folder gives the name';
    return {...fallback, problem: {file: 'pyproject.toml', ...place, message}};
  }
}

/** Normalised as Python's packaging does it (PEP 503), so that it fits a file name. */
function normalise(written: string): ProjectName {
  const name = written
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 100);
  const known = name === '' ? 'extension' : name;
  return {name: known, module: known.replaceAll('-', '_').replace(/^(?=\d)/, '_')};
}
