import {existsSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {writeFileAtomic} from '../util/atomic-file.js';
import {fileKind} from '../util/file-kind.js';
import {withLock} from '../util/lock.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {parseBaseline, printBaseline} from './baseline-text.js';
import type {Baseline} from './types.js';

/** Where baselines are kept. */
export interface BaselineStore {
  /** Folder of all baselines, absolute. */
  readonly folder: string;
  /** The project's root, to name files as the user would. */
  readonly root: string;
  /** Lock file that updates take, outside the baseline folder. */
  readonly lock: string;
}

/** Name of the baseline that holds a build's own leaks; no scenario can have it. */
export const INTERPRETER = '_interpreter';

const fileOf = ({folder}: BaselineStore, scenario: string, build: string) =>
  path.join(folder, build, `${scenario}.yaml`);

/** The file of a baseline, as messages name it. */
export const baselineFile = (store: BaselineStore, scenario: string, build: string): string =>
  path.relative(store.root, fileOf(store, scenario, build));

/** The stored baseline, undefined when there is none. */
export function readBaseline(
  store: BaselineStore,
  scenario: string,
  build: string,
): Result<Baseline | undefined, readonly Problem[]> {
  const shownAs = baselineFile(store, scenario, build);
  let text: string;
  try {
    text = readFileSync(fileOf(store, scenario, build), 'utf8');
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? ok(undefined) : fail([{file: shownAs, message: `cannot be read: ${message}`}]);
  }
  return parseBaseline(text, shownAs);
}

/**
 * Replaces a baseline by what `update` makes of the stored one; two at once lose nothing. A
 * growth baseline without entries says what its absence says, so its file is removed.
 *
 * @returns the file as messages name it, undefined when it was up to date already
 */
export async function updateStoredBaseline(
  store: BaselineStore,
  scenario: string,
  build: string,
  update: (stored: Baseline | undefined) => Baseline,
): Promise<Result<string | undefined, readonly Problem[]>> {
  const file = fileOf(store, scenario, build);
  const shownAs = baselineFile(store, scenario, build);
  try {
    return await withLock(store.lock, async () => {
      const stored = readBaseline(store, scenario, build);
      if (!stored.ok) return stored;
      const updated = update(stored.value);
      if (updated.mode === 'growth' && updated.entries.length === 0) {
        if (stored.value === undefined) return ok(undefined);
        rmSync(file);
        return ok(shownAs);
      }
      const text = printBaseline(updated, scenario, build);
      if (existsSync(file) && readFileSync(file, 'utf8') === text) return ok(undefined);
      writeFileAtomic(file, text);
      return ok(shownAs);
    });
  } catch (error) {
    return fail([
      {
        file: shownAs,
        message: `cannot be written: ${(error as Error).message}`,
        next: 'make the folder writable, then: leakline baseline update',
      },
    ]);
  }
}

/** Scenario and build of every stored baseline, sorted; the builds' own are left out. */
export function listBaselines({
  folder,
}: BaselineStore): readonly {readonly scenario: string; readonly build: string}[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((build) => fileKind(path.join(folder, build)) === 'folder')
    .flatMap((build) =>
      readdirSync(path.join(folder, build), {recursive: true, encoding: 'utf8'})
        .filter((file) => file.endsWith('.yaml') && file !== `${INTERPRETER}.yaml`)
        .map((file) => ({scenario: file.slice(0, -'.yaml'.length), build})),
    )
    .sort((a, b) => a.build.localeCompare(b.build, 'en') || a.scenario.localeCompare(b.scenario, 'en'));
}
