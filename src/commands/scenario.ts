import {existsSync, realpathSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {loadConfig} from '../config/load.js';
import {NAME_PATTERN, NAME_RULE} from '../config/schema.js';
import type {Config, ConfigFlags} from '../config/types.js';
import {isInside} from '../scenario/inside.js';
import {SCHEMA_NAME, scenarioJsonSchema} from '../scenario/json-schema.js';
import {loadScenarios} from '../scenario/load.js';
import {problemsUnder, type Selection, selectScenarios} from '../scenario/select.js';
import {scenarioTemplate, type TemplateMode} from '../scenario/template.js';
import type {Scenario} from '../scenario/types.js';
import {makeFolder} from '../util/make-folder.js';
import {formatProblem, type Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {shownPath} from '../util/shown-path.js';

type Print = (line: string) => void;

/** 0: done; 2: the command line, the configuration or a scenario file is wrong. */
type ExitCode = 0 | 2;

export interface ProjectOptions {
  /** Absolute path of the folder where leakline was started. */
  readonly cwd: string;
  readonly flags?: ConfigFlags;
}

/** `leakline scenario list`: the chosen scenarios, one a line, then the files that cannot be read. */
export function scenarioList(options: ProjectOptions & Selection, print: Print): ExitCode {
  const config = loadConfig(options.cwd, options.flags);
  if (!config.ok) return printProblems(config.error, print);
  const loaded = loadScenarios(config.value);
  const selected = selectScenarios({cwd: options.cwd, ...loaded}, options);
  const problems = problemsUnder(loaded, options.paths ?? [], options.cwd);
  if (!selected.ok) return printProblems([...problems, ...selected.error], print);
  for (const line of table(selected.value)) print(line);
  return printProblems(problems, print);
}

function table(scenarios: readonly Scenario[]): readonly string[] {
  const width = Math.max(0, ...scenarios.map(({id}) => id.length));
  return scenarios.map(({id, work, tags, description}) => {
    const marks = tags.map((tag) => `[${tag}]`).join(' ');
    return [id.padEnd(width), work.mode.padEnd('growth'.length), marks, description?.split('\n')[0]]
      .filter((cell) => cell !== undefined && cell !== '')
      .join('  ')
      .trimEnd();
  });
}

/** `leakline scenario validate`: every problem of the files under `paths`, of all by default. */
export function scenarioValidate(options: ProjectOptions & Pick<Selection, 'paths'>, print: Print): ExitCode {
  const config = loadConfig(options.cwd, options.flags);
  if (!config.ok) return printProblems(config.error, print);
  const loaded = loadScenarios(config.value);
  const selected = selectScenarios({cwd: options.cwd, ...loaded}, {paths: options.paths ?? []});
  if (!selected.ok) return printProblems(selected.error, print);
  const problems = problemsUnder(loaded, options.paths ?? [], options.cwd);
  if (problems.length > 0) return printProblems(problems, print);
  const count = selected.value.length;
  print(`${count} ${count === 1 ? 'scenario is' : 'scenarios are'} valid`);
  return 0;
}

/** `leakline scenario schema`: the JSON Schema of scenario files. */
export function scenarioSchemaText(print: Print): ExitCode {
  print(scenarioJsonSchema().trimEnd());
  return 0;
}

/** `leakline scenario new NAME`: a commented file that runs as it stands. Never overwrites one. */
export function scenarioNew(
  options: ProjectOptions & {readonly name: string; readonly mode?: TemplateMode},
  print: Print,
): ExitCode {
  const config = loadConfig(options.cwd, options.flags);
  if (!config.ok) return printProblems(config.error, print);
  const file = newFile(options.name, config.value);
  if (!file.ok) return printProblems([file.error], print);
  const schema = path.join(config.value.scenarios, SCHEMA_NAME);
  const schemaPath = existsSync(schema) ? path.relative(path.dirname(file.value), schema) : undefined;
  const project = path.relative(path.dirname(file.value), config.value.root) || '.';
  const text = scenarioTemplate(options.mode ?? 'growth', project, schemaPath);
  const shown = shownPath(options.cwd, file.value);
  try {
    makeFolder(path.dirname(file.value));
    writeFileSync(file.value, text, {flag: 'wx'});
  } catch (error) {
    return printProblems([{file: shown, message: `cannot be written: ${(error as Error).message}`}], print);
  }
  print(`${shown} is written. Edit its body, then run it: leakline run ${scenarioId(options.name)}`);
  return 0;
}

const scenarioId = (name: string) => name.replace(/\.ya?ml$/, '');

/** Where the scenario `name` belongs, when that is a good name and nothing is there yet. */
function newFile(name: string, config: Config): Result<string, Problem> {
  const id = scenarioId(name);
  const wrong = id.split('/').find((segment) => !NAME_PATTERN.test(segment));
  if (wrong !== undefined) return fail({message: `${JSON.stringify(wrong)} ${NAME_RULE}`});
  const file = path.join(config.scenarios, `${id}.yaml`);
  const taken = [file, path.join(config.scenarios, `${id}.yml`)].find((candidate) => existsSync(candidate));
  if (taken !== undefined) return fail({file: shownPath(config.cwd, taken), message: 'exists already'});
  if (!isInside(realFolder(path.dirname(file)), realFolder(config.scenarios))) {
    return fail({file: shownPath(config.cwd, file), message: 'leaves the scenario folder by a link'});
  }
  return ok(file);
}

/** `folder` with the links in the part of it that exists already resolved. */
function realFolder(folder: string): string {
  if (existsSync(folder)) return realpathSync(folder);
  return path.join(realFolder(path.dirname(folder)), path.basename(folder));
}

/** Prints `problems` and gives the exit code that they mean. */
function printProblems(problems: readonly Problem[], print: Print): ExitCode {
  for (const problem of problems) print(formatProblem(problem));
  return problems.length > 0 ? 2 : 0;
}
