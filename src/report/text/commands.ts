import type {Change, ScenarioResult} from '../../judge/types.js';
import {harmlessLine} from './harmless.js';

/** Words that a POSIX shell takes as they are. */
const SAFE_WORD = /^[\w@%+=:,./-]+$/;

const shellWord = (word: string) =>
  SAFE_WORD.test(word) ? word : `'${harmlessLine(word).replaceAll("'", "'\\''")}'`;

type Place = Pick<ScenarioResult, 'scenario' | 'build'>;

/** The command that shows one leak with all that valgrind can say; the whole scenario without a leak. */
export function reproCommand({scenario, build}: Place, change?: Change): string {
  const leak = change !== undefined && change.verdict !== 'fixed' && change.now.type === 'leak';
  const words = ['leakline', 'repro', scenario, '--build', build, ...(leak ? ['--leak', change.now.id] : [])];
  return words.map(shellWord).join(' ');
}

/** The command that writes the baseline a scenario does not have yet. */
export function baselineCommand({scenario, build}: Place): string {
  return ['leakline', 'run', scenario, '--build', build, '--update', 'missing'].map(shellWord).join(' ');
}

/** The command that accepts what the last run found. */
export const UPDATE_COMMAND = 'leakline baseline update';
