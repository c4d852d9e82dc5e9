import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import type {YamlDocument} from '../util/yaml-document.js';
import {RUN_KEYS, type ScenarioFile} from './schema.js';

export type RunKey = (typeof RUN_KEYS)[number];

/** The keys that make sense only beside some of {@link RUN_KEYS}. */
const BESIDE: Readonly<Partial<Record<keyof ScenarioFile, readonly RunKey[]>>> = {
  setup: ['body', 'code', 'script', 'module'],
  teardown: ['body'],
  warmup: ['body'],
  iterations: ['body'],
  checkpoints: ['body'],
  preload: ['body'],
  isolation: ['body'],
  tolerance: ['body'],
  args: ['code', 'script', 'module'],
};

/** The one key that says what the scenario runs; problems when there is none or others contradict it. */
export function runKey(document: YamlDocument<ScenarioFile>): Result<RunKey, readonly Problem[]> {
  const {value, problemAt, problemAtKey} = document;
  const [key, ...others] = RUN_KEYS.filter((candidate) => value[candidate] !== undefined);
  if (key === undefined) return fail([problemAt(['mode'], needs(value.mode))]);
  const problems = others.map((other) =>
    problemAtKey([other], `"${other}" cannot stand beside "${key}": a scenario runs one thing`),
  );
  const mode = key === 'body' ? 'growth' : 'exit';
  if (value.mode !== undefined && value.mode !== mode) {
    problems.push(problemAt(['mode'], `${needs(value.mode)}; "${key}" belongs to mode ${mode}`));
  }
  if (value['trace-children'] && value.isolation === 'fork') {
    const message =
      'the children of a fork server cannot be told apart: "trace-children" runs the scenario in a process of its own';
    problems.push(problemAtKey(['isolation'], message, 'remove "isolation"'));
  }
  for (const [misplaced, owners] of Object.entries(BESIDE)) {
    if (value[misplaced as keyof ScenarioFile] === undefined || owners.includes(key)) continue;
    const message = `"${misplaced}" makes no sense beside "${key}": it belongs to ${orList(owners)}`;
    problems.push(problemAtKey([misplaced], message));
  }
  return problems.length > 0 ? fail(problems) : ok(key);
}

function needs(mode: ScenarioFile['mode']): string {
  if (mode === 'growth') return 'mode growth needs a body';
  if (mode === 'exit') return 'mode exit needs one of code, script, module and command';
  return 'nothing to run: a scenario needs one of body, code, script, module and command';
}

const orList = (keys: readonly string[]) =>
  keys
    .map((key) => `"${key}"`)
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' or ');
