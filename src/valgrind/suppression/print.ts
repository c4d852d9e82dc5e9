import {formatFrame} from './grammar.js';
import type {LayoutPart, SuppressionEntry, SuppressionFile} from './types.js';

/** The text of a suppression file; of one that was read and not changed, exactly what was read. */
export function printSuppressions({entries, end}: SuppressionFile): string {
  return entries.map(printSuppression).join('') + end;
}

/** The text of one rule with its comments; laid out as in its file, or else as valgrind itself does. */
export function printSuppression(entry: SuppressionEntry): string {
  const lines = {
    name: [entry.name],
    kind: [`${entry.tools.join(',')}:${entry.kind}`],
    extra: [...entry.extra],
    frame: entry.frames.map(formatFrame),
  };
  return layoutOf(entry)
    .map((part) => (typeof part === 'string' ? part : (lines[part.slot].shift() ?? '')))
    .join('');
}

/** A rule whose number of lines was changed keeps only what stands before its first line. */
function layoutOf(entry: SuppressionEntry): readonly LayoutPart[] {
  const {layout} = entry;
  if (layout !== undefined && fits(layout, entry)) return layout;
  const line = (slot: 'name' | 'kind' | 'extra' | 'frame'): readonly LayoutPart[] => ['   ', {slot}, '\n'];
  return [
    layout === undefined ? opening(entry.comments) : textBeforeName(layout),
    ...line('name'),
    ...line('kind'),
    ...entry.extra.flatMap(() => line('extra')),
    ...entry.frames.flatMap(() => line('frame')),
    '}\n',
  ];
}

function fits(layout: readonly LayoutPart[], {extra, frames}: SuppressionEntry): boolean {
  const count = (slot: 'extra' | 'frame') =>
    layout.filter((part) => typeof part !== 'string' && part.slot === slot).length;
  return count('extra') === extra.length && count('frame') === frames.length;
}

const opening = (comments: readonly string[]): string =>
  [...comments.map((comment) => `# ${comment}`.trimEnd()), '{', ''].join('\n');

function textBeforeName(layout: readonly LayoutPart[]): string {
  const first = layout.findIndex((part) => typeof part !== 'string');
  return layout
    .slice(0, first)
    .join('')
    .replace(/[ \t]+$/, '');
}
