import type {Observation} from '../run/observation.js';
import type {LeakKind} from '../valgrind/types.js';
import {compare, type Expectation} from './compare.js';
import {type Growth, growthsOf} from './findings.js';
import type {Place} from './group.js';
import type {Finding} from './types.js';

/** One measurement of a growth scenario. */
export interface Measurement {
  /** Iterations between two checkpoints. */
  readonly iterations: number;
  readonly observation: Observation;
}

/** What to do after the measurements so far. */
export type Decision =
  | {
      readonly type: 'decided';
      /** What leaks. */
      readonly findings: readonly Finding[];
      /** Iterations over all intervals of the measurement that decided. */
      readonly totalIterations: number;
      readonly notes: readonly string[];
    }
  | {readonly type: 'measure-again'; readonly iterations: number; readonly because: string};

/** Where the growth of a scenario is judged. */
export interface GrowthCase extends Place {
  /** Iterations between two checkpoints, as the scenario says. */
  readonly iterations: number;
  readonly checkpoints: number;
  /** Begin with as many iterations as a confirmation takes: one measurement decides. */
  readonly confirmAtOnce?: boolean;
  readonly tolerance: Readonly<Partial<Record<LeakKind, number>>>;
  readonly expectation: Pick<Expectation, 'entries' | 'interpreter'>;
}

/**
 * Growth that does not repeat itself in every interval is measured again with this many times
 * the iterations: a leak doubles, a cache does not.
 */
const AGAIN = 2;

/**
 * A leak is new only if it holds over this many times the iterations: a free list of some hundred
 * entries grows just as steadily until it is full.
 */
export const CONFIRM = 10;

/** Judges the measurements made so far, the last of which has the most iterations. */
export function decide(measurements: readonly Measurement[], growthCase: GrowthCase): Decision {
  const last = measurements.at(-1);
  if (last === undefined) {
    const factor = growthCase.confirmAtOnce ? CONFIRM : 1;
    return {
      type: 'measure-again',
      iterations: factor * growthCase.iterations,
      because: 'nothing was measured yet',
    };
  }
  const totalIterations = countedIterations(last, growthCase);
  const growths = growthsOf(last.observation, last.iterations, growthCase).filter(
    (growth) => !isTolerated(growth, growthCase.tolerance),
  );
  const surprising = growths.filter(({finding}) => !isKnown(finding, growthCase, totalIterations));
  const confirmed = last.iterations >= CONFIRM * growthCase.iterations;
  const missing = growthCase.expectation.entries.filter(
    ({type, id}) =>
      (type === 'leak' || type === 'resource') && !growths.some(({finding}) => finding.id === id),
  );
  if (surprising.length > 0 && !confirmed) {
    const unsteady = surprising.some(({trend}) => trend === 'unsteady');
    return unsteady && measurements.length === 1
      ? {type: 'measure-again', iterations: AGAIN * growthCase.iterations, because: 'growth is unsteady'}
      : {
          type: 'measure-again',
          iterations: CONFIRM * growthCase.iterations,
          because: 'a new leak is to be confirmed',
        };
  }
  if (missing.length > 0 && !confirmed) {
    return {
      type: 'measure-again',
      iterations: CONFIRM * growthCase.iterations,
      because: 'a known leak did not show',
    };
  }
  const leaks = growths.filter(
    (growth) =>
      !surprising.includes(growth) ||
      isExpected(growth, growthCase) ||
      (growth.trend === 'steady' && keptItsRate(growth, measurements[0] ?? last, growthCase)),
  );
  const settled = growths.length - leaks.length;
  return {
    type: 'decided',
    findings: leaks.map(({finding}) => finding),
    totalIterations,
    notes:
      settled === 0
        ? []
        : [
            `${settled} ${settled === 1 ? 'place' : 'places'} gained something at first or once per checkpoint, not per iteration: no leak`,
          ],
  };
}

/** A leak that is known at another rate and gains irregularly now has changed; it is not gone. */
function isExpected({finding}: Growth, {expectation}: GrowthCase): boolean {
  return expectation.entries.some(({type, id}) => type === finding.type && id === finding.id);
}

/**
 * Whether what is gained per iteration stayed what it was over fewer iterations. What is gained once
 * between two checkpoints, however many iterations lie there, is no leak of the body.
 */
function keptItsRate({finding}: Growth, first: Measurement, growthCase: GrowthCase): boolean {
  const earlier = growthsOf(first.observation, first.iterations, growthCase).find(
    (growth) => growth.finding.id === finding.id,
  )?.finding;
  if (earlier === undefined) return true;
  // Of a leak in one of 70 iterations, the first 50 show one block or none.
  const precision = countsBytes(earlier) ? 0 : 1 / countedIterations(first, growthCase);
  return 2 * primaryRate(finding) + precision >= primaryRate(earlier);
}

/** Rates are counted over the later half of the intervals. */
const countedIterations = ({iterations}: Measurement, {checkpoints}: GrowthCase) =>
  iterations * Math.ceil(checkpoints / 2);

const countsBytes = (finding: Growth['finding']) =>
  finding.type === 'resource' ? finding.id === 'mappings' : finding.blocks === 0;

/** Blocks per iteration, bytes where no block is gained, or a count. */
function primaryRate(finding: Growth['finding']): number {
  if (finding.type === 'resource') return finding.count;
  return countsBytes(finding) ? finding.bytes : finding.blocks;
}

/** What a measurement found, for when the one that was to confirm it failed. */
export function unconfirmedFindings(
  {iterations, observation}: Measurement,
  growthCase: GrowthCase,
): readonly Finding[] {
  return growthsOf(observation, iterations, growthCase)
    .filter((growth) => !isTolerated(growth, growthCase.tolerance))
    .filter((growth) => growth.trend === 'steady' || isExpected(growth, growthCase))
    .map(({finding}) => finding);
}

function isKnown(finding: Finding, {expectation}: GrowthCase, totalIterations: number): boolean {
  const changes = compare([finding], {...expectation, mode: 'growth', totalIterations});
  return changes.some(({verdict}) => verdict === 'known');
}

function isTolerated({finding}: Growth, tolerance: GrowthCase['tolerance']): boolean {
  return finding.type === 'leak' && finding.blocks > 0 && finding.blocks <= (tolerance[finding.kind] ?? 0);
}
