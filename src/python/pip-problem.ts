import type {Problem} from '../util/problem.js';

/** How many lines at the end of pip's output are shown. */
const LINES = 30;
const LINE_LENGTH = 160;

const cut = (line: string) => (line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)}…` : line);

/** What pip says at its end whatever went wrong. */
const EMPTY_WORDS = /^(note: This (error originates|is an issue)|hint: See above|.*See above for output)/;

/**
 * The output of a pip that failed as a problem: its end, the compiler's first error where there is
 * one, and what to do about errors that requirements often have.
 *
 * @param title as it reads after "The …"
 * @param log where the whole output is
 */
export function pipProblem(title: string, log: string): (output: string) => Problem {
  return (output) => {
    const cause = causeIn(output);
    const lines = output.trimEnd().split('\n');
    const told = lines.filter((line) => !EMPTY_WORDS.test(line.trim()) && !/^\s*╰─>/.test(line));
    return {
      message: `The ${title} failed${cause === undefined ? '' : `: ${cut(cause)}`}`,
      detail: told.slice(-LINES).map(cut).join('\n').trim(),
      next: `${adviceFor(output)}the whole output is in ${log}`,
    };
  };
}

const NO_INDEX = 'no package index answered';

/** What pip says of an index that cannot be reached; of one that it does not trust it says nothing more. */
const UNREACHED = /after connection broken by|Could not fetch URL|is not a trusted or secure host/;

/** What went wrong, in few words; undefined where only the output can tell. */
function causeIn(output: string): string | undefined {
  const compiler = /^\s*(\S+:\d+(?::\d+)?: (?:fatal )?error: .*)$/m.exec(output)?.[1];
  return compiler ?? (isWithoutIndex(output) ? NO_INDEX : undefined);
}

/** pip goes on without an index, with what it has; then nothing fits, whatever is published. */
const isWithoutIndex = (output: string) => UNREACHED.test(output) && /\(from versions: none\)/.test(output);

/** A half sentence that goes before the log's place, '' when there is nothing to say. */
function adviceFor(output: string): string {
  if (isWithoutIndex(output)) return "look at the network and at pip's settings (pip config list); ";
  const missing = /No matching distribution found for (\S+)/.exec(output)?.[1];
  if (missing !== undefined) {
    return `if ${missing} is published as wheels alone, write {wheel: ${missing}}; `;
  }
  if (
    /error: can't find Rust compiler|cargo.*(not found|not installed)|Cargo, the Rust package manager, is not/i.test(
      output,
    )
  ) {
    return 'a Rust compiler is missing: apt-get install cargo, or take one from rustup; ';
  }
  const header = /fatal error: (\S+\.h\S*): No such file/.exec(output)?.[1];
  if (header !== undefined) return `install the -dev package that holds ${header}; `;
  return '';
}
