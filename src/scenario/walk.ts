import {type Dirent, readdirSync, realpathSync} from 'node:fs';
import path from 'node:path';
import type {Config} from '../config/types.js';
import {fileKind} from '../util/file-kind.js';
import type {Problem} from '../util/problem.js';
import {shownPath} from '../util/shown-path.js';
import {isInside} from './inside.js';

/** A file that ought to be a scenario. */
export interface ScenarioPlace {
  /** Path relative to the scenario folder without its ending: `json/loads`. */
  readonly id: string;
  readonly file: string;
  readonly shownAs: string;
}

const BASELINES = '__baselines__';
const ENDING = /\.ya?ml$/;

/**
 * Every *.yaml and *.yml under the scenario folder, sorted by id. Names that begin with `_` or
 * `.` are left out, and so are the baselines, the build recipes and leakline.yaml where they
 * stand inside of it. Links to folders are not followed, since they may run in circles.
 */
export function findScenarioFiles(config: Config): {
  readonly places: readonly ScenarioPlace[];
  readonly problems: readonly Problem[];
} {
  const {scenarios: root, cwd} = config;
  const skipped = new Set([config.baselines, config.pythonBuild, config.file, config.stateDirectory]);
  const places: ScenarioPlace[] = [];
  const problems: Problem[] = [];

  const visit = (folder: string): void => {
    for (const entry of readEntries(folder, problems, cwd)) {
      const file = path.join(folder, entry.name);
      if (/^[._]/.test(entry.name) || entry.name === BASELINES || skipped.has(file)) continue;
      if (entry.isDirectory()) visit(file);
      else if (entry.isSymbolicLink()) visitLink(file);
      else add(file);
    }
  };
  const visitLink = (file: string): void => {
    const problem = linkProblem(file, root);
    if (problem === undefined) add(file);
    else problems.push({file: shownPath(cwd, file), message: problem});
  };
  const add = (file: string): void => {
    const id = path.relative(root, file).replace(ENDING, '');
    if (ENDING.test(file)) places.push({id, file, shownAs: shownPath(cwd, file)});
  };

  if (fileKind(root) === 'folder') {
    visit(root);
  } else {
    const next = 'leakline init';
    problems.push({message: `there is no scenario folder ${shownPath(cwd, root)}`, next});
  }
  return {places: places.sort((a, b) => compareText(a.id, b.id) || compareText(a.file, b.file)), problems};
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function readEntries(folder: string, problems: Problem[], cwd: string): readonly Dirent[] {
  try {
    return readdirSync(folder, {withFileTypes: true});
  } catch (error) {
    problems.push({file: shownPath(cwd, folder), message: `cannot be read: ${(error as Error).message}`});
    return [];
  }
}

function linkProblem(file: string, root: string): string | undefined {
  const kind = fileKind(file);
  if (kind !== 'folder' && !ENDING.test(file)) return undefined;
  if (kind === undefined) return 'is a link to nothing';
  if (kind === 'folder') return 'is a link to a folder, which leakline does not follow';
  return isInside(realpathSync(file), realpathSync(root))
    ? undefined
    : 'is a link that leaves the scenario folder';
}
