import {type ForkServer, type ServerSettings, startForkServer} from '../../run/forkserver.js';
import type {Job, RunContext} from '../../run/job.js';
import {notStarted} from '../../run/not-started.js';
import {runInProcess} from '../../run/process.js';
import type {RunJob} from './measure.js';
import type {Target} from './target.js';

/** Runs jobs where their scenarios ask for, with one fork server for all that can share it. */
export interface Runner {
  readonly runJob: RunJob;
  /** To be called when a target needs no more runs: a server without targets is closed. */
  readonly release: (target: Target) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** @param targets all that will run, which tells when a server is not needed any more */
export function createRunner(targets: readonly Target[], context: RunContext): Runner {
  const servers = new Map<string, ForkServer>();
  const waiting = new Map<string, number>();
  for (const {job} of targets) {
    const key = keyOf(settingsOf(job));
    if (key !== undefined) waiting.set(key, (waiting.get(key) ?? 0) + 1);
  }

  const runJob: RunJob = async (job) => {
    try {
      return await runWhereAsked(job);
    } catch (error) {
      return {observation: notStarted(error, context)};
    }
  };

  const runWhereAsked: RunJob = async (job) => {
    const settings = settingsOf(job);
    const key = keyOf(settings);
    if (settings === undefined || key === undefined) return {observation: await runInProcess(job, context)};
    const server = servers.get(key) ?? startForkServer(settings, context);
    servers.set(key, server);
    const served = await server.run(job);
    if (served.ok) return {observation: served.value};
    // One that died is replaced for the next job; the others would fail in the same way again.
    if (served.error.reason === 'died' && servers.get(key) === server) {
      servers.delete(key);
      await server.close();
    }
    const note = `ran in a process of its own: ${served.error.message}`;
    return {observation: await runInProcess(job, context), note};
  };

  const release = async ({job}: Target) => {
    const key = keyOf(settingsOf(job));
    if (key === undefined) return;
    const left = (waiting.get(key) ?? 1) - 1;
    waiting.set(key, left);
    const server = servers.get(key);
    if (left > 0 || server === undefined) return;
    servers.delete(key);
    await server.close();
  };

  const close = async () => {
    await Promise.all([...servers.values()].map((server) => server.close()));
  };

  return {runJob, release, close};
}

/** How long a server may take to start, however short the time limits of its scenarios are. */
const LEAST_START_MS = 120_000;

/** The server a job needs, undefined when it runs in a process of its own. */
function settingsOf(job: Job): ServerSettings | undefined {
  const {scenario, interpreter, environment, suppressions, valgrindOptions, timeoutMs} = job;
  const {work} = scenario;
  if (work.mode !== 'growth' || work.isolation !== 'fork' || interpreter === undefined) return undefined;
  return {
    interpreter,
    preload: work.preload,
    environment,
    suppressions,
    valgrindOptions,
    timeoutMs: Math.max(timeoutMs, LEAST_START_MS),
  };
}

/** Settings with the same key can share a server. */
function keyOf(settings: ServerSettings | undefined): string | undefined {
  if (settings === undefined) return undefined;
  const {environment, timeoutMs: _, ...rest} = settings;
  return JSON.stringify([rest, environment('')]);
}
