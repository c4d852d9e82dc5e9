import {existsSync, readFileSync, realpathSync} from 'node:fs';
import path from 'node:path';
import {parseSuppressions} from './suppression/parse.js';
import {printSuppressions} from './suppression/print.js';

/** Where valgrind's own files may be below the prefix it was installed to; libexec since 3.19. */
const LIBRARY_FOLDERS = ['libexec/valgrind', 'lib/valgrind', 'lib64/valgrind'];

/**
 * The file of suppressions that valgrind uses without being asked to.
 *
 * @param valgrind path of the program
 * @returns undefined when it is not where an installation has it, or in more than one such place
 */
export function findDefaultSuppressions(valgrind: string): string | undefined {
  const prefix = path.dirname(path.dirname(realpathSync(valgrind)));
  const found = LIBRARY_FOLDERS.map((folder) => path.join(prefix, folder, 'default.supp')).filter((file) =>
    existsSync(file),
  );
  return found.length === 1 ? found[0] : undefined;
}

/**
 * The text of a suppression file without its rules for leaks. Each of these costs a leak check the
 * names of the inner frames of every loss record, also of those that did not change: valgrind's own
 * three rules are a quarter of the time of a check.
 *
 * @returns undefined when the file cannot be read or is not understood
 */
export function withoutLeakRules(file: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const parsed = parseSuppressions(text, file);
  if (!parsed.ok) return undefined;
  return printSuppressions({entries: parsed.value.entries.filter(({kind}) => kind !== 'Leak'), end: ''});
}
