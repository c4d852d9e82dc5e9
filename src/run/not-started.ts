import type {RunContext} from './job.js';
import type {Observation} from './observation.js';

/**
 * What is known of a run for which the files could not be written: nothing.
 *
 * @throws error when it is not of the system's making (a full disk, a missing permission)
 */
export function notStarted(error: unknown, {workspace}: RunContext): Observation {
  if (!(error instanceof Error && 'errno' in error && 'syscall' in error)) throw error;
  const message = `its folder in ${workspace.root} cannot be written: ${error.message}`;
  return {
    outcome: {reason: 'not-started', message},
    durationMs: 0,
    isolation: 'process',
    output: '',
    completed: false,
    intervals: [],
    resources: [],
    openDescriptors: [],
    atExit: [],
    errors: [],
    suppressions: [],
    inspected: [],
  };
}
