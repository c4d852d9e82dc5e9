import {readFileSync} from 'node:fs';
import path from 'node:path';
import type {BaselineEntry, ScenarioResult} from '../../judge/types.js';
import type {RunContext} from '../../run/job.js';
import {writeFileAtomic} from '../../util/atomic-file.js';
import {shortHash} from '../../util/hash.js';
import {contentsOf} from './contents.js';
import type {Target} from './target.js';

/** Results of scenarios that passed and whose every ingredient is known. */
export interface ResultCache {
  /** The result of the same run, undefined when there is none. */
  readonly find: (target: Target, expected: readonly BaselineEntry[]) => ScenarioResult | undefined;
  /** Keeps a result, if it passed. */
  readonly keep: (target: Target, expected: readonly BaselineEntry[], result: ScenarioResult) => void;
}

/**
 * The cache below `stateDirectory`. Programs and scripts are never in it, nor what starts some:
 * what they read beside themselves is not known.
 */
export function openResultCache(
  stateDirectory: string,
  leaklineVersion: string,
  {valgrindVersion}: RunContext,
): ResultCache {
  const fileFor = (target: Target, expected: readonly BaselineEntry[]): string | undefined => {
    if (!isCacheable(target)) return undefined;
    const {job, fingerprint, build} = target;
    const key = shortHash(
      [
        leaklineVersion,
        build,
        fingerprint,
        JSON.stringify(job.scenario),
        JSON.stringify(job.interpreter),
        JSON.stringify(job.environment('')),
        JSON.stringify(job.valgrindOptions),
        JSON.stringify(valgrindVersion),
        JSON.stringify(expected),
        ...contentsOf(job.suppressions),
      ],
      32,
    );
    return path.join(stateDirectory, 'cache', `${key}.json`);
  };
  return {
    find: (target, expected) => {
      const file = fileFor(target, expected);
      if (file === undefined) return undefined;
      try {
        return {...(JSON.parse(readFileSync(file, 'utf8')) as ScenarioResult), cached: true};
      } catch {
        return undefined;
      }
    },
    keep: (target, expected, result) => {
      const file = fileFor(target, expected);
      if (file === undefined || result.status !== 'passed') return;
      try {
        writeFileAtomic(file, JSON.stringify(result));
      } catch {
        // A full disk costs the next run time only.
      }
    },
  };
}

function isCacheable({job: {scenario}}: Target): boolean {
  const {work} = scenario;
  if (scenario.traceChildren) return false;
  return work.mode === 'growth' || work.run.type === 'code' || work.run.type === 'module';
}
