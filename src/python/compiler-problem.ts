import type {Problem} from '../util/problem.js';

/** Lines of the compiler's output that are shown: its first error explains the rest. */
const LINES = 30;

/** A compiler's output as a problem at the place of its first error; undefined when it names none. */
export function compilerProblem(output: string): Problem | undefined {
  const [, file, line, column, message] =
    output.match(/^([^\s:][^:\n]*):(\d+):(?:(\d+):)? (?:fatal )?error: (.*)$/m) ?? [];
  if (file === undefined || message === undefined) return undefined;
  const lines = output.trimEnd().split('\n');
  const more = lines.length > LINES ? [`… ${lines.length - LINES} more lines`] : [];
  return {
    file,
    line: Number(line),
    ...(column === undefined ? {} : {column: Number(column)}),
    message,
    detail: [...lines.slice(0, LINES), ...more].join('\n'),
  };
}
