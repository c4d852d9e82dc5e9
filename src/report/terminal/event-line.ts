import {isFailing} from '../../judge/status.js';
import {unreachable} from '../../util/unreachable.js';
import type {LeaklineEvent} from '../events.js';
import {formatDuration, quantity} from '../text/numbers.js';
import type {Paint} from '../text/paint.js';
import {brushOf, statusWord} from '../text/status.js';
import {STEP_WORDS} from './frame.js';
import {whatOf} from './rows.js';

/** A plain line that stays. */
export interface EventLine {
  readonly text: string;
  /** Whether it is worth reading while the live display says the rest. */
  readonly matters: boolean;
  /** Words of the text that have a colour. */
  readonly mark?: {readonly words: string; readonly brush: (text: string) => string};
}

const minor = (text: string): EventLine => ({text, matters: false});

/**
 * What a log says of an event as it happens; undefined for what the report says at the end, or nobody.
 *
 * @param counts scenarios that have ended, this one too, and all of them
 */
export function eventLine(
  event: LeaklineEvent,
  paint: Paint,
  counts: {readonly done: number; readonly total: number} = {done: 0, total: 0},
): EventLine | undefined {
  const {done, total} = counts;
  switch (event.type) {
    case 'build-started':
      return minor(`${event.build}: build`);
    case 'build-waiting':
      return minor(`${event.build}: wait for another process that makes ${event.what}`);
    case 'source-missing':
      return minor(`${event.build}: no source at ${event.place}: ${event.why}`);
    case 'build-step':
      return minor(`${event.build}: ${STEP_WORDS[event.step]}`);
    case 'build-finished':
      return {
        text: `${event.build.name}: built in ${formatDuration(event.durationMs)}`,
        matters: true,
        mark: {words: 'built', brush: paint.good},
      };
    case 'build-failed':
      return {
        text: `${event.build}: build failed`,
        matters: true,
        mark: {words: 'build failed', brush: paint.bad},
      };
    case 'native-finished':
      return minor(`${event.build}: compiled ${event.source} in ${formatDuration(event.durationMs)}`);
    case 'native-failed':
      return {
        text: `${event.build}: ${event.source} failed`,
        matters: true,
        mark: {words: 'failed', brush: paint.bad},
      };
    case 'run-started': {
      const {total: all, builds, jobs, valgrindVersion, leaklineVersion} = event;
      const where = builds.length === 0 ? '' : ` on ${builds.join(', ')}`;
      const tools = `valgrind ${valgrindVersion}, leakline ${leaklineVersion}`;
      return minor(`${quantity(all, 'scenario')}${where}, ${quantity(jobs, 'job')}, ${tools}`);
    }
    case 'notice':
      return minor(`note: ${event.message}`);
    case 'scenario-finished': {
      const {status, scenario, build, cached, durationMs} = event.result;
      const width = String(total).length;
      const count = `[${String(done).padStart(width)}/${total}]`;
      const word = statusWord(status);
      const what = whatOf(event.result);
      const time = cached ? 'cached' : formatDuration(durationMs);
      const text = `${count} ${word.padEnd(11)} ${scenario} on ${build} (${time})${what === '' ? '' : `: ${what}`}`;
      return {text, matters: isFailing(status), mark: {words: word, brush: brushOf(status, paint)}};
    }
    case 'download-progress':
    case 'build-warning':
    case 'native-started':
    case 'scenario-started':
    case 'problem':
    case 'run-finished':
      return undefined;
    default:
      return unreachable(event);
  }
}
