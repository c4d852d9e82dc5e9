import type {ScenarioResult} from '../../judge/types.js';
import {formatProblem} from '../../util/problem.js';
import type {RunSummary} from '../events.js';
import {improvements} from '../text/changes.js';
import {UPDATE_COMMAND} from '../text/commands.js';
import {harmless} from '../text/harmless.js';
import {formatDuration} from '../text/numbers.js';
import {inReadingOrder} from '../text/order.js';
import {plain} from '../text/paint.js';
import {resultBlock} from '../text/result-block.js';
import {changeCounts, countStatuses, statusCounts, statusWord} from '../text/status.js';

/** GitHub refuses a step summary over 1 MiB as a whole. */
const MAX_BYTES = 1_000_000;

/** Text that Markdown shows as it is, on one line. */
const inline = (text: string): string =>
  harmless(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]#|~@:]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/[\n\t]+/g, ' ');

/** A fenced block whose fence is longer than any run of backticks in it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

const needsLook = ({status}: ScenarioResult) => status !== 'passed' && status !== 'skipped';

/** The summary as Markdown: counts, a table of what changed, and the details of each, folded. */
export function stepSummary(summary: RunSummary, maxBytes: number = MAX_BYTES): string {
  const counts = statusCounts(countStatuses(summary.results)) || 'no scenario ran';
  const changed = inReadingOrder(summary.results).filter(needsLook).toReversed();
  const sections = [
    `## leakline: ${inline(counts)}`,
    `${inline(formatDuration(summary.durationMs))}, valgrind ${inline(summary.valgrindVersion)}` +
      (summary.interrupted ? ', interrupted' : ''),
    ...summary.problems.map((problem) => fenced(harmless(formatProblem(problem)))),
    ...(changed.length === 0 ? [] : [table(changed)]),
    ...(changed.some((result) => improvements(result).length > 0)
      ? [`To expect the improvements from now on: \`${UPDATE_COMMAND}\``]
      : []),
    ...changed.map(details),
  ];
  return withinBytes(sections, maxBytes);
}

function table(results: readonly ScenarioResult[]): string {
  const rows = results.map(({status, scenario, build, changes, failure}) => {
    const cells = [statusWord(status), scenario, build, failure?.message ?? changeCounts(changes)];
    return `| ${cells.map(inline).join(' | ')} |`;
  });
  return ['| status | scenario | build | what |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function details(result: ScenarioResult): string {
  const text = resultBlock(result, {paint: plain}).join('\n').trimEnd();
  const title = `${statusWord(result.status)}: ${result.scenario} on ${result.build}`;
  return `<details><summary>${inline(title)}</summary>\n\n${fenced(text)}\n\n</details>`;
}

/** As many sections as fit, and a word about the others. */
function withinBytes(sections: readonly string[], maxBytes: number): string {
  const rest = '… the rest is too long for a step summary; the report has it all.';
  let bytes = Buffer.byteLength(rest) + 2;
  const kept: string[] = [];
  for (const section of sections) {
    bytes += Buffer.byteLength(section) + 2;
    if (bytes > maxBytes) return `${[...kept, rest].join('\n\n')}\n`;
    kept.push(section);
  }
  return `${kept.join('\n\n')}\n`;
}
