import type {ScenarioResult} from '../../judge/types.js';
import {unreachable} from '../../util/unreachable.js';
import {changeBlock} from './change-block.js';
import {improvements, regressions} from './changes.js';
import {baselineCommand, reproCommand} from './commands.js';
import {fieldLines, textField} from './fields.js';
import type {StackStyle} from './frames.js';
import {harmless, harmlessLine} from './harmless.js';
import {changeText, headline} from './headline.js';
import {formatNumber} from './numbers.js';
import {brushOf} from './status.js';
import {chop, wrap} from './width.js';

/** Changes of one result that are shown with their stacks; the JSON report has all. */
const MAX_CHANGES = 10;

/** Findings of a scenario without a baseline, and improvements, that are named. */
const MAX_NAMED = 5;

/** Last lines of a failed scenario's output that are shown. */
const OUTPUT_LINES = 20;

const NEXT = '  Next: ';

/**
 * What a person has to know of one result: a block per regression, the reason and last output
 * of a failure, the command that comes next. Empty for results that need no look; otherwise the
 * last line is empty.
 */
export function resultBlock(result: ScenarioResult, style: StackStyle): string[] {
  switch (result.status) {
    case 'passed':
    case 'skipped':
      return [];
    case 'improved':
      return improvementLines(result, style);
    case 'unbaselined':
      return unbaselinedBlock(result, style);
    case 'regressed':
      return [...regressionBlocks(result, style), ...improvementLines(result, style)];
    case 'failed':
    case 'timed-out':
      return [...failureBlock(result, style), ...regressionBlocks(result, style, 'told')];
    default:
      return unreachable(result.status);
  }
}

/** A headline in lines that fit, its first word in a colour and the scenario's name in bold. */
function headlineLines(
  text: string,
  {scenario, build}: ScenarioResult,
  brush: (text: string) => string,
  {paint, columns = Number.POSITIVE_INFINITY}: StackStyle,
): string[] {
  const [first = '', ...rest] = wrap(text, columns, '  ');
  const [word = ''] = first.split(':', 1);
  const name = harmlessLine(`${scenario} on ${build}`);
  const start = `${word}: ${name}`;
  const painted = first.startsWith(start)
    ? `${brush(word)}: ${paint.strong(name)}${first.slice(start.length)}`
    : brush(word) + first.slice(word.length);
  return [painted, ...rest];
}

/** A block per regression; where the scenario comes from is told once. */
function regressionBlocks(
  result: ScenarioResult,
  style: StackStyle,
  origin: 'told' | 'untold' = 'untold',
): string[] {
  const all = regressions(result);
  const shown = all.slice(0, MAX_CHANGES);
  const blocks = shown.flatMap((change, index) => [
    ...headlineLines(headline(result, change), result, style.paint.bad, style),
    ...(index === 0 && origin === 'untold' ? originLines(result, style) : []),
    ...changeBlock(result, change, style),
    NEXT + reproCommand(result, change),
    '',
  ]);
  if (shown.length === all.length) return blocks;
  const place = harmlessLine(`${result.scenario} on ${result.build}`);
  return [
    ...blocks,
    ...wrap(
      `… and ${formatNumber(all.length - shown.length)} more in ${place}`,
      style.columns ?? Number.POSITIVE_INFINITY,
    ),
    `${NEXT}leakline report --reporter json=leakline.json`,
    '',
  ];
}

/** The scenario's file, and why it was measured as it was. */
function originLines({file, description, notes}: ScenarioResult, style: StackStyle): string[] {
  const {paint, columns = Number.POSITIVE_INFINITY} = style;
  const scenario = harmlessLine(description === undefined ? file : `${file}: ${description.trim()}`);
  const fields = [
    textField('scenario', scenario, columns),
    ...notes.map((note) => textField('remark', note, columns)),
  ];
  return fieldLines(fields, paint);
}

function improvementLines(result: ScenarioResult, style: StackStyle): string[] {
  const all = improvements(result);
  const shown = all.slice(0, MAX_NAMED);
  const lines = shown.flatMap((change) =>
    headlineLines(headline(result, change), result, style.paint.good, style),
  );
  return all.length === 0 ? [] : [...lines, ...moreLines(all.length - shown.length), ''];
}

const moreLines = (count: number) => (count === 0 ? [] : [`  … and ${formatNumber(count)} more`]);

function unbaselinedBlock(result: ScenarioResult, style: StackStyle): string[] {
  const all = regressions(result);
  const shown = all.slice(0, MAX_NAMED);
  const columns = (style.columns ?? Number.POSITIVE_INFINITY) - 2;
  return [
    ...headlineLines(headline(result), result, brushOf(result.status, style.paint), style),
    ...shown.flatMap((change) => wrap(changeText(result, change), columns, '  ').map((line) => `  ${line}`)),
    ...moreLines(all.length - shown.length),
    NEXT + baselineCommand(result),
    '',
  ];
}

function failureBlock(result: ScenarioResult, style: StackStyle): string[] {
  const {paint, columns = Number.POSITIVE_INFINITY} = style;
  const output = harmless(result.failure?.output ?? '').trimEnd();
  const lines = output === '' ? [] : output.split('\n');
  const last = lines.slice(-OUTPUT_LINES);
  const before = lines.length - last.length;
  const shown = last.flatMap((line) => chop(line.replaceAll('\t', '    '), columns - 4));
  return [
    ...headlineLines(headline(result), result, brushOf(result.status, paint), style),
    ...originLines(result, style),
    ...(before === 0 ? [] : [paint.dim(`  │ … ${formatNumber(before)} lines before`)]),
    ...shown.map((line) => `  ${paint.dim('│')} ${line}`),
    NEXT + reproCommand(result),
    '',
  ];
}
