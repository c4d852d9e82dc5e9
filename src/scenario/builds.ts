import type {Config} from '../config/types.js';
import type {Scenario} from './types.js';

/**
 * Names of the builds that `scenario` runs on: its own or those of the configuration, and of
 * these only the ones that `--build` names. A scenario that names no builds runs on whatever
 * `--build` names. Empty when nothing is left: the scenario is skipped.
 */
export function buildsOf(
  {builds, onlyBuilds}: Pick<Config, 'builds' | 'onlyBuilds'>,
  scenario: Pick<Scenario, 'builds'>,
): readonly string[] {
  if (scenario.builds === undefined) return onlyBuilds ?? builds;
  return scenario.builds.filter((build) => onlyBuilds === undefined || onlyBuilds.includes(build));
}
