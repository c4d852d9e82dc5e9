import {randomBytes} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import pLimit from 'p-limit';
import type {RunContext} from '../../run/job.js';
import {startWatchdog} from '../../run/watchdog.js';
import {openWorkspace} from '../../run/workspace.js';
import {captureOutput} from '../../util/child.js';
import {defined} from '../../util/defined.js';
import type {Problem} from '../../util/problem.js';
import {findProgram} from '../../util/program.js';
import {fail, ok, type Result} from '../../util/result.js';
import {findDefaultSuppressions, withoutLeakRules} from '../../valgrind/default-suppressions.js';
import {featuresOf, parseValgrindVersion} from '../../valgrind/version.js';

/** A run's context, and what ends it. */
export interface Session {
  readonly context: RunContext;
  /** Ends every process and removes every temporary file of the run. */
  readonly close: () => Promise<void>;
}

/** A valgrind program, and what it answers to --version. */
export interface FoundValgrind {
  /** Its path: the environments of scenarios have a PATH of their own. */
  readonly valgrind: string | undefined;
  readonly answer: Promise<string | undefined>;
}

/** Asks valgrind for its version; the answer comes while other things are read. */
export function askValgrind(): FoundValgrind {
  const valgrind = findProgram('valgrind');
  return {
    valgrind,
    answer: valgrind === undefined ? Promise.resolve(undefined) : captureOutput([valgrind, '--version']),
  };
}

/**
 * Opens what a run needs.
 *
 * @param jobs how many scenarios may run at the same time
 */
export async function openSession(
  {valgrind, answer}: FoundValgrind,
  jobs: number,
  signal: AbortSignal,
): Promise<Result<Session, Problem>> {
  const next = 'leakline doctor --fix';
  const text = await answer;
  const version = text === undefined ? undefined : parseValgrindVersion(text);
  if (valgrind === undefined || version === undefined)
    return fail({message: 'valgrind is not installed', next});
  if (!featuresOf(version).isSupported) {
    return fail({message: `${text} is too old; leakline needs 3.16 or newer`, next});
  }
  const marker = randomBytes(6).toString('hex');
  try {
    const workspace = openWorkspace();
    const stopWatching = startWatchdog(marker, workspace.root);
    const context: RunContext = {
      workspace,
      marker,
      valgrind,
      valgrindVersion: version,
      whenFree: pLimit(jobs),
      ...defined({growthSuppressions: writeGrowthSuppressions(valgrind, workspace.root)}),
      signal,
    };
    return ok({
      context,
      close: async () => {
        await stopWatching();
        workspace.remove();
      },
    });
  } catch (error) {
    return fail({
      message: `No temporary folder can be made: ${(error as Error).message}`,
      next: 'set TMPDIR to a folder that can be written and has room',
    });
  }
}

/** The file for {@link RunContext.growthSuppressions}, undefined when it cannot be made. */
function writeGrowthSuppressions(valgrind: string, folder: string): string | undefined {
  const defaults = findDefaultSuppressions(valgrind);
  const text = defaults === undefined ? undefined : withoutLeakRules(defaults);
  if (text === undefined) return undefined;
  const file = path.join(folder, 'errors.supp');
  try {
    writeFileSync(file, text);
    return file;
  } catch {
    // A full disk: what comes next tells of it.
    return undefined;
  }
}
