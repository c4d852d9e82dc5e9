import type {BuildStep} from '../../python/events.js';
import {formatClock, formatEstimate, formatNumber, formatSize, quantity} from '../text/numbers.js';
import type {Paint} from '../text/paint.js';
import {truncate} from '../text/width.js';
import {type BuildProgress, type Progress, timeLeftMs} from './progress.js';

/** Running scenarios and builds that are named at most. */
const MAX_NAMED = 4;

const BAR_COLUMNS = 20;

/** How long a notice is shown. */
const NOTICE_MS = 10_000;

/** What the steps of a build are called while they run. */
export const STEP_WORDS: Readonly<Record<BuildStep, string>> = {
  source: 'get the source',
  unpack: 'unpack',
  configure: 'configure',
  compile: 'make',
  install: 'make install',
  check: 'check',
  prune: 'prune',
};

export interface FrameStyle {
  readonly paint: Paint;
  readonly columns: number;
  /** Rows of the terminal: a frame that fills it would scroll. */
  readonly rows: number;
  readonly now: number;
}

/** The live display: one line per build and per running scenario, none longer than `columns`. */
export function frameLines(progress: Progress, {paint, columns, rows, now}: FrameStyle): string[] {
  const named = Math.max(1, Math.min(MAX_NAMED, rows - 5));
  const cut = (text: string) => truncate(text, columns);
  const builds = [...progress.builds].map(([build, one]) => buildText(build, one, now));
  const running = [...progress.running].map(
    ([key, startedAt]) => [key, ` ${formatClock(now - startedAt)}`] as const,
  );
  return [
    ...atMost(builds, named).map((line) => cut(line)),
    ...(progress.natives.size === 0 ? [] : [cut(`compiling ${[...progress.natives].join(', ')}`)]),
    ...(progress.total === 0 ? [] : [barLine(progress, paint, columns, now)]),
    ...atMost(
      running.map(([key, clock]) => `  ${truncate(key, columns - 2 - clock.length)}${clock}`),
      named,
    ).map((line) => paint.dim(cut(line))),
    ...noticeLines(progress, now).map((line) => paint.dim(cut(line))),
  ];
}

function noticeLines({notice}: Progress, now: number): string[] {
  return notice === undefined || now - notice.at > NOTICE_MS ? [] : [`note: ${notice.message}`];
}

const atMost = (lines: readonly string[], most: number): readonly string[] =>
  lines.length <= most ? lines : [...lines.slice(0, most - 1), `  … and ${lines.length - most + 1} more`];

function buildText(build: string, {startedAt, doing, download}: BuildProgress, now: number): string {
  const clock = formatClock(now - startedAt);
  if (doing === 'source' && download !== undefined) {
    const {place, receivedBytes, totalBytes} = download;
    const share =
      totalBytes === undefined || totalBytes === 0
        ? formatSize(receivedBytes)
        : `${Math.min(100, Math.floor((100 * receivedBytes) / totalBytes))} % of ${formatSize(totalBytes)}`;
    return `${build}: download ${share} ${clock} ${place}`;
  }
  const words =
    doing === 'waiting' ? 'wait for another process' : doing === undefined ? 'start' : STEP_WORDS[doing];
  return `${build}: ${words} ${clock}`;
}

function barLine(progress: Progress, paint: Paint, columns: number, now: number): string {
  const {total, done, failing} = progress;
  const share = Math.min(1, done / total);
  const full = Math.floor(share * BAR_COLUMNS);
  const leftMs = timeLeftMs(progress, now);
  const counted = ` ${formatNumber(done)}/${quantity(total, 'scenario')}`;
  const bad = failing === 0 ? '' : `, ${formatNumber(failing)} failing`;
  const left = leftMs === undefined || done >= total ? '' : `, about ${formatEstimate(leftMs)} left`;
  const room = columns - BAR_COLUMNS;
  if (counted.length + bad.length + left.length > room) {
    return truncate(`${counted.trimStart()}${bad}${left}`, columns);
  }
  return `${paint.good('█'.repeat(full))}${paint.dim('░'.repeat(BAR_COLUMNS - full))}${counted}${paint.bad(bad)}${left}`;
}
