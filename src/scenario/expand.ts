import type {Config} from '../config/types.js';
import {defined} from '../util/defined.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import type {YamlDocument} from '../util/yaml-document.js';
import {type Case, substituteAt} from './cases.js';
import type {ScenarioFile} from './schema.js';
import type {Scenario} from './types.js';
import type {ScenarioPlace} from './walk.js';
import {makeWork, type WorkParts} from './work.js';

/** The scenario of one case of a checked file. Variables that the case lacks are problems. */
export function expandCase(
  document: YamlDocument<ScenarioFile>,
  parts: WorkParts,
  scenarioCase: Case,
  place: ScenarioPlace,
  config: Config,
): Result<Scenario, readonly Problem[]> {
  const {value} = document;
  const problems: Problem[] = [];
  const textAt = (keys: readonly PropertyKey[]): string => {
    const {text, problems: found} = substituteAt(document, keys, scenarioCase);
    problems.push(...found);
    return text;
  };
  const words = (key: 'args' | 'command') => (value[key] ?? []).map((_, index) => textAt([key, index]));
  const scenario: Scenario = {
    id: scenarioCase.name === undefined ? place.id : `${place.id}@${scenarioCase.name}`,
    file: place.file,
    shownAs: place.shownAs,
    ...defined({description: value.description, builds: value.builds}),
    tags: value.tags,
    requires: parts.files.requires,
    timeoutMs: value.timeout === undefined ? config.timeoutMs : value.timeout * 1000,
    env: Object.fromEntries(Object.keys(value.env).map((name) => [name, textAt(['env', name])])),
    valgrind: value.valgrind,
    suppressions: parts.files.suppressions,
    ...defined({traceChildren: value['trace-children']}),
    variables: scenarioCase.variables,
    work: makeWork(parts, words, config),
  };
  return problems.length > 0 ? fail(problems) : ok(scenario);
}
