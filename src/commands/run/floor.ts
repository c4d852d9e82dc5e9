import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {failureOf} from '../../judge/failure.js';
import {floorsFolder} from '../../python/cache.js';
import {type Interpreter, type Job, type RunContext, tracing} from '../../run/job.js';
import type {Observation} from '../../run/observation.js';
import {runInProcess} from '../../run/process.js';
import {writeFileAtomic} from '../../util/atomic-file.js';
import {shortHash} from '../../util/hash.js';
import type {Problem} from '../../util/problem.js';
import {fail, ok, type Result} from '../../util/result.js';
import {contentsOf} from './contents.js';
import {formatFloor, parseFloor} from './stored-floor.js';
import type {Target} from './target.js';

/** What an empty scenario leaves behind, and the memory errors of the interpreter's own start. */
export interface FloorContent extends Pick<Observation, 'atExit' | 'errors'> {
  /** What a Python leaves behind that the scenario starts: it runs without the agent. */
  readonly ofChildren?: Observation['atExit'];
}
export type Floor = Result<FloorContent, Problem>;

/** How the names of floors begin that Pythons have which a scenario starts. */
const OF_CHILDREN = 'child-';

/** Blocks that an empty scenario leaves on a build with nothing installed; undefined when not measured yet. */
export function knownFloorBlocks(cacheRoot: string, fingerprint: string): number | undefined {
  const folder = floorsFolder(cacheRoot, fingerprint);
  try {
    const own = readdirSync(folder).filter((name) => !name.startsWith(OF_CHILDREN));
    const blocks = own.map((name) => {
      const {atExit} = parseFloor(readFileSync(path.join(folder, name), 'utf8'));
      return atExit.reduce((sum, record) => sum + record.blocks, 0);
    });
    return blocks.length === 0 ? undefined : Math.min(...blocks);
  } catch {
    return undefined;
  }
}

/** That of a program, which is its own affair from its first instruction on. */
export const NO_FLOOR: FloorContent = {atExit: [], errors: []};

/** Gives the floor of a target, which is measured once per build and kept in the cache. */
export function createFloors(cacheRoot: string, context: RunContext): (target: Target) => Promise<Floor> {
  const floors = new Map<string, Promise<Floor>>();
  const measured = (target: Target, empty: Job): Promise<Floor> => {
    const key = floorKey(target, empty, context);
    const file = path.join(floorsFolder(cacheRoot, target.fingerprint), `${key}.json`);
    const floor = floors.get(key) ?? floorOf(target, empty, file, context);
    floors.set(key, floor);
    return floor;
  };
  return async (target) => {
    const {interpreter, scenario} = target.job;
    if (interpreter === undefined) return ok(NO_FLOOR);
    const own = await measured(target, emptyJob(target.job));
    if (!own.ok || tracing(scenario) !== 'leaks') return own;
    const child = await measured(target, emptyProgram(target.job, interpreter));
    return child.ok ? ok(withChildFloor(own.value, child.value)) : child;
  };
}

/** The floor of a scenario that starts Pythons, whose own floor is `child`. */
export const withChildFloor = (own: FloorContent, child: FloorContent): FloorContent => ({
  ...own,
  errors: [...own.errors, ...child.errors],
  ofChildren: child.atExit,
});

/** Changes when what is kept of a floor does. */
const FORMAT = 3;

/** Whatever changes what an empty scenario leaves behind. */
function floorKey({fingerprint, job}: Target, empty: Job, {valgrindVersion}: RunContext): string {
  const hash = shortHash([
    String(FORMAT),
    fingerprint,
    // That of a virtual environment looks elsewhere for modules, and reads a file more.
    job.interpreter?.python ?? '',
    job.interpreter?.probe ?? '',
    job.interpreter?.agent ?? '',
    JSON.stringify(valgrindVersion),
    JSON.stringify(job.valgrindOptions),
    ...contentsOf(job.suppressions),
  ]);
  return empty.interpreter === undefined ? OF_CHILDREN + hash : hash;
}

async function floorOf(target: Target, empty: Job, file: string, context: RunContext): Promise<Floor> {
  try {
    return ok(parseFloor(readFileSync(file, 'utf8')));
  } catch {
    // Not measured yet, or what is there is no floor: measured anew.
  }
  const observation = await runInProcess(empty, context);
  const floor = floorIn(observation, target.build);
  if (!floor.ok) return floor;
  try {
    writeFileAtomic(file, formatFloor(floor.value));
  } catch {
    // A full or read-only cache costs time only: the next run measures again.
  }
  return floor;
}

/** What an empty scenario left, as its observation on `build` says. */
export function floorIn(observation: Observation, build: string): Floor {
  const failure = failureOf(observation, {});
  if (failure !== undefined) {
    return fail({
      message: `The floor of ${build} cannot be measured: an empty scenario ${failure.message}`,
      detail: failure.output,
    });
  }
  return ok({atExit: observation.atExit, errors: observation.errors});
}

/** The job with nothing to do. */
export function emptyJob(job: Job): Job {
  const code = {text: 'pass\n', line: 1, indent: 0};
  return {
    ...job,
    scenario: {...job.scenario, variables: {}, work: {mode: 'exit', run: {type: 'code', code, args: []}}},
  };
}

/** The job's Python with nothing to do, started as a scenario starts it. */
export function emptyProgram({interpreter: _, ...job}: Job, {python}: Interpreter): Job {
  const argv = [python, '-c', 'pass'];
  return {...job, scenario: {...job.scenario, work: {mode: 'exit', run: {type: 'command', argv}}}};
}
