import path from 'node:path';
import type {Observation} from '../run/observation.js';
import {unreachable} from '../util/unreachable.js';
import type {Frame} from '../valgrind/types.js';
import type {Failure} from './types.js';

/** What a run has to have reached to count as a measurement. */
export interface Completion {
  /** Growth mode: intervals that were to be measured. */
  readonly checkpoints?: number;
  /** The allocator that the build promises; undefined for programs. */
  readonly allocator?: string;
  /** Whether the build has a GIL; undefined for programs. */
  readonly gil?: boolean;
}

/**
 * Why the observation is no measurement, undefined when it is one. Something that did not run to
 * its end is never a pass, whatever was measured until then.
 */
export function failureOf(
  observation: Observation,
  {checkpoints, allocator, gil}: Completion,
): Failure | undefined {
  const {outcome, exception} = observation;
  const output = withCrash(observation);
  switch (outcome.reason) {
    case 'not-started':
      return {reason: 'environment', message: `could not be started: ${outcome.message}`, output};
    case 'aborted':
      return {reason: 'incomplete', message: 'was interrupted', output};
    case 'timed-out':
      return {reason: 'timed-out', message: `did not end within ${outcome.timeoutMs / 1000} s`, output};
    case 'signalled':
      return {reason: 'signal', message: `was ended by ${outcome.signal}`, output};
    case 'exited':
      break;
    default:
      return unreachable(outcome);
  }
  if (exception !== undefined) {
    const {section, message, line, traceback} = exception;
    const place = line === undefined ? {} : {line};
    return {reason: 'exception', message: `${message} in ${section}`, ...place, output: traceback.trimEnd()};
  }
  if (allocator !== undefined && observation.allocator !== undefined && observation.allocator !== allocator) {
    const message = `runs with the allocator ${observation.allocator}, where ${allocator} was promised`;
    return {reason: 'allocator', message, output};
  }
  if (gil === false && observation.gil === true) {
    return {
      reason: 'gil',
      message: 'runs with the GIL, which a free-threaded build is to do without',
      output,
    };
  }
  if (outcome.code !== 0) {
    return {reason: 'exit-code', message: `ended with exit code ${outcome.code}`, output};
  }
  if (!observation.completed || observation.intervals.length < (checkpoints ?? 0)) {
    const reached =
      checkpoints === undefined ? '' : ` after ${observation.intervals.length} of ${checkpoints} intervals`;
    return {reason: 'incomplete', message: `left before its end${reached}`, output};
  }
  if (observation.xmlProblem !== undefined) {
    return {reason: 'incomplete', message: `valgrind's XML is not whole: ${observation.xmlProblem}`, output};
  }
  return undefined;
}

/** Frames of a crash that are shown. */
const CRASH_FRAMES = 12;

/** What was printed, and before it where a signal ended the process. */
function withCrash({fatalSignal, output}: Observation): string {
  if (fatalSignal === undefined) return output;
  const {signal, stack} = fatalSignal;
  const lines = [`${signal} in`, ...stack.slice(0, CRASH_FRAMES).map(frameLine), output];
  return lines.join('\n').trimEnd();
}

function frameLine({function: name = '???', file, line, object}: Frame): string {
  const at = file ?? object;
  if (at === undefined) return `  ${name}`;
  return `  ${name} (${path.basename(at)}${file === undefined || line === undefined ? '' : `:${line}`})`;
}
