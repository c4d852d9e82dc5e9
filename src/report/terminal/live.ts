import type {createLogUpdate} from 'log-update';
import type {LeaklineEvent} from '../events.js';
import type {OutputStream, ReportIo} from '../io.js';
import type {Paint} from '../text/paint.js';
import {frameLines} from './frame.js';
import {advance, NO_PROGRESS} from './progress.js';

/** At most ten times a second: more is flicker and time that valgrind could use. */
const REPAINT_MS = 100;

/** Without a change, clocks and the estimate move once a second. */
const TICK_MS = 1000;

/** The display of what happens now, in the last lines of a terminal. */
export interface Live {
  readonly onEvent: (event: LeaklineEvent) => void;
  /** Takes the display away, lets `print` write lines that stay, and brings it back. */
  readonly above: (print: () => void) => void;
  /** Takes the display away for good and shows the cursor again. */
  readonly stop: () => void;
}

const isSet = (value: string | undefined) =>
  value !== undefined && value !== '' && value !== '0' && value !== 'false';

/** Whether a moving display is welcome on `stream`. */
export function wantsLive(env: ReportIo['env'], stream: OutputStream): boolean {
  const {NO_COLOR, CI, TERM} = env;
  return stream.isTTY === true && !isSet(CI) && (NO_COLOR ?? '') === '' && TERM !== 'dumb';
}

/**
 * Starts a display on standard error, so that it stays visible when the report goes to a file.
 * log-update shows the cursor again when the process ends by a signal.
 */
export function startLive({stderr, now}: ReportIo, paint: Paint): Live {
  let show: ReturnType<typeof createLogUpdate> | undefined;
  // Loaded here, since it takes a tenth of leakline's start and a log has no display.
  void import('log-update').then((module) => {
    show = module.createLogUpdate(stderr as NodeJS.WritableStream);
  });
  let progress = NO_PROGRESS;
  let isChanged = false;
  let paintedAt = Number.NEGATIVE_INFINITY;

  const repaint = () => {
    if (show === undefined) return;
    if (!isChanged && now() - paintedAt < TICK_MS) return;
    isChanged = false;
    paintedAt = now();
    // One column less: some terminals wrap when the last one is written.
    const columns = Math.max(20, (stderr.columns ?? 80) - 1);
    const lines = frameLines(progress, {paint, columns, rows: stderr.rows ?? 24, now: now()});
    if (lines.length === 0) show.clear();
    else show(lines.join('\n'));
  };
  const timer = setInterval(repaint, REPAINT_MS);
  timer.unref();

  return {
    onEvent: (event) => {
      progress = advance(progress, event, now());
      isChanged = true;
    },
    above: (print) => {
      show?.clear();
      print();
      isChanged = true;
    },
    stop: () => {
      clearInterval(timer);
      show?.clear();
      show?.done();
    },
  };
}
