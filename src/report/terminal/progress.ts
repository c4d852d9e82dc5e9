import {isFailing} from '../../judge/status.js';
import type {BuildStep} from '../../python/events.js';
import type {LeaklineEvent} from '../events.js';

/** A build that is being made. */
export interface BuildProgress {
  readonly startedAt: number;
  /** What is being done now. */
  readonly doing: BuildStep | 'waiting' | undefined;
  readonly download?: {readonly place: string; readonly receivedBytes: number; readonly totalBytes?: number};
}

/** How far a run is: what the live display shows. Times are in ms of the reporter's clock. */
export interface Progress {
  /** Scenarios × builds that will run, 0 before the run has started. */
  readonly total: number;
  readonly jobs: number;
  readonly done: number;
  /** How many of the done ones make the run fail. */
  readonly failing: number;
  /** Start times of what runs now, by {@link keyOf}, oldest first. */
  readonly running: ReadonlyMap<string, number>;
  /** Expected durations by {@link keyOf} of what has not ended yet. */
  readonly expected: ReadonlyMap<string, number>;
  /** Sums over what has ended and was not cached: all of it, and what of it was expected. */
  readonly measured: {
    readonly count: number;
    readonly durationMs: number;
    readonly expectedMs: number;
    readonly durationOfExpectedMs: number;
  };
  readonly builds: ReadonlyMap<string, BuildProgress>;
  /** Sources that are being compiled. */
  readonly natives: ReadonlySet<string>;
  readonly notice?: {readonly message: string; readonly at: number};
}

export const NO_PROGRESS: Progress = {
  total: 0,
  jobs: 1,
  done: 0,
  failing: 0,
  running: new Map(),
  expected: new Map(),
  measured: {count: 0, durationMs: 0, expectedMs: 0, durationOfExpectedMs: 0},
  builds: new Map(),
  natives: new Set(),
};

/** `parse/error-path on cpython-3.13`: the name of a running scenario, also what the display shows. */
const keyOf = ({scenario, build}: {readonly scenario: string; readonly build: string}): string =>
  `${scenario} on ${build}`;

function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

function withBuild(progress: Progress, build: string, change: Partial<BuildProgress>, now: number): Progress {
  const known = progress.builds.get(build) ?? {startedAt: now, doing: undefined};
  return {...progress, builds: withEntry(progress.builds, build, {...known, ...change})};
}

/** The progress after `event`, which happened at `now`. */
export function advance(progress: Progress, event: LeaklineEvent, now: number): Progress {
  switch (event.type) {
    case 'build-started':
      return withBuild(progress, event.build, {}, now);
    case 'build-waiting':
      return withBuild(progress, event.build, {doing: 'waiting'}, now);
    case 'build-step':
      return withBuild(progress, event.build, {doing: event.step}, now);
    case 'download-progress': {
      const {type: _, build, ...download} = event;
      return withBuild(progress, build, {doing: 'source', download}, now);
    }
    case 'build-finished':
      return {...progress, builds: without(progress.builds, event.build.name)};
    case 'build-failed':
      return {...progress, builds: without(progress.builds, event.build)};
    case 'native-started':
      return {...progress, natives: new Set(progress.natives).add(event.source)};
    case 'native-failed':
    case 'native-finished':
      return {...progress, natives: new Set([...progress.natives].filter((one) => one !== event.source))};
    case 'run-started': {
      const expected = new Map((event.expected ?? []).map((one) => [keyOf(one), one.durationMs]));
      return {...NO_PROGRESS, builds: progress.builds, total: event.total, jobs: event.jobs, expected};
    }
    case 'scenario-started':
      return {...progress, running: withEntry(progress.running, keyOf(event), now)};
    case 'scenario-finished':
      return finish(progress, event.result);
    case 'notice':
      return {...progress, notice: {message: event.message, at: now}};
    default:
      return progress;
  }
}

type Finished = Extract<LeaklineEvent, {type: 'scenario-finished'}>['result'];

function finish(progress: Progress, result: Finished): Progress {
  const key = keyOf(result);
  const expectedMs = progress.expected.get(key);
  const {measured} = progress;
  return {
    ...progress,
    done: progress.done + 1,
    failing: progress.failing + (isFailing(result.status) ? 1 : 0),
    running: without(progress.running, key),
    expected: without(progress.expected, key),
    measured: result.cached
      ? measured
      : {
          count: measured.count + 1,
          durationMs: measured.durationMs + result.durationMs,
          expectedMs: measured.expectedMs + (expectedMs ?? 0),
          durationOfExpectedMs:
            measured.durationOfExpectedMs + (expectedMs === undefined ? 0 : result.durationMs),
        },
  };
}

/** Bounds of how much slower or faster than expected a run may seem to be: early results mislead. */
const PACE = {least: 0.25, most: 4};

/**
 * ms until the run ends, from the durations of an earlier run as far as they are known, otherwise
 * from the mean of what has ended; undefined while there is nothing to go by.
 */
export function timeLeftMs(progress: Progress, now: number): number | undefined {
  const {total, done, jobs, running, expected, measured} = progress;
  if (measured.count === 0 && expected.size === 0) return undefined;
  const ratio = measured.expectedMs === 0 ? 1 : measured.durationOfExpectedMs / measured.expectedMs;
  const pace = Math.min(PACE.most, Math.max(PACE.least, ratio));
  const expectedMs = pace * [...expected.values()].reduce((sum, ms) => sum + ms, 0);
  const meanMs = measured.count === 0 ? expectedMs / expected.size : measured.durationMs / measured.count;
  const unknown = Math.max(0, total - done - expected.size);
  const left = [...running].map(([key, startedAt]) => {
    const durationMs = expected.has(key) ? pace * (expected.get(key) ?? 0) : meanMs;
    return {durationMs, leftMs: Math.max(0, durationMs - (now - startedAt))};
  });
  const spentMs = left.reduce((sum, {durationMs, leftMs}) => sum + durationMs - leftMs, 0);
  const shared = (expectedMs + unknown * meanMs - spentMs) / jobs;
  return Math.max(0, shared, ...left.map(({leftMs}) => leftMs));
}
