/** Something the user has to know and can mend: a wrong file, a missing tool, a failed build. */
export interface Problem {
  /** What is wrong, in one sentence without a full stop. */
  readonly message: string;
  /** The file the message is about, as the user would type it. */
  readonly file?: string;
  /** Place in `file`, both counted from 1. */
  readonly line?: number;
  readonly column?: number;
  /** The text of that line, for a squiggle under `column`. */
  readonly source?: string;
  /** Further lines that show the cause: the end of a log, both checksums. */
  readonly detail?: string;
  /** What to do next, often a command to type. */
  readonly next?: string;
}

/** `file:line:column` as far as it is known, '' when the problem is about no file. */
function place({file, line, column}: Problem): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

/** The problem as text of one or more lines, without colour and without a newline at its end. */
export function formatProblem(problem: Problem): string {
  const at = place(problem);
  const lines = [at === '' ? problem.message : `${at} ${problem.message}`];
  if (problem.source !== undefined && problem.column !== undefined) {
    lines.push(`  ${problem.source}`, `  ${' '.repeat(problem.column - 1)}^`);
  }
  if (problem.detail !== undefined) {
    lines.push(...problem.detail.split('\n').map((line) => `  ${line}`));
  }
  if (problem.next !== undefined) {
    lines.push(`  Next: ${problem.next}`);
  }
  return lines.join('\n');
}
