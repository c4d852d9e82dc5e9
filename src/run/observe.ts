import path from 'node:path';
import type {ChildOutcome} from '../util/child.js';
import {withChildren} from './children.js';
import {collect} from './collect.js';
import {unguarded} from './guard.js';
import type {Job, JobFiles} from './job.js';
import type {Observation} from './observation.js';
import {tailOf} from './tail.js';

/**
 * What a job in a process of its own left in its folder.
 *
 * @param pid the process's, undefined when it never started
 * @param ended how the shell ended that guarded it
 */
export async function observe(
  files: Pick<JobFiles, 'folder' | 'status' | 'output'>,
  pid: number | undefined,
  ended: ChildOutcome,
  {interpreter, scenario}: Job,
): Promise<Omit<Observation, 'durationMs' | 'isolation'>> {
  const {saidComplete, ...own} = await collect({
    xml: path.join(files.folder, `${pid}.xml`),
    ...(interpreter === undefined ? {} : {status: files.status}),
    maps: [path.join(files.folder, `${pid}.map`)],
  });
  const collected = scenario.traceChildren ? await withChildren(own, files.folder, pid) : own;
  const {fatalSignal, xmlProblem} = collected;
  const outcome = unguarded(ended, fatalSignal !== undefined || xmlProblem !== undefined);
  const completed = outcome.reason === 'exited' && (interpreter === undefined || saidComplete);
  return {outcome, output: tailOf(files.output), completed, ...collected};
}
