import {formatProblem, type Problem} from '../../util/problem.js';
import type {LeaklineEvent, Reporter, RunSummary} from '../events.js';
import type {Output, ReportIo} from '../io.js';
import {harmlessCopy} from '../text/harmless.js';
import {inReadingOrder} from '../text/order.js';
import {coloured, plain, wantsColour} from '../text/paint.js';
import {resultBlock} from '../text/result-block.js';
import {wrap} from '../text/width.js';
import {type EventLine, eventLine} from './event-line.js';
import {startLive, wantsLive} from './live.js';
import {summaryLines} from './summary.js';
import {tableLines} from './table.js';

/** Narrower terminals get lines of this width, which they wrap. */
const LEAST_COLUMNS = 40;

/**
 * The report for people. It goes to standard output (or to `output`'s file, plain), a display of
 * what happens now to standard error: with `leakline run > report.txt` both do what one expects.
 * Without a display on the same terminal, each event that matters is one line.
 */
export function terminalReporter(output: Output, io: ReportIo): Reporter {
  const isStdout = output.file === undefined;
  const isTerminal = isStdout && io.stdout.isTTY === true;
  const paint = isStdout && wantsColour(io.env, isTerminal) ? coloured() : plain;
  const live =
    isStdout && wantsLive(io.env, io.stderr)
      ? startLive(io, wantsColour(io.env, true) ? coloured() : plain)
      : undefined;
  const showsAllLines = live === undefined || !isTerminal;
  const columnsNow = () =>
    isTerminal ? Math.max(LEAST_COLUMNS, io.stdout.columns ?? 80) : Number.POSITIVE_INFINITY;

  let done = 0;
  let total = 0;
  let isReplay = false;
  const problems = new Map<string, Problem>();
  const warnings = new Map<string, Problem>();
  const note = (kept: Map<string, Problem>, problem: Problem) => kept.set(formatProblem(problem), problem);

  const print = (lines: readonly string[]) => {
    if (lines.length > 0) output.write(`${lines.join('\n')}\n`);
  };

  /** Problems and warnings that were not shown yet, each once. */
  const problemLines = () => {
    const lines = [
      ...[...warnings.keys()].flatMap((text) => problemBlock(text, 'warning:', paint.warn, columnsNow())),
      ...[...problems.keys()].flatMap((text) => problemBlock(text, 'error:', paint.bad, columnsNow())),
    ];
    warnings.clear();
    problems.clear();
    return lines;
  };

  const printReport = (summary: RunSummary) => {
    const columns = columnsNow();
    for (const problem of summary.problems) note(problems, problem);
    const sections = [
      inReadingOrder(summary.results).flatMap((result) => resultBlock(result, {paint, columns})),
      withGap(tableLines(summary.results, {paint, columns})),
      problemLines(),
      summaryLines(summary, {paint, columns, isOver: isReplay}),
    ];
    if (showsAllLines && !isReplay && done > 0) print(['']);
    for (const section of sections) print(section);
  };

  const onEvent = (raw: LeaklineEvent) => {
    const event = harmlessCopy(raw);
    live?.onEvent(event);
    if (event.type === 'run-started') {
      [done, total, isReplay] = [0, event.total, event.replayed === true];
    }
    if (event.type === 'scenario-finished') done++;
    if (event.type === 'problem' || event.type === 'build-failed') note(problems, event.problem);
    if (event.type === 'build-warning') note(warnings, event.problem);
    const line = eventLine(event, paint, {done, total});
    if (line !== undefined && !isReplay && (showsAllLines || line.matters)) {
      const show = () => print(paintedLine(line, columnsNow()));
      if (live === undefined || !isTerminal) show();
      else live.above(show);
    }
    if (event.type === 'run-finished') {
      live?.stop();
      printReport(event.summary);
    }
  };

  return {
    onEvent,
    close: () => {
      live?.stop();
      print(problemLines());
      output.close();
    },
  };
}

const withGap = (lines: readonly string[]) => (lines.length === 0 ? [] : [...lines, '']);

function paintedLine({text, mark}: EventLine, columns: number): string[] {
  const [first = '', ...rest] = wrap(text, columns, '  ');
  return [mark === undefined ? first : first.replace(mark.words, mark.brush(mark.words)), ...rest];
}

/** A problem's lines, wrapped where that cannot spoil a command. */
function problemBlock(
  text: string,
  label: string,
  brush: (text: string) => string,
  columns: number,
): string[] {
  const [first = '', ...rest] = text.split('\n');
  const [start = '', ...others] = wrap(`${label} ${first}`, columns, '  ');
  return [
    brush(label) + start.slice(label.length),
    ...others,
    ...rest.flatMap((line) => (line.startsWith('  Next: ') ? [line] : wrap(line, columns, '    '))),
    '',
  ];
}
