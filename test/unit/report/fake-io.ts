import type {ReportIo} from '../../../src/report/io.js';

/** Streams that remember what was written, and a clock that stands still until it is moved. */
export interface FakeIo extends ReportIo {
  readonly out: () => string;
  readonly err: () => string;
  readonly advance: (ms: number) => void;
}

export function fakeIo(over: Partial<Pick<ReportIo, 'env' | 'cwd'>> & {readonly tty?: number} = {}): FakeIo {
  const written = {out: '', err: ''};
  let nowMs = 0;
  const stream = (name: 'out' | 'err') => ({
    write: (text: string) => {
      written[name] += text;
    },
    ...(over.tty === undefined ? {} : {isTTY: true, columns: over.tty, rows: 24}),
  });
  return {
    stdout: stream('out'),
    stderr: stream('err'),
    env: over.env ?? {},
    cwd: over.cwd ?? '/',
    now: () => nowMs,
    out: () => written.out,
    err: () => written.err,
    advance: (ms) => {
      nowMs += ms;
    },
  };
}
