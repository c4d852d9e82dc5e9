import {loadConfig} from '../config/load.js';
import type {ConfigFlags} from '../config/types.js';
import {recipeFolders} from '../python/recipe-file.js';
import {formatProblem, type Problem} from '../util/problem.js';
import {ok, type Result} from '../util/result.js';

export type Print = (line: string) => void;

/** 0: done; 2: a recipe is wrong, or a build could not be made, found or removed. */
export type ExitCode = 0 | 2;

/** What every `leakline python …` is told. */
export interface PythonOptions {
  /** Absolute path of the folder where leakline was started. */
  readonly cwd: string;
  readonly flags?: ConfigFlags;
}

/** The folders that the project takes recipes from. */
export function projectRecipeFolders({
  cwd,
  flags,
}: PythonOptions): Result<readonly string[], readonly Problem[]> {
  const config = loadConfig(cwd, flags);
  return config.ok ? ok(recipeFolders(config.value.pythonBuild)) : config;
}

/** Prints `problems` and gives the exit code that they mean. */
export function printProblems(problems: readonly Problem[], print: Print): ExitCode {
  for (const problem of problems) print(formatProblem(problem));
  return problems.length > 0 ? 2 : 0;
}
