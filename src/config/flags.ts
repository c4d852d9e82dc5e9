import {defined} from '../util/defined.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {suggestion} from '../util/suggestion.js';
import {ISOLATIONS, jobCount, NAME_PATTERN} from './schema.js';
import type {Config, ConfigFlags} from './types.js';

type Overrides = Partial<Pick<Config, 'jobs' | 'onlyBuilds' | 'onlyIsolation'>>;

/** The part of the settings that the command line gives. Messages name the flag. */
export function checkFlags({builds, jobs, isolation}: ConfigFlags): Result<Overrides, readonly Problem[]> {
  const problems: Problem[] = [];
  const number =
    jobs === undefined || !/^\d+$/.test(jobs) ? undefined : jobCount.safeParse(Number(jobs)).data;
  if (jobs !== undefined && number === undefined) {
    problems.push({message: `--jobs ${jobs}: expected a whole number from 1 to 1024`});
  }
  const mode = ISOLATIONS.find((known) => known === isolation);
  if (isolation !== undefined && mode === undefined) {
    const expected = ISOLATIONS.join(' or ');
    problems.push({
      message: `--isolation ${isolation}: expected ${expected}${suggestion(isolation, ISOLATIONS)}`,
    });
  }
  for (const build of builds ?? []) {
    if (!NAME_PATTERN.test(build)) problems.push({message: `--build ${build}: this is no name of a build`});
  }
  if (problems.length > 0) return fail(problems);
  const onlyBuilds = builds === undefined || builds.length === 0 ? undefined : [...new Set(builds)];
  return ok(defined({jobs: number, onlyBuilds, onlyIsolation: mode}));
}
