import type {Config} from '../config/types.js';
import type {Scenario} from '../scenario/types.js';
import {shortHash} from '../util/hash.js';

/** What decides what a scenario does when it runs, wherever its project lies. */
export function scenarioIdentity(
  {work, variables, env, valgrind, requires, suppressions, traceChildren = false}: Scenario,
  config: Pick<Config, 'root' | 'valgrind' | 'suppressions'>,
): string {
  const parts = [
    traceChildren,
    work,
    variables,
    env,
    valgrind,
    requires,
    suppressions,
    config.valgrind,
    config.suppressions,
  ];
  return shortHash(parts.map((part) => JSON.stringify(part).replaceAll(`${config.root}/`, '')));
}
