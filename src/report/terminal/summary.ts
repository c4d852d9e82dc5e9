import {isFailing} from '../../judge/status.js';
import {unreachable} from '../../util/unreachable.js';
import type {RunSummary} from '../events.js';
import {UPDATE_COMMAND} from '../text/commands.js';
import {formatDuration, formatNumber, quantity} from '../text/numbers.js';
import type {Paint} from '../text/paint.js';
import {brushOf, countStatuses, STATUSES, statusWord} from '../text/status.js';
import {suppressionUses} from '../text/suppressions.js';
import {wrap} from '../text/width.js';

/** Suppression rules and baseline files that are named at most. */
const MAX_NAMED = 5;

interface SummaryStyle {
  readonly paint: Paint;
  readonly columns: number;
  /** The run is told once more: its exit code is not the command's. */
  readonly isOver?: boolean;
}

/** The last lines of a report: what was written, what can be accepted, counts, and the exit code. */
export function summaryLines(summary: RunSummary, {paint, columns, isOver = false}: SummaryStyle): string[] {
  const secondary = [...suppressionText(summary), ...baselineText(summary)];
  return [
    ...secondary.flatMap((text) => wrap(text, columns, '  ')).map((line) => paint.dim(line)),
    ...countLines(summary, paint, columns),
    ...exitText(summary)
      .map((text) => (isOver ? `that run ended with ${text}` : text))
      .flatMap((text) => wrap(text, columns, '  ')),
  ];
}

function named(items: readonly string[]): string {
  const more = items.length - MAX_NAMED;
  return items.slice(0, MAX_NAMED).join(', ') + (more > 0 ? `, … ${formatNumber(more)} more` : '');
}

function suppressionText({results}: RunSummary): string[] {
  const uses = suppressionUses(results).map(({name, count}) => `${name} ×${formatNumber(count)}`);
  return uses.length === 0 ? [] : [`suppressed: ${named(uses)}`];
}

function baselineText({results, updatedBaselines}: RunSummary): string[] {
  if (updatedBaselines.length > 0) {
    return [`wrote ${quantity(updatedBaselines.length, 'baseline')}: ${named(updatedBaselines)}`];
  }
  const improved = results.some(({changes}) =>
    changes.some(({verdict}) => verdict === 'fixed' || verdict === 'shrunk'),
  );
  return improved ? [`To expect the improvements from now on: ${UPDATE_COMMAND}`] : [];
}

function countLines({results, durationMs}: RunSummary, paint: Paint, columns: number): string[] {
  const counts = countStatuses(results);
  const parts = STATUSES.filter((status) => counts[status] > 0);
  if (parts.length === 0) return [`no scenario ran in ${formatDuration(durationMs)}`];
  const wordsOf = (status: (typeof parts)[number]) => `${formatNumber(counts[status])} ${statusWord(status)}`;
  const text = `${parts.map(wordsOf).join(', ')} in ${formatDuration(durationMs)}`;
  // Painted after wrapping, which counts columns and keeps a number with its noun.
  return wrap(text, columns, '  ').map((line) =>
    parts.reduce((painted, status) => {
      const words = wordsOf(status);
      return painted.replace(words, brushOf(status, paint)(words));
    }, line),
  );
}

function exitText({exitCode, results, interrupted, total}: RunSummary): string[] {
  switch (exitCode) {
    case 0:
      return [];
    case 1: {
      const failing = results.filter(({status}) => isFailing(status)).length;
      if (failing === 0) return ['exit code 1'];
      return [`exit code 1: ${quantity(failing, 'scenario is', 'scenarios are')} not as expected`];
    }
    case 2:
      return ['exit code 2: usage, configuration or environment'];
    case 130:
      return [
        `exit code 130: ${interrupted ? 'interrupted' : 'ended'} after ${results.length} of ${quantity(total, 'scenario')}`,
      ];
    default:
      return unreachable(exitCode);
  }
}
