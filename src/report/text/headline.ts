import type {BaselineEntry, Change, Finding, NamedFrame, ScenarioResult} from '../../judge/types.js';
import {unreachable} from '../../util/unreachable.js';
import {amountOf, bareAmount} from './amounts.js';
import {frameText} from './frames.js';
import {harmlessLine} from './harmless.js';
import {quantity} from './numbers.js';
import {changeCounts, statusWord} from './status.js';

/** Frames that a headline names at most; the whole stack follows in the report. */
const HEADLINE_FRAMES = 4;

/**
 * One line that says what happened to one signature of a scenario, or, without `change`, to the
 * scenario as a whole:
 * `regressed: parse/error-path on cpython-3.13: +1 block (56 bytes) per iteration, list,
 * PyList_New ← parse_row (parser.c:211) ← load (table.py)`. Without control characters.
 */
export function headline(result: ScenarioResult, change?: Change): string {
  const word = change === undefined ? statusWord(result.status) : changeWord(result, change);
  const what = change === undefined ? resultText(result) : changeText(result, change);
  return harmlessLine([word, `${result.scenario} on ${result.build}`, what].filter(Boolean).join(': '));
}

/** What a change means for its scenario: `regressed`, `unbaselined`, `improved`, `known`. */
function changeWord({status}: ScenarioResult, {verdict}: Change): string {
  switch (verdict) {
    case 'new':
    case 'grown':
      return status === 'unbaselined' ? 'unbaselined' : 'regressed';
    case 'shrunk':
    case 'fixed':
      return 'improved';
    case 'known':
      return 'known';
    default:
      return unreachable(verdict);
  }
}

function resultText({status, changes, failure, file, notes}: ScenarioResult): string {
  switch (status) {
    case 'failed':
    case 'timed-out':
      if (failure === undefined) return '';
      return failure.line === undefined ? failure.message : `${failure.message} (${file}:${failure.line})`;
    case 'unbaselined':
      return `no baseline, and ${changeCounts(changes) || 'nothing is left behind'}`;
    case 'skipped':
      return notes[0] ?? '';
    case 'passed':
    case 'regressed':
    case 'improved':
      return changeCounts(changes);
    default:
      return unreachable(status);
  }
}

/** The part of a headline after the scenario's name. */
export function changeText({mode}: Pick<ScenarioResult, 'mode'>, change: Change): string {
  if (change.verdict === 'fixed') {
    const parts = [`no longer ${amountOf(change.before, mode)}`, storedStack(change.before)];
    return harmlessLine(parts.filter(Boolean).join(', '));
  }
  const {now} = change;
  const isChanged = change.verdict === 'grown' || change.verdict === 'shrunk';
  const parts = [
    amountOf(now, mode),
    isChanged ? `was ${bareAmount(change.before, mode)}` : '',
    objectText(now),
    whereText(now),
  ];
  return harmlessLine(parts.filter(Boolean).join(', '));
}

function objectText(finding: Finding): string {
  if (finding.type !== 'leak' || finding.objects === undefined) return '';
  const [first, ...others] = finding.objects.flatMap(({type}) => type ?? []);
  if (first === undefined) return '';
  return others.length === 0 ? first : `${first} and ${quantity(others.length, 'other type')}`;
}

function whereText(finding: Finding): string {
  switch (finding.type) {
    case 'leak':
    case 'error':
      return headlineFrames(finding.frames).map(shortFrame).join(' ← ');
    case 'resource':
      return finding.details[0] ?? '';
    case 'interpreter':
      return '';
    default:
      return unreachable(finding);
  }
}

/** Only an extension's or a script's line helps the reader of one line. */
function shortFrame(frame: NamedFrame): string {
  return frame.origin === 'extension' || frame.origin === 'python' ? frameText(frame) : frame.name;
}

/**
 * The innermost frame, the two innermost of the extension, and the innermost Python function;
 * as many others as there is room for.
 */
function headlineFrames(frames: readonly NamedFrame[]): readonly NamedFrame[] {
  // By index: a recursive function has the same frame more than once.
  const indexesOf = (origin: NamedFrame['origin']) =>
    frames.flatMap((frame, index) => (frame.origin === origin ? [index] : []));
  const chosen = new Set([0, ...indexesOf('extension').slice(0, 2), ...indexesOf('python').slice(0, 1)]);
  for (const index of frames.keys()) {
    if (chosen.size >= HEADLINE_FRAMES - 1) break;
    chosen.add(index);
  }
  return frames.filter((_, index) => chosen.has(index));
}

function storedStack({stack = ''}: BaselineEntry): string {
  const frames = stack.split(' ← ');
  return frames.length <= HEADLINE_FRAMES ? stack : [...frames.slice(0, HEADLINE_FRAMES), '…'].join(' ← ');
}
