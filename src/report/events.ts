import type {ScenarioResult} from '../judge/types.js';
import type {BuildEvent} from '../python/events.js';
import type {Problem} from '../util/problem.js';

/** Totals of a run. */
export interface RunSummary {
  readonly leaklineVersion: string;
  readonly valgrindVersion: string;
  readonly jobs: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** Scenarios × builds that were to run; more than results when the run was interrupted. */
  readonly total: number;
  readonly results: readonly ScenarioResult[];
  readonly problems: readonly Problem[];
  readonly interrupted: boolean;
  /** Baseline files that were written, as messages name them. */
  readonly updatedBaselines: readonly string[];
  readonly exitCode: 0 | 1 | 2 | 130;
}

/** Everything that happens in a run, in order. Commands emit it; reporters only render it. */
export type LeaklineEvent =
  | BuildEvent
  /** Scenarios × builds that will run. */
  | {
      readonly type: 'run-started';
      readonly leaklineVersion: string;
      readonly valgrindVersion: string;
      readonly total: number;
      readonly builds: readonly string[];
      readonly jobs: number;
      /** The run is over and told once more: what happens when is of no interest. */
      readonly replayed?: true;
      /** Durations of an earlier run of what is in this one, as far as known, to estimate the time left. */
      readonly expected?: readonly {
        readonly scenario: string;
        readonly build: string;
        readonly durationMs: number;
      }[];
    }
  | {readonly type: 'scenario-started'; readonly scenario: string; readonly build: string}
  /** A word about what leakline does and why: an environment being compiled, a measurement repeated. */
  | {readonly type: 'notice'; readonly message: string}
  | {readonly type: 'problem'; readonly problem: Problem}
  | {readonly type: 'scenario-finished'; readonly result: ScenarioResult}
  | {readonly type: 'run-finished'; readonly summary: RunSummary};

/** Renders a run in one form. Every hook is optional; one that throws does not hurt the others. */
export interface Reporter {
  readonly onEvent?: (event: LeaklineEvent) => void;
  /** Called once after `run-finished`, to write and close what is open. */
  readonly close?: () => void | Promise<void>;
}
