import {readFileSync} from 'node:fs';
import type {Problem} from '../../util/problem.js';
import {shownPath} from '../../util/shown-path.js';
import {parseSuppressions} from '../../valgrind/suppression/parse.js';

/** What is wrong with a suppression file: valgrind would refuse to start. */
export function suppressionProblems(file: string, cwd: string): readonly Problem[] {
  const shownAs = shownPath(cwd, file);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return [{file: shownAs, message: `cannot be read: ${(error as Error).message}`}];
  }
  const parsed = parseSuppressions(text, shownAs);
  return parsed.ok ? [] : parsed.error;
}
