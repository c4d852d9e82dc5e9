import type {Change, ScenarioResult} from '../../judge/types.js';
import {unreachable} from '../../util/unreachable.js';

/**
 * The changes that make a scenario regress, or that may explain why it failed: memory errors
 * first, then the extension's leaks, then the rest, the largest first.
 */
export const regressions = ({changes}: ScenarioResult): readonly Change[] =>
  changes
    .filter(({verdict}) => verdict === 'new' || verdict === 'grown')
    .toSorted((a, b) => rank(a) - rank(b) || size(b) - size(a));

/** The changes that a new baseline would no longer expect. */
export const improvements = ({changes}: ScenarioResult): readonly Change[] =>
  changes.filter(({verdict}) => verdict === 'shrunk' || verdict === 'fixed');

function rank(change: Change): number {
  const finding = change.verdict === 'fixed' ? change.before : change.now;
  const {type} = finding;
  switch (type) {
    case 'error':
      return 0;
    case 'leak':
      return 'attribution' in finding && finding.attribution === 'interpreter' ? 3 : 1;
    case 'resource':
      return 2;
    case 'interpreter':
      return 4;
    default:
      return unreachable(type);
  }
}

function size(change: Change): number {
  if (change.verdict === 'fixed') return 0;
  return 'blocks' in change.now ? change.now.blocks : change.now.count;
}
