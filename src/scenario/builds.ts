import type {Config} from '../config/types.js';
import type {Scenario} from './types.js';
import {fulfils, isCondition} from './version-condition.js';

/** CPython's version of a build, `3.13.5`; undefined when it cannot be told. */
export type VersionOf = (build: string) => string | undefined;

/** Where a scenario runs. */
export interface ChosenBuilds {
  readonly builds: readonly string[];
  /** Builds that were asked for and that the scenario does not run on. */
  readonly skipped: readonly {readonly build: string; readonly why: string}[];
}

/**
 * The builds that `scenario` runs on. Without `builds` of its own: those of `--build`, else those
 * of the configuration. Its own names are those builds, configured or not; its conditions choose
 * among the configured ones or those of `--build`, which also narrows everything. A build whose
 * version is unknown fulfils every condition: what is wrong with it is said when it is made.
 */
export function buildsOf(
  {builds, onlyBuilds}: Pick<Config, 'builds' | 'onlyBuilds'>,
  scenario: Pick<Scenario, 'builds'>,
  versionOf: VersionOf,
): ChosenBuilds {
  const asked = onlyBuilds ?? builds;
  const own = scenario.builds;
  if (own === undefined) return {builds: asked, skipped: []};
  const conditions = own.filter(isCondition);
  const fits = (build: string) => {
    const version = versionOf(build);
    return conditions.some((condition) => version === undefined || fulfils(version, condition));
  };
  const named = own.filter((entry) => !isCondition(entry));
  const chosen = new Set([...named, ...asked.filter(fits)]);
  const left = [...chosen].filter((build) => onlyBuilds === undefined || onlyBuilds.includes(build));
  // Names without --build say where to run, and nothing is left out that was asked for.
  if (onlyBuilds === undefined && conditions.length === 0) return {builds: left, skipped: []};
  const why = (build: string) => {
    const version = versionOf(build);
    return `runs on ${own.join(', ')} only${version === undefined ? '' : `; this is ${version}`}`;
  };
  const skipped = asked.filter((build) => !left.includes(build));
  return {builds: left, skipped: skipped.map((build) => ({build, why: why(build)}))};
}

/** Whether any of the scenarios chooses its builds by their versions. */
export const needVersions = (scenarios: readonly Pick<Scenario, 'builds'>[]): boolean =>
  scenarios.some(({builds}) => builds?.some(isCondition) ?? false);
