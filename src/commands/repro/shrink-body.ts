import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {growthsOf} from '../../judge/findings.js';
import {type Shrunk, shrink} from '../../repro/shrink.js';
import type {Interpreter, Job, RunContext} from '../../run/job.js';
import type {GrowthWork} from '../../scenario/types.js';
import {captureOutput} from '../../util/child.js';
import type {Problem} from '../../util/problem.js';
import {fail, ok, type Result} from '../../util/result.js';
import {createRunner} from '../run/servers.js';
import type {Target} from '../run/target.js';

/** A body that was made to loop for ever by what was taken out of it ends after so many of its own times. */
const PATIENCE = 10;
const LEAST_MS = 5000;

/**
 * The body of the target's scenario reduced to the statements that still leak all of `leaks`, tried
 * in children of a fork server.
 *
 * @param iterations how many iterations between two checkpoints show the leaks
 */
export async function shrinkBody(
  target: Target,
  leaks: readonly string[],
  iterations: number,
  jobs: number,
  context: RunContext,
): Promise<Result<Shrunk, Problem>> {
  const {scenario, interpreter} = target.job;
  const {work} = scenario;
  if (work.mode !== 'growth' || interpreter === undefined) {
    return fail({message: `${scenario.id} has no body to shrink`});
  }
  const [major, minor] = interpreter.version;
  if (major < 3 || minor < 9) {
    return fail({message: `--shrink needs CPython 3.9 or later, ${target.build} is ${major}.${minor}`});
  }
  const forked: Target = {
    ...target,
    job: {...target.job, scenario: {...scenario, work: {...work, isolation: 'fork'}}, inspect: false},
  };
  const runner = createRunner([forked], context);
  const folder = context.workspace.newFolder();
  const leaksStill = async (job: Job) => {
    const {observation} = await runner.runJob(job);
    const found = growthsOf(observation, iterations, target.place)
      .filter(({trend}) => trend === 'steady')
      .map(({finding}) => finding.id);
    return {isThere: observation.completed && leaks.every((id) => found.includes(id)), observation};
  };
  try {
    const first = await leaksStill(jobWith(forked.job, work, work.body.text, iterations));
    if (!first.isThere) {
      return fail({message: `${scenario.id} does not leak in a fork server: ${first.observation.output}`});
    }
    const timeoutMs = Math.max(LEAST_MS, PATIENCE * first.observation.durationMs);
    const shrunk = await shrink(work.body.text, {
      jobs,
      variantsOf: (text) => variantsOf(text, interpreter, folder),
      stillLeaks: async (text) =>
        (await leaksStill({...jobWith(forked.job, work, text, iterations), timeoutMs})).isThere,
    });
    return ok(shrunk);
  } finally {
    await runner.close();
  }
}

function jobWith(job: Job, work: GrowthWork, text: string, iterations: number): Job {
  const body = {text, line: 1, indent: 0};
  return {...job, iterations, scenario: {...job.scenario, work: {...work, isolation: 'fork', body}}};
}

async function variantsOf(
  text: string,
  {python, agent}: Interpreter,
  folder: string,
): Promise<readonly string[]> {
  const file = path.join(folder, 'body.py');
  writeFileSync(file, text);
  const output = await captureOutput([python, path.join(agent, 'variants.py'), file]);
  return output === undefined ? [] : (JSON.parse(output) as string[]);
}
