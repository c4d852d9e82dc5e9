import type {ReportIo} from '../report/io.js';
import {formatProblem, type Problem} from '../util/problem.js';
import {EXIT} from './exit-code.js';

/** Writes what is wrong with what was asked for to standard error, and gives the exit code. */
export const refusing =
  ({stderr}: Pick<ReportIo, 'stderr'>) =>
  (problems: readonly Problem[]) => {
    for (const problem of problems) stderr.write(`${formatProblem(problem)}\n`);
    return EXIT.usage;
  };
