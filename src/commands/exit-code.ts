import {isFailing} from '../judge/status.js';
import type {ScenarioResult} from '../judge/types.js';
import type {RunSummary} from '../report/events.js';

/** The exit codes of every command, written down once. */
export const EXIT = {
  /** Nothing regressed. */
  ok: 0,
  /** A leak, a memory error, a crash or a time-out that the baseline does not know. */
  regressed: 1,
  /** Usage, configuration or environment. */
  usage: 2,
  interrupted: 130,
} as const;

/** The exit code of a run: what kept it from judging outweighs what it judged. */
export function exitCodeOf(
  results: readonly ScenarioResult[],
  problemCount: number,
  isInterrupted: boolean,
): RunSummary['exitCode'] {
  if (isInterrupted) return EXIT.interrupted;
  if (problemCount > 0 || results.some(({failure}) => failure?.reason === 'environment')) return EXIT.usage;
  return results.some(({status}) => isFailing(status)) ? EXIT.regressed : EXIT.ok;
}
