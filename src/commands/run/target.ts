import type {Place} from '../../judge/group.js';
import type {Job} from '../../run/job.js';

/** One scenario on one build, ready to run. */
export interface Target {
  readonly build: string;
  /** Fingerprint of the build. */
  readonly fingerprint: string;
  readonly job: Job;
  /** Where its stacks are named. */
  readonly place: Place;
  /** The allocator that the build promises; undefined for programs. */
  readonly allocator?: string;
  /** Whether the build has a GIL; undefined for programs. */
  readonly gil?: boolean;
}
