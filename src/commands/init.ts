import {appendFileSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {CONFIG_NAME} from '../config/find.js';
import {loadConfig} from '../config/load.js';
import {type ProjectName, projectName} from '../config/project.js';
import {configTemplate} from '../config/template.js';
import type {Config} from '../config/types.js';
import {SCHEMA_NAME, scenarioJsonSchema} from '../scenario/json-schema.js';
import {loadScenarios} from '../scenario/load.js';
import {firstScenario} from '../scenario/template.js';
import {makeFolder} from '../util/make-folder.js';
import {formatProblem} from '../util/problem.js';
import {shownPath} from '../util/shown-path.js';

type Print = (line: string) => void;

/**
 * `leakline init`: the first files of a project in `cwd`, named after its pyproject.toml. What
 * exists is kept, and each line says which.
 *
 * @returns 0, or 2 when a file that exists is wrong or one cannot be written
 */
export function init({cwd}: {readonly cwd: string}, print: Print): 0 | 2 {
  const project = projectName(cwd);
  if (project.problem !== undefined) print(formatProblem(project.problem));
  try {
    writeNew(path.join(cwd, CONFIG_NAME), configTemplate(), cwd, print);
    const config = loadConfig(cwd, {config: CONFIG_NAME});
    if (!config.ok) {
      for (const problem of config.error) print(formatProblem(problem));
      return 2;
    }
    writeNew(path.join(config.value.scenarios, SCHEMA_NAME), scenarioJsonSchema(), cwd, print);
    writeFirstScenario(config.value, project, print);
    ignoreState(cwd, print);
  } catch (error) {
    print((error as Error).message);
    return 2;
  }
  print('Next: leakline doctor, then leakline run');
  return 0;
}

/** @throws NodeJS.ErrnoException when the file can neither be written nor exists */
function writeNew(file: string, text: string, cwd: string, print: Print): void {
  makeFolder(path.dirname(file));
  try {
    writeFileSync(file, text, {flag: 'wx'});
    print(`wrote ${shownPath(cwd, file)}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    print(`kept ${shownPath(cwd, file)}`);
  }
}

/** A project that has scenarios needs no first one. */
function writeFirstScenario(config: Config, {name, module}: ProjectName, print: Print): void {
  const {scenarios, broken} = loadScenarios(config);
  if (scenarios.length + broken.length > 0) {
    print(`kept the scenarios in ${shownPath(config.cwd, config.scenarios)}`);
    return;
  }
  const file = path.join(config.scenarios, name, 'import-and-call.yaml');
  writeNew(file, firstScenario(module, `../${SCHEMA_NAME}`), config.cwd, print);
}

/** Adds the state folder to .gitignore, whatever way of writing it is there already. */
function ignoreState(cwd: string, print: Print): void {
  const file = path.join(cwd, '.gitignore');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (/^\/?\.leakline\/?\s*$/m.test(text)) {
    print('kept .gitignore');
    return;
  }
  appendFileSync(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}.leakline/\n`);
  print(text === '' ? 'wrote .gitignore' : 'added .leakline/ to .gitignore');
}
