import path from 'node:path';
import {present} from '../util/present.js';
import type {Problem} from '../util/problem.js';
import type {Result} from '../util/result.js';
import {unreachable} from '../util/unreachable.js';
import type {YamlDocument} from '../util/yaml-document.js';
import {resolveInside, resolveProject, resolveWheel} from './inside.js';
import {isWheelFile, requirementName, wheelName} from './requirement-text.js';
import type {ScenarioFile} from './schema.js';
import type {Requirement} from './types.js';

/** The files that a scenario names, as absolute paths. */
export interface NamedFiles {
  readonly requires: readonly Requirement[];
  readonly suppressions: readonly string[];
  readonly script?: string;
}

/** The folders that bound what a scenario may name. */
export interface Bounds {
  /** The scenario folder. */
  readonly scenarios: string;
  /** The folder of leakline.yaml. */
  readonly root: string;
}

/** @param file the scenario's own file: what it names is relative to its folder */
export function readNamedFiles(
  document: YamlDocument<ScenarioFile>,
  file: string,
  {scenarios, root}: Bounds,
): {readonly files: NamedFiles; readonly problems: readonly Problem[]} {
  const problems: Problem[] = [];
  const folder = path.dirname(file);
  const found = (result: Result<string, string>, keys: readonly PropertyKey[]): readonly string[] => {
    if (result.ok) return [result.value];
    problems.push(document.problemAt(keys, `${String(keys[0])}: ${result.error}`));
    return [];
  };
  const resolve = (written: string, keys: readonly PropertyKey[]): readonly string[] =>
    found(resolveInside(written, folder, scenarios), keys);

  const {value} = document;
  const requires = value.requires.flatMap((entry, index): readonly Requirement[] => {
    if (typeof entry === 'string') return [packageOf('package', entry)];
    const keys = (key: keyof typeof entry) => ['requires', index, key];
    if (entry.project !== undefined) {
      const project = found(resolveProject(entry.project, folder, root), keys('project'));
      return project.map((each) => ({type: 'project', path: each}));
    }
    if (entry.wheel !== undefined) {
      if (!isWheelFile(entry.wheel)) return [packageOf('wheel', entry.wheel)];
      const wheel = found(resolveWheel(entry.wheel, folder, root), keys('wheel'));
      return wheel.map((each) => ({type: 'wheel-file', name: wheelName(path.basename(each)), path: each}));
    }
    const type = entry.extension === undefined ? 'program' : 'extension';
    const source = resolve(entry[type] ?? '', keys(type));
    return source.map((each) => ({type, path: each}));
  });
  problems.push(...namesakes(requires, document));
  const suppressions = value.suppressions.flatMap((written, index) =>
    resolve(written, ['suppressions', index]),
  );
  const [script] = value.script === undefined ? [] : resolve(value.script, ['script']);
  return {files: {requires, suppressions, ...(script === undefined ? {} : {script})}, problems};
}

const packageOf = (type: 'package' | 'wheel', written: string): Requirement => ({
  type,
  name: present(requirementName(written), 'name of a package'),
  requirement: written.trim(),
});

/** Two modules of one name would hide each other. */
function namesakes(
  requires: readonly Requirement[],
  {problemAt}: YamlDocument<ScenarioFile>,
): readonly Problem[] {
  const names = requires.map(nameOf);
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [problemAt(['requires', index], `requires: two ${kindOf(requires[index])} make the ${name}`)],
  );
}

const kindOf = (requirement: Requirement | undefined) =>
  requirement?.type === 'extension' || requirement?.type === 'program' ? 'files' : 'entries';

function nameOf(requirement: Requirement): string {
  switch (requirement.type) {
    case 'extension':
    case 'program':
      return `${requirement.type} ${path.parse(requirement.path).name}`;
    case 'package':
    case 'wheel':
    case 'wheel-file':
      return `package ${requirement.name}`;
    case 'project':
      return `project ${requirement.path}`;
    default:
      return unreachable(requirement);
  }
}
