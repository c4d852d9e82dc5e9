import {type Place, scenarioEnvironment} from '../../config/environment.js';
import type {Config} from '../../config/types.js';
import {FOREIGN_ENVIRONMENT} from '../../python/foreign.js';
import type {PythonBuild} from '../../python/manifest.js';
import type {Interpreter, Job} from '../../run/job.js';
import type {Scenario} from '../../scenario/types.js';

type Profile = PythonBuild['profile'];

/** The allocator that serves Python's objects in a build of each profile. */
const ALLOCATORS = {
  malloc: 'malloc',
  'memory-debugger': 'pymalloc',
  'free-threaded': 'mimalloc',
  foreign: 'malloc',
} as const satisfies Record<Profile, string>;

/** What a build of each profile needs in the environment to keep its promise; it wins over the scenario's. */
const PROFILE_ENVIRONMENT: Readonly<Record<Profile, Readonly<Record<string, string>>>> = {
  malloc: {},
  'memory-debugger': {},
  // An extension that does not say it can do without the GIL would turn it on. mimalloc reserves
  // 1 GiB, and a leak check reads all of it that the program could: 2 s instead of 0.1 s.
  'free-threaded': {PYTHON_GIL: '0', MIMALLOC_ARENA_EAGER_COMMIT: '0'},
  foreign: FOREIGN_ENVIRONMENT,
};

/** Where what a scenario needs is on the machine that it runs on. */
export interface JobPlaces extends Omit<Place, 'workingFolder'> {
  readonly interpreter: Interpreter;
  readonly suppressions: readonly string[];
}

/**
 * The job that runs `scenario` as it is written.
 *
 * @param caller the environment that `passEnv` takes variables from
 */
export function makeJob(
  config: Pick<Config, 'passEnv' | 'valgrind'>,
  scenario: Scenario,
  profile: Profile,
  caller: Readonly<Record<string, string | undefined>>,
  {interpreter, suppressions, ...folders}: JobPlaces,
): Job {
  const {work} = scenario;
  const isProgram = work.mode === 'exit' && work.run.type === 'command';
  const env = {...scenario.env, ...PROFILE_ENVIRONMENT[profile]};
  return {
    scenario,
    ...(isProgram ? {} : {interpreter}),
    environment: (workingFolder) => scenarioEnvironment(config, {env}, caller, {workingFolder, ...folders}),
    suppressions,
    valgrindOptions: [...config.valgrind, ...scenario.valgrind],
    warmup: work.mode === 'growth' ? work.warmup : 0,
    iterations: work.mode === 'growth' ? work.iterations : 1,
    timeoutMs: scenario.timeoutMs,
    inspect: work.mode === 'growth',
  };
}

/** What the interpreter of a build has to be like for the job to count; nothing for programs. */
export function promiseOf({interpreter}: Job, profile: Profile) {
  return interpreter === undefined ? {} : {allocator: ALLOCATORS[profile], gil: profile !== 'free-threaded'};
}
