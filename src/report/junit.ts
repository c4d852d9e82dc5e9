import imported, {type Builder} from 'junit-report-builder';
import type {ScenarioResult} from '../judge/types.js';
import {groupBy} from '../util/group-by.js';
import {formatProblem, type Problem} from '../util/problem.js';
import {unreachable} from '../util/unreachable.js';
import type {Reporter, RunSummary} from './events.js';
import type {Output} from './io.js';
import {regressions} from './text/changes.js';
import {harmlessLine} from './text/harmless.js';
import {headline} from './text/headline.js';
import {byName, folderOf} from './text/order.js';
import {plain} from './text/paint.js';
import {resultBlock} from './text/result-block.js';
import {changeCounts} from './text/status.js';

// The package is CommonJS and exports the builder itself; its types say that it is under `default`.
const junit = imported as unknown as Builder;

type TestSuite = ReturnType<Builder['testSuite']>;

/** What XML 1.0 cannot hold, not even escaped (section 2.2 of its specification). */
const NOT_XML =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/gu;

/** Colours that a scenario wrote; without their first character they would be left as `[31m`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
const COLOUR = /\u001b\[[0-9;]*m/g;

/**
 * Text that an XML document can hold. The library splits a CDATA section at the first `]]>` only,
 * so none may be left.
 */
export const xmlText = (text: string): string =>
  text.replace(COLOUR, '').replace(NOT_XML, '').replaceAll(']]>', ']] >');

/** The whole report as JUnit XML: a suite per build, a case per scenario. */
export function junitText(summary: RunSummary): string {
  const report = junit.newBuilder();
  const builds = groupBy(summary.results.toSorted(byName), ({build}) => build);
  for (const [build, results] of [...builds].sort(([a], [b]) => a.localeCompare(b, 'en'))) {
    const suite = report
      .testSuite()
      .name(xmlText(build))
      .timestamp(summary.startedAt)
      .time(seconds(results.reduce((sum, {durationMs}) => sum + durationMs, 0)))
      .property('valgrind', summary.valgrindVersion)
      .property('leakline', summary.leaklineVersion);
    for (const result of results) addCase(suite, result);
  }
  if (summary.problems.length > 0) {
    const suite = report.testSuite().name('leakline').timestamp(summary.startedAt);
    for (const problem of summary.problems) addProblem(suite, problem);
  }
  return `${report.build()}\n`;
}

const seconds = (ms: number) => Number((ms / 1000).toFixed(3));

function addCase(suite: TestSuite, result: ScenarioResult): void {
  const {scenario, build, status, file, durationMs} = result;
  const folder = folderOf(scenario);
  const testCase = suite
    .testCase()
    .className(xmlText(folder === '' ? build : folder.replaceAll('/', '.')))
    .name(xmlText(folder === '' ? scenario : scenario.slice(folder.length + 1)))
    .file(xmlText(file))
    .time(seconds(durationMs));
  const details = () => xmlText(resultBlock(result, {paint: plain}).join('\n').trimEnd());
  switch (status) {
    case 'passed':
    case 'improved': {
      const counts = changeCounts(result.changes);
      if (counts !== '') testCase.standardOutput(xmlText(headline(result)));
      return;
    }
    case 'regressed':
    case 'unbaselined': {
      const all = regressions(result);
      const [first] = all;
      const text = status === 'regressed' && first !== undefined ? headline(result, first) : headline(result);
      const more = status === 'regressed' && all.length > 1 ? ` (and ${all.length - 1} more)` : '';
      testCase.failure(xmlText(text + more), status).stacktrace(details());
      return;
    }
    case 'failed':
    case 'timed-out':
      testCase.error(xmlText(headline(result)), result.failure?.reason ?? status, details());
      return;
    case 'skipped':
      testCase.skipped();
      if (result.notes.length > 0)
        testCase.standardOutput(xmlText(result.notes.map(harmlessLine).join('\n')));
      return;
    default:
      unreachable(status);
  }
}

/** A scenario that could not be loaded has no result, and must not be missed for that. */
function addProblem(suite: TestSuite, problem: Problem): void {
  suite
    .testCase()
    .className('problem')
    .name(xmlText(problem.file ?? problem.message))
    .error(xmlText(harmlessLine(problem.message)), 'problem', xmlText(formatProblem(problem)));
}

/** For CI servers, which show suites and failures in a page of their own. */
export function junitReporter(output: Output): Reporter {
  return {
    onEvent: (event) => {
      if (event.type === 'run-finished') output.write(junitText(event.summary));
    },
    close: output.close,
  };
}
