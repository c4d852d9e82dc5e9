import {appendFileSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import type {ScenarioResult} from '../judge/types.js';
import {writeFileAtomic} from '../util/atomic-file.js';
import {makeFolder} from '../util/make-folder.js';
import type {RunSummary} from './events.js';

/** What is known of a run from its start on. */
export type RunIdentity = Pick<RunSummary, 'leaklineVersion' | 'valgrindVersion' | 'jobs' | 'startedAt'>;

/** Changes when what is written down changes in a way that older leaklines do not understand. */
const FORMAT = 1;

/** Older runs are removed. */
const KEPT_RUNS = 20;

/** A line of the log; the first is the start, the last the end, unless the run was killed. */
type LogLine =
  | ({readonly type: 'started'; readonly format: number} & RunIdentity)
  | {readonly type: 'planned'; readonly total: number}
  | {readonly type: 'result'; readonly result: ScenarioResult}
  | ({readonly type: 'finished'} & Omit<RunSummary, keyof RunIdentity | 'total' | 'results'>);

const runsFolder = (stateDirectory: string) => path.join(stateDirectory, 'runs');
const durationsFile = (stateDirectory: string) => path.join(stateDirectory, 'durations.json');

export interface RunLog {
  /** How many results the run will have, as soon as that is known. */
  readonly plan: (total: number) => void;
  /** The result is on disk when it returns, so that a run that is killed keeps what it had. */
  readonly append: (result: ScenarioResult) => void;
  readonly finish: (summary: RunSummary) => void;
}

/**
 * Opens the log of a new run below `stateDirectory`.
 *
 * @throws NodeJS.ErrnoException when it cannot be written, as its functions do
 */
export function openRunLog(stateDirectory: string, identity: RunIdentity): RunLog {
  const folder = runsFolder(stateDirectory);
  makeFolder(folder);
  const file = path.join(folder, `${identity.startedAt.replaceAll(':', '-')}-${process.pid}.jsonl`);
  const write = (line: LogLine) => appendFileSync(file, `${JSON.stringify(line)}\n`);
  write({type: 'started', format: FORMAT, ...identity});
  for (const old of runFiles(folder).slice(0, -KEPT_RUNS)) rmSync(path.join(folder, old), {force: true});
  return {
    plan: (total) => write({type: 'planned', total}),
    append: (result) => write({type: 'result', result}),
    finish: ({durationMs, problems, interrupted, updatedBaselines, exitCode}) =>
      write({type: 'finished', durationMs, problems, interrupted, updatedBaselines, exitCode}),
  };
}

/** The newest run that holds a result, undefined when there is none. */
export function readLastRun(stateDirectory: string): RunSummary | undefined {
  const folder = runsFolder(stateDirectory);
  for (const file of runFiles(folder).toReversed()) {
    const run = readRun(path.join(folder, file));
    if (run !== undefined && run.results.length > 0) return run;
  }
  return undefined;
}

function runFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .sort();
  } catch {
    return [];
  }
}

/** A line that a killed run did not finish is dropped; without an end it counts as interrupted. */
function readRun(file: string): RunSummary | undefined {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text): LogLine[] => {
      try {
        return text === '' ? [] : [JSON.parse(text) as LogLine];
      } catch {
        return [];
      }
    });
  const [start] = lines;
  if (start?.type !== 'started' || start.format !== FORMAT) return undefined;
  const {type: _, format: __, ...identity} = start;
  const results = lines.flatMap((line) => (line.type === 'result' ? [line.result] : []));
  const plan = lines.find((line) => line.type === 'planned');
  const end = lines.find((line) => line.type === 'finished');
  return {
    ...identity,
    total: plan?.total ?? results.length,
    results,
    durationMs: end?.durationMs ?? 0,
    problems: end?.problems ?? [],
    interrupted: end?.interrupted ?? true,
    updatedBaselines: end?.updatedBaselines ?? [],
    exitCode: end?.exitCode ?? 130,
  };
}

/** Key of a scenario on a build in {@link readDurations}. */
export const durationKey = (scenario: string, build: string) => `${scenario} ${build}`;

/** Last wall times in ms by {@link durationKey}; empty when nothing ran yet. */
export function readDurations(stateDirectory: string): Readonly<Record<string, number>> {
  try {
    return JSON.parse(readFileSync(durationsFile(stateDirectory), 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}

/** Remembers the wall times of `results`, beside those of scenarios that did not run. */
export function writeDurations(stateDirectory: string, results: readonly ScenarioResult[]): void {
  const measured = results.filter(({cached, status}) => !cached && status !== 'skipped');
  const newer = measured.map(({scenario, build, durationMs}) => [
    durationKey(scenario, build),
    Math.round(durationMs),
  ]);
  const durations = {...readDurations(stateDirectory), ...Object.fromEntries(newer)};
  writeFileAtomic(durationsFile(stateDirectory), `${JSON.stringify(durations)}\n`);
}
