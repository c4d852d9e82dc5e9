import type {Config} from './types.js';

/** Enough to find a compiler and a shell, and the same on every machine. */
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Where a scenario's process lives. */
export interface Place {
  /**
   * Folder of its own: working directory, home and temporary folder. Its path must have the
   * same length in every run, since it is copied into the interpreter's memory.
   */
  readonly workingFolder: string;
  /** Folders searched for programs before the system's: the environment's and those of `requires`. */
  readonly programFolders: readonly string[];
  /** Folders searched for modules by the Pythons that the scenario starts, before those it names itself. */
  readonly moduleFolders?: readonly string[];
  /** Libraries that every program loads at its start. */
  readonly preloaded?: readonly string[];
}

/**
 * The whole environment of a scenario's process. Nothing is inherited but what `passEnv` names:
 * an environment holds secrets, and its length changes how many bytes an interpreter allocates.
 * The scenario's own variables win over passed ones, and those over the fixed ones; the
 * program folders come first in PATH whoever sets it.
 *
 * @param caller leakline's own environment
 */
export function scenarioEnvironment(
  config: Pick<Config, 'passEnv'>,
  scenario: {readonly env: Readonly<Record<string, string>>},
  caller: Readonly<Record<string, string | undefined>>,
  {workingFolder, programFolders, moduleFolders = [], preloaded = []}: Place,
): Readonly<Record<string, string>> {
  const merged: Record<string, string> = {
    HOME: workingFolder,
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    PATH: SYSTEM_PATH,
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONHASHSEED: '0',
    TMPDIR: workingFolder,
    TZ: 'UTC',
    ...passed(config.passEnv, caller),
    ...scenario.env,
  };
  const putFirst = (name: string, paths: readonly string[]) => {
    const rest = merged[name];
    if (paths.length > 0) merged[name] = [...paths, ...(rest ? [rest] : [])].join(':');
  };
  putFirst('PATH', programFolders);
  putFirst('PYTHONPATH', moduleFolders);
  putFirst('LD_PRELOAD', preloaded);
  // The order of the names is part of what the process sees.
  return Object.fromEntries(Object.entries(merged).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function passed(names: readonly string[], caller: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = Object.hasOwn(caller, name) ? caller[name] : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
