import path from 'node:path';
import type {Problem} from '../util/problem.js';
import type {Result} from '../util/result.js';
import type {YamlDocument} from '../util/yaml-document.js';
import {resolveInside} from './inside.js';
import type {ScenarioFile} from './schema.js';
import type {Requirement} from './types.js';

/** The files that a scenario names, as absolute paths. */
export interface NamedFiles {
  readonly requires: readonly Requirement[];
  readonly suppressions: readonly string[];
  readonly script?: string;
}

/**
 * @param file the scenario's own file: what it names is relative to its folder
 * @param root the scenario folder, which no named file may leave
 */
export function readNamedFiles(
  document: YamlDocument<ScenarioFile>,
  file: string,
  root: string,
): {readonly files: NamedFiles; readonly problems: readonly Problem[]} {
  const problems: Problem[] = [];
  const resolve = (written: string, keys: readonly PropertyKey[]): readonly string[] => {
    const found: Result<string, string> = resolveInside(written, path.dirname(file), root);
    if (found.ok) return [found.value];
    problems.push(document.problemAt(keys, `${String(keys[0])}: ${found.error}`));
    return [];
  };

  const {value} = document;
  const requires = value.requires.flatMap(({extension, program}, index): readonly Requirement[] => {
    const type = extension === undefined ? 'program' : 'extension';
    const keys = ['requires', index, type];
    return resolve(extension ?? program ?? '', keys).map((found) => ({type, path: found}));
  });
  problems.push(...namesakes(requires, document));
  const suppressions = value.suppressions.flatMap((written, index) =>
    resolve(written, ['suppressions', index]),
  );
  const [script] = value.script === undefined ? [] : resolve(value.script, ['script']);
  return {files: {requires, suppressions, ...(script === undefined ? {} : {script})}, problems};
}

/** Two modules of one name would hide each other. */
function namesakes(
  requires: readonly Requirement[],
  {problemAt}: YamlDocument<ScenarioFile>,
): readonly Problem[] {
  const names = requires.map(({type, path: file}) => `${type} ${path.parse(file).name}`);
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [problemAt(['requires', index], `requires: two files make the ${name}`)],
  );
}
