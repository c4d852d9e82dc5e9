import {withLock} from '../util/lock.js';
import type {Problem} from '../util/problem.js';
import {fail, type Result} from '../util/result.js';
import {interrupted} from './step.js';

export interface WhileLockedOptions {
  /** What is made, for the message when it is interrupted. */
  readonly title: string;
  readonly signal?: AbortSignal | undefined;
  readonly onWait: () => void;
}

/**
 * {@link withLock} for making something in the cache: an abort ends the waiting for the lock at
 * once. When the work has begun, ending it is the work's own affair.
 *
 * @throws NodeJS.ErrnoException when the lock file cannot be opened
 */
export function whileLocked<T>(
  file: string,
  {title, signal, onWait}: WhileLockedOptions,
  work: () => Promise<Result<T, Problem>>,
): Promise<Result<T, Problem>> {
  let isWorking = false;
  const locked = withLock(
    file,
    async () => {
      if (signal?.aborted) return fail(interrupted(title));
      isWorking = true;
      return work();
    },
    onWait,
  );
  if (signal === undefined) return locked;
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      if (!isWorking) resolve(fail(interrupted(title)));
    };
    signal.addEventListener('abort', onAbort, {once: true});
    void locked.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
