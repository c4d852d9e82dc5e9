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

/** A rule whose number of lines was changed no longer fits the layout it came with. */
function layoutOf(entry: SuppressionEntry): readonly LayoutPart[] {
  const {layout} = entry;
  const slots = (name: string) =>
    layout?.filter((part) => typeof part !== 'string' && part.slot === name).length;
  if (
    layout !== undefined &&
    slots('frame') === entry.frames.length &&
    slots('extra') === entry.extra.length
  ) {
    return layout;
  }
  const line = (slot: 'name' | 'kind' | 'extra' | 'frame'): readonly LayoutPart[] => ['   ', {slot}, '\n'];
  return [
    ...entry.comments.map((comment) => (comment === '' ? '#\n' : `# ${comment}\n`)),
    '{\n',
    ...line('name'),
    ...line('kind'),
    ...entry.extra.flatMap(() => line('extra')),
    ...entry.frames.flatMap(() => line('frame')),
    '}\n',
  ];
}
