import type {RunSummary} from '../report/events.js';
import type {ReportIo} from '../report/io.js';
import {defaultReporters, openReporters} from '../report/registry.js';
import {replay} from '../report/replay.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';

/**
 * Renders a finished run again.
 *
 * @param reporters texts of `--reporter`, the default ones when there are none
 * @returns names of the reporters whose report is incomplete
 */
export async function renderAgain(
  summary: RunSummary,
  reporters: readonly string[],
  io: ReportIo,
): Promise<Result<readonly string[], readonly Problem[]>> {
  const opened = openReporters(reporters.length === 0 ? defaultReporters(io.env) : reporters, io);
  if (!opened.ok) return opened;
  replay(summary, opened.value.onEvent);
  return ok(await opened.value.close());
}

/**
 * `leakline report`: renders an earlier run, which `load` finds. A run that failed is reported
 * well all the same: the exit code is 0 when the reports are complete, 2 otherwise.
 */
export async function report(
  load: () => Result<RunSummary, Problem>,
  reporters: readonly string[],
  io: ReportIo,
): Promise<Result<0 | 2, readonly Problem[]>> {
  const summary = load();
  if (!summary.ok) return fail([summary.error]);
  const incomplete = await renderAgain(summary.value, reporters, io);
  if (!incomplete.ok) return incomplete;
  return ok(incomplete.value.length === 0 ? 0 : 2);
}
