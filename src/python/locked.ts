import {closeSync, mkdirSync, openSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Problem} from '../util/problem.js';
import {fail, type Result} from '../util/result.js';
import {interrupted} from './step.js';

/** How often a lock that another process holds is tried again. */
const INTERVAL_MS = 100;

export interface WhileLockedOptions {
  /** What is made, for the message when it is interrupted. */
  readonly title: string;
  readonly signal?: AbortSignal | undefined;
  /** Called once when another process holds the lock. */
  readonly onWait: () => void;
}

/**
 * Runs `work` while holding the lock on `file`, as util/lock.ts does, but so that an abort ends
 * the waiting: a build may take minutes. When the work has begun, ending it is its own affair.
 *
 * @throws NodeJS.ErrnoException when the lock file cannot be opened
 */
export async function whileLocked<T>(
  file: string,
  {title, signal, onWait}: WhileLockedOptions,
  work: () => Promise<Result<T, Problem>>,
): Promise<Result<T, Problem>> {
  const {tryLock} = await import('fs-native-extensions');
  mkdirSync(path.dirname(file), {recursive: true});
  const descriptor = openSync(file, 'a');
  try {
    let hasWaited = false;
    while (!tryLock(descriptor)) {
      if (signal?.aborted) return fail(interrupted(title));
      if (!hasWaited) onWait();
      hasWaited = true;
      await sleep(INTERVAL_MS);
    }
    return signal?.aborted ? fail(interrupted(title)) : await work();
  } finally {
    closeSync(descriptor);
  }
}
