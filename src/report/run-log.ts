import {appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import type {ScenarioResult} from '../judge/types.js';
import {writeFileAtomic} from '../util/atomic-file.js';

/** A run as it was written down, as far as it came. */
export interface RecordedRun {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly leaklineVersion: string;
  readonly results: readonly ScenarioResult[];
}

interface Header {
  readonly format: number;
  readonly startedAt: string;
  readonly leaklineVersion: string;
}

/** Changes when what is written down changes in a way that older leaklines do not understand. */
const FORMAT = 1;

/** Older runs are removed. */
const KEPT_RUNS = 20;

const runsFolder = (stateDirectory: string) => path.join(stateDirectory, 'runs');
const durationsFile = (stateDirectory: string) => path.join(stateDirectory, 'durations.json');

/**
 * Opens the log of a new run below `stateDirectory`. Each result is on disk when `append`
 * returns, so that a run that is killed keeps what it had.
 *
 * @throws NodeJS.ErrnoException when it cannot be written
 */
export function openRunLog(
  stateDirectory: string,
  startedAt: string,
  leaklineVersion: string,
): {readonly append: (result: ScenarioResult) => void} {
  const folder = runsFolder(stateDirectory);
  mkdirSync(folder, {recursive: true});
  const file = path.join(folder, `${startedAt.replaceAll(':', '-')}-${process.pid}.jsonl`);
  const header: Header = {format: FORMAT, startedAt, leaklineVersion};
  appendFileSync(file, `${JSON.stringify(header)}\n`, {flag: 'wx'});
  for (const old of runFiles(folder).slice(0, -KEPT_RUNS)) rmSync(path.join(folder, old), {force: true});
  return {append: (result) => appendFileSync(file, `${JSON.stringify(result)}\n`)};
}

/** The newest run that holds a result, undefined when there is none. */
export function readLastRun(stateDirectory: string): RecordedRun | undefined {
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

/** A line that a killed run did not finish is dropped. */
function readRun(file: string): RecordedRun | undefined {
  const [header, ...results] = readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line): unknown[] => {
      try {
        return line === '' ? [] : [JSON.parse(line)];
      } catch {
        return [];
      }
    });
  const {format, startedAt, leaklineVersion} = (header ?? {}) as Partial<Header>;
  if (format !== FORMAT || startedAt === undefined || leaklineVersion === undefined) return undefined;
  return {startedAt, leaklineVersion, results: results as ScenarioResult[]};
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
