import type {LeaklineEvent, Reporter} from './events.js';
import type {OutputStream} from './io.js';
import {harmlessLine} from './text/harmless.js';

/** A reporter and what the user calls it: `junit=report.xml`. */
export interface NamedReporter {
  readonly name: string;
  readonly reporter: Reporter;
}

/** Several reporters as one. */
export interface Reporters {
  readonly onEvent: (event: LeaklineEvent) => void;
  /**
   * Closes all of them and gives the names of those that failed at some time, whose reports are
   * incomplete. Each has been named on standard error by then.
   */
  readonly close: () => Promise<readonly string[]>;
}

/**
 * Hands every event to every reporter. One that throws keeps getting events, since its next hook
 * may well work, and never keeps the others from theirs.
 */
export function multiplex(reporters: readonly NamedReporter[], stderr: OutputStream): Reporters {
  const failures = new Map<string, {readonly during: string; readonly message: string}>();
  const failed = (name: string, during: string, error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    if (!failures.has(name)) failures.set(name, {during, message});
  };
  return {
    onEvent: (event) => {
      for (const {name, reporter} of reporters) {
        try {
          reporter.onEvent?.(event);
        } catch (error) {
          failed(name, event.type, error);
        }
      }
    },
    close: async () => {
      for (const {name, reporter} of reporters) {
        try {
          await reporter.close?.();
        } catch (error) {
          failed(name, 'close', error);
        }
      }
      for (const [name, {during, message}] of failures) {
        const text = `reporter ${name} failed at ${during}, its report is incomplete: ${message}`;
        stderr.write(`${harmlessLine(text)}\n`);
      }
      return [...failures.keys()];
    },
  };
}
