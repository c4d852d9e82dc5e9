import type {ScenarioResult, Status} from '../judge/types.js';
import type {Problem} from '../util/problem.js';
import type {Reporter, RunSummary} from './events.js';
import type {Output} from './io.js';
import {byName} from './text/order.js';
import {countStatuses} from './text/status.js';
import {suppressionUses} from './text/suppressions.js';

/**
 * What `--reporter json=FILE` writes. A field may be added under the same `schemaVersion`; one
 * that changes its meaning or goes away gets the next number.
 */
export interface JsonReport {
  readonly schemaVersion: 1;
  readonly leaklineVersion: string;
  readonly valgrindVersion: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly jobs: number;
  readonly exitCode: RunSummary['exitCode'];
  readonly interrupted: boolean;
  /** How many results have each status, the zeros too. */
  readonly counts: Readonly<Record<Status, number>>;
  /** Suppression rules over the whole run, most used first. */
  readonly suppressions: readonly {readonly name: string; readonly count: number}[];
  readonly updatedBaselines: readonly string[];
  readonly problems: readonly Problem[];
  /** Sorted by scenario, then build. Strings are as they were found, escape sequences too. */
  readonly results: readonly ScenarioResult[];
}

/** The keys of all objects in the report, in the order they are written; others follow by name. */
const KEY_ORDER = [
  ...['schemaVersion', 'leaklineVersion', 'valgrindVersion', 'startedAt', 'jobs', 'exitCode', 'interrupted'],
  ...['verdict', 'now', 'before', 'type', 'id', 'scenario', 'build', 'mode', 'file', 'description', 'status'],
  ...['origin', 'name', 'module', 'path', 'line', 'column', 'reason', 'message', 'durationMs', 'isolation'],
  ...['cached', 'hadBaseline', 'iterations', 'kind', 'what', 'blocks', 'bytes', 'count', 'attribution'],
  ...['intervals', 'objects', 'frames', 'stack', 'related', 'counts', 'suppressions', 'updatedBaselines'],
  ...['problems', 'notes', 'failure', 'totals', 'floor', 'changes', 'results'],
];

const rankOf = new Map(KEY_ORDER.map((key, index) => [key, index]));

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  const rank = (key: string) => rankOf.get(key) ?? KEY_ORDER.length;
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function inKeyOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inKeyOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(byKey);
  return Object.fromEntries(entries.map(([key, item]) => [key, inKeyOrder(item)]));
}

/** The report of a run, with everything that depends on the order of events sorted. */
export function jsonReport(summary: RunSummary): JsonReport {
  return {
    schemaVersion: 1,
    leaklineVersion: summary.leaklineVersion,
    valgrindVersion: summary.valgrindVersion,
    startedAt: summary.startedAt,
    durationMs: summary.durationMs,
    jobs: summary.jobs,
    exitCode: summary.exitCode,
    interrupted: summary.interrupted,
    counts: countStatuses(summary.results),
    suppressions: suppressionUses(summary.results),
    updatedBaselines: summary.updatedBaselines.toSorted(),
    problems: summary.problems,
    results: summary.results.toSorted(byName),
  };
}

/** The report as text: the same run gives the same text, so that two reports can be compared by diff. */
export const jsonText = (report: JsonReport): string => `${JSON.stringify(inKeyOrder(report), null, 2)}\n`;

/** For programs: everything that is known, in one file. */
export function jsonReporter(output: Output): Reporter {
  return {
    onEvent: (event) => {
      if (event.type === 'run-finished') output.write(jsonText(jsonReport(event.summary)));
    },
    close: output.close,
  };
}
