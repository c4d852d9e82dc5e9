import type {BaselineEntry, Change, Finding, LeakedObjects, ScenarioResult} from '../../judge/types.js';
import {unreachable} from '../../util/unreachable.js';
import {bareAmount, kindWords} from './amounts.js';
import {type Field, fieldLines, LABEL_COLUMNS, textField} from './fields.js';
import {type StackStyle, stackLines} from './frames.js';
import {harmlessLine} from './harmless.js';
import {formatNumber, quantity} from './numbers.js';
import {wrap} from './width.js';

/** Left-open files and values of objects that are named at most. */
const MAX_DETAILS = 5;

type Text = (label: string, text: string) => Field;

/**
 * Everything that is known of one change, as indented lines under its headline: kind, amounts now
 * and before, objects, stacks, and what the baseline's reader noted.
 */
export function changeBlock(result: ScenarioResult, change: Change, style: StackStyle): string[] {
  const {paint, columns = Number.POSITIVE_INFINITY} = style;
  const text: Text = (label, words) => textField(label, words, columns);
  if (change.verdict === 'fixed') {
    const before = text('before', bareAmount(change.before, result.mode));
    return fieldLines([before, ...wordsOf(change.before, text)], paint);
  }
  const fields = [
    ...amountFields(result, change, text),
    ...findingFields(change.now, text, {paint, columns: columns - LABEL_COLUMNS}),
    ...(change.verdict === 'new' ? [] : wordsOf(change.before, text)),
  ];
  return fieldLines(fields, paint);
}

function amountFields(
  result: ScenarioResult,
  change: Exclude<Change, {verdict: 'fixed'}>,
  text: Text,
): Field[] {
  const {now} = change;
  const before = change.verdict === 'new' ? undefined : change.before;
  const fields: Field[] = [];
  if ('kind' in now) {
    const isOther = before?.kind !== undefined && before.kind !== now.kind;
    fields.push(text('kind', kindWords(now.kind) + (isOther ? `, was ${kindWords(before.kind)}` : '')));
  }
  if (now.type === 'leak' && now.attribution === 'interpreter') {
    fields.push(text('source', 'the interpreter: no frame of an extension is in the stack'));
  }
  fields.push(text('now', bareAmount(now, result.mode) + intervalsText(result, now)));
  fields.push(text('before', before === undefined ? 'nothing' : bareAmount(before, result.mode)));
  return fields;
}

/** `; +100, +100, +100 in intervals of 100 iterations`. */
function intervalsText({iterations}: ScenarioResult, finding: Finding): string {
  const intervals = 'intervals' in finding ? (finding.intervals ?? []) : [];
  if (intervals.length === 0 || iterations === undefined) return '';
  const gains = intervals.map((gain) => (gain < 0 ? '' : '+') + formatNumber(gain)).join(', ');
  return `; ${gains} in intervals of ${quantity(iterations, 'iteration')}`;
}

function findingFields(finding: Finding, text: Text, style: Required<StackStyle>): Field[] {
  switch (finding.type) {
    case 'leak': {
      const objects = (finding.objects ?? []).map(objectsText);
      return [
        ...(objects.length === 0 ? [] : [text('objects', objects.join('\n'))]),
        ...childField(finding, text),
        {label: 'stack', lines: stackLines(finding.stack, style)},
      ];
    }
    case 'error':
      return [
        ...childField(finding, text),
        {label: 'stack', lines: stackLines(finding.stack, style)},
        ...finding.related.map(({what, stack}) => ({
          label: '',
          lines: [...wrap(harmlessLine(what), style.columns), ...stackLines(stack, style)],
        })),
      ];
    case 'resource': {
      const shown = finding.details.slice(0, MAX_DETAILS);
      const more = finding.details.length - shown.length;
      if (shown.length === 0) return [];
      return [text('left', [...shown, ...(more === 0 ? [] : [`… ${more} more`])].join('\n'))];
    }
    case 'interpreter':
      return [];
    default:
      return unreachable(finding);
  }
}

const childField = ({child}: {readonly child?: string}, text: Text): Field[] =>
  child === undefined ? [] : [text('child', harmlessLine(child))];

/** `10 × list, refcount 1`, `3 × str, refcount 1: 'abc', 'abd'`. */
function objectsText({type = 'raw memory', count, refcount, values}: LeakedObjects): string {
  const counted = `${formatNumber(count)} × ${type}${refcount === undefined ? '' : `, refcount ${refcount}`}`;
  const shown = values.slice(0, MAX_DETAILS);
  return harmlessLine(shown.length === 0 ? counted : `${counted}: ${shown.join(', ')}`);
}

function wordsOf({note, issue}: BaselineEntry, text: Text): Field[] {
  return [
    ...(note === undefined ? [] : [text('note', note.trim())]),
    ...(issue === undefined ? [] : [text('issue', issue)]),
  ];
}
