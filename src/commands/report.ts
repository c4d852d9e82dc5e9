import {loadConfig} from '../config/load.js';
import type {ConfigFlags} from '../config/types.js';
import type {RunSummary} from '../report/events.js';
import type {ReportIo} from '../report/io.js';
import {defaultReporters, openReporters} from '../report/registry.js';
import {replay} from '../report/replay.js';
import {readLastRun} from '../report/run-log.js';
import type {Problem} from '../util/problem.js';
import {ok, type Result} from '../util/result.js';
import {EXIT} from './exit-code.js';
import {refusing} from './refusing.js';

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
 * `leakline report`: renders the last run. A run that failed is reported well all the same: the
 * exit code is 0 when the reports are complete, 2 otherwise.
 */
export async function reportLastRun(
  {cwd, flags}: {readonly cwd: string; readonly flags: ConfigFlags},
  reporters: readonly string[],
  io: ReportIo,
): Promise<number> {
  const refuse = refusing(io);
  const config = loadConfig(cwd, flags);
  if (!config.ok) return refuse(config.error);
  const summary = readLastRun(config.value.stateDirectory);
  if (summary === undefined) return refuse([{message: 'There is no run to report', next: 'leakline run'}]);
  const incomplete = await renderAgain(summary, reporters, io);
  if (!incomplete.ok) return refuse(incomplete.error);
  return incomplete.value.length === 0 ? EXIT.ok : EXIT.usage;
}
