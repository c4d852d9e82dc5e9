import type {Change, ScenarioResult} from '../../judge/types.js';
import {shellWord} from '../../util/shell-word.js';
import {harmlessLine} from './harmless.js';

type Place = Pick<ScenarioResult, 'scenario' | 'build' | 'imported'>;

const command = (...words: readonly string[]) => words.map((word) => shellWord(harmlessLine(word))).join(' ');

/**
 * The command that shows one leak with all that valgrind can say; the whole scenario without a
 * leak. What ran on another machine has to be taken there once more.
 */
export function reproCommand({scenario, build, imported = false}: Place, change?: Change): string {
  if (imported) return command('leakline', 'python', 'export', build, scenario);
  const leak = change !== undefined && change.verdict !== 'fixed' && change.now.type === 'leak';
  return command('leakline', 'repro', scenario, '--build', build, ...(leak ? ['--leak', change.now.id] : []));
}

/** The command that writes the baseline a scenario does not have yet. */
export function baselineCommand({scenario, build, imported = false}: Place): string {
  if (imported) return command('leakline', 'baseline', 'update', scenario);
  return command('leakline', 'run', scenario, '--build', build, '--update', 'missing');
}

/** The command that accepts what the last run found. */
export const UPDATE_COMMAND = 'leakline baseline update';
