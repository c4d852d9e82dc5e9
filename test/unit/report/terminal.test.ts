import {describe, expect, it} from 'vitest';
import type {LeaklineEvent, RunSummary} from '../../../src/report/events.js';
import type {Output} from '../../../src/report/io.js';
import {standardOutput} from '../../../src/report/io.js';
import {replay} from '../../../src/report/replay.js';
import {wantsLive} from '../../../src/report/terminal/live.js';
import {terminalReporter} from '../../../src/report/terminal/terminal.js';
import {widthOf} from '../../../src/report/text/width.js';
import {type FakeIo, fakeIo} from './fake-io.js';
import {error, frame, isNew, leak, result, results, summary} from './made.js';

const ESCAPE = '\u001b';

function report(io: FakeIo, events: readonly LeaklineEvent[]): string {
  const reporter = terminalReporter(standardOutput(io), io);
  for (const event of events) reporter.onEvent?.(event);
  void reporter.close?.();
  return io.out();
}

const started = (total: number): LeaklineEvent => ({
  type: 'run-started',
  leaklineVersion: '0.1.0',
  valgrindVersion: '3.19.0',
  total,
  builds: ['cpython-3.13'],
  jobs: 2,
});
const finished = (over: Partial<RunSummary> = {}): LeaklineEvent => ({
  type: 'run-finished',
  summary: summary(over),
});

const wholeRun = (over: Partial<RunSummary> = {}): LeaklineEvent[] => {
  const ran = over.results ?? results;
  return [
    started(ran.length),
    ...ran.map((one): LeaklineEvent => ({type: 'scenario-finished', result: one})),
    finished(over),
  ];
};

const passed = [result({scenario: 'a/one'}), result({scenario: 'a/two'})];

it('is quiet about a clean run', () => {
  const run = {results: passed, problems: [], exitCode: 0} as const;
  expect(report(fakeIo(), wholeRun(run))).toBe(
    `2 scenarios on cpython-3.13, 2 jobs, valgrind 3.19.0, leakline 0.1.0
[1/2] passed      a/one on cpython-3.13 (1.2 s)
[2/2] passed      a/two on cpython-3.13 (1.2 s)

scenario  build         status  what   time
a/one     cpython-3.13  passed        1.2 s
a/two     cpython-3.13  passed        1.2 s

2 passed in 12.3 s
`,
  );
});

it('ends with what a person needs next', () => {
  const lines = report(fakeIo(), wholeRun()).trimEnd().split('\n');
  expect(lines.slice(-8)).toEqual([
    'error: scenarios/json.yaml:12:1 unknown key "iteratons", did you mean "iterations"?',
    '  iteratons: 100',
    '  ^',
    '',
    'suppressed: interned-strings ×1,200, dl-init ×40',
    'To expect the improvements from now on: leakline baseline update',
    '2 passed, 1 skipped, 1 improved, 1 unbaselined, 1 timed out, 1 failed, 2 regressed in 12.3 s',
    'exit code 1: 5 scenarios are not as expected',
  ]);
});

it.each<[Partial<RunSummary>, string]>([
  [
    {exitCode: 2, results: [], problems: []},
    'no scenario ran in 12.3 s\nexit code 2: usage, configuration or environment\n',
  ],
  [
    {exitCode: 130, interrupted: true, total: 9, results: passed, problems: []},
    '2 passed in 12.3 s\nexit code 130: interrupted after 2 of 9 scenarios\n',
  ],
  [
    {updatedBaselines: ['a', 'b', 'c', 'd', 'e', 'f'], exitCode: 0, results: passed, problems: []},
    'wrote 6 baselines: a, b, c, d, e, … 1 more\n2 passed in 12.3 s\n',
  ],
])('ends with %j', (over, text) => {
  expect(report(fakeIo(), [started(9), finished(over)]).endsWith(text)).toBe(true);
});

describe('as text', () => {
  it.each<[string, FakeIo]>([
    ['a pipe', fakeIo()],
    ['NO_COLOR', fakeIo({tty: 80, env: {NO_COLOR: '1'}})],
    ['a dumb terminal', fakeIo({tty: 80, env: {TERM: 'dumb'}})],
    ['a CI with a terminal, colours off', fakeIo({tty: 80, env: {CI: 'true', FORCE_COLOR: '0'}})],
  ])('%s gets no escape sequence', (_, io) => {
    expect(report(io, wholeRun())).not.toContain(ESCAPE);
    expect(io.err()).toBe('');
    expect(io.out()).toContain(
      '[3/9] regressed   parse/error-path on cpython-3.13 (1.2 s): 1 new leak, 1 known',
    );
  });

  it('colours a CI with a terminal, and a pipe when told so', () => {
    expect(report(fakeIo({tty: 80, env: {CI: 'true'}}), wholeRun())).toContain(ESCAPE);
    expect(report(fakeIo({env: {FORCE_COLOR: '1'}}), wholeRun())).toContain(ESCAPE);
  });

  it('writes plain text into a file whatever the terminal is', () => {
    const io = fakeIo({tty: 80, env: {FORCE_COLOR: '1'}});
    let text = '';
    const write = (more: string) => {
      text += more;
    };
    const output: Output = {file: 'a.txt', write, close: () => {}};
    const reporter = terminalReporter(output, io);
    for (const event of wholeRun()) reporter.onEvent?.(event);
    expect(text).not.toContain(ESCAPE);
    expect(text).toContain('2 regressed in 12.3 s');
    expect(io.err() + io.out()).toBe('');
  });
});

describe('width', () => {
  const longFrame = {...frame.parseRow, name: `ns::${'template<int>::'.repeat(20)}f`};
  const long = result({
    scenario: 'parse/a-scenario-with-a-long-name-that-says-all',
    build: 'cpython-3.13-free-threaded',
    status: 'regressed',
    description: 'What it is for, in a sentence that is longer than a line of eighty columns is.',
    notes: ['measured again '.repeat(9)],
    changes: [
      isNew(leak({frames: [longFrame, longFrame], stack: [longFrame, ...leak().stack]})),
      isNew(error({what: 'Conditional jump or move depends on uninitialised value(s) '.repeat(2)})),
    ],
    suppressions: [{name: 'rule-with-a-name-of-some-length'.repeat(4), count: 1}],
  });
  const failed = result({
    status: 'failed',
    failure: {
      reason: 'exception',
      message: 'x'.repeat(200),
      output: `${'y'.repeat(200)}\n\t${'日本'.repeat(60)}`,
    },
  });

  it.each([60, 80, 120])('keeps to %d columns, but never breaks a command', (columns) => {
    const io = fakeIo({tty: columns, env: {NO_COLOR: '1'}});
    const text = report(io, wholeRun({results: [...results, long, failed]}));
    const tooLong = text.split('\n').filter((line) => widthOf(line) > columns);
    expect(tooLong.every((line) => line.startsWith('  Next: leakline '))).toBe(true);
    expect(text).toContain(
      '  Next: leakline repro parse/a-scenario-with-a-long-name-that-says-all --build cpython-3.13-free-threaded --leak 3f2a9c01d2e4\n',
    );
  });

  it('takes no more columns with colours', () => {
    const io = fakeIo({tty: 80, env: {CI: '1', FORCE_COLOR: '1'}});
    const lines = report(io, wholeRun()).split('\n');
    expect(lines.filter((line) => widthOf(line) > 80)).toEqual([]);
  });
});

it('makes what scenarios print harmless', () => {
  const hostile = `${ESCAPE}]0;owned\u0007${ESCAPE}[2J\u009b1m\r::add-mask::x\n::stop-commands::y\n##[error]z\u202e`;
  const events = wholeRun({
    results: [
      result({
        scenario: `s${hostile}`,
        build: hostile,
        file: hostile,
        description: hostile,
        status: 'failed',
        notes: [hostile],
        failure: {reason: 'exception', message: hostile, output: hostile},
        suppressions: [{name: hostile, count: 1}],
        changes: [
          isNew(
            leak({
              id: hostile,
              stack: [{...frame.parseRow, name: hostile, file: hostile}],
              objects: [{type: hostile, count: 1, values: [hostile]}],
            }),
          ),
        ],
      }),
    ],
    problems: [{message: hostile, file: hostile, source: hostile, column: 2, detail: hostile, next: hostile}],
    updatedBaselines: [hostile],
  });
  const io = fakeIo();
  const text = report(io, [
    {type: 'notice', message: hostile},
    {type: 'build-warning', build: hostile, problem: {message: hostile}},
    ...events,
  ]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be gone
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(text).not.toMatch(/^\s*::/m);
  expect(text).not.toContain('##[');
  expect(text).toContain('owned');
});

describe('problems', () => {
  const problem = {message: 'no compiler', next: 'leakline doctor --fix'};

  it('are shown once, though they come as an event and in the summary', () => {
    const text = report(fakeIo(), [
      {type: 'build-failed', build: 'b', problem},
      {type: 'problem', problem},
      finished({results: [], problems: [problem], exitCode: 2}),
    ]);
    expect(text.match(/no compiler/g)).toHaveLength(1);
    expect(text).toContain('error: no compiler\n  Next: leakline doctor --fix\n');
    expect(text).toContain('b: build failed\n');
  });

  it('are not lost when a run ends early', () => {
    const text = report(fakeIo(), [
      {type: 'build-warning', build: 'b', problem: {message: 'no zlib'}},
      {type: 'problem', problem},
    ]);
    expect(text).toBe('warning: no zlib\n\nerror: no compiler\n  Next: leakline doctor --fix\n\n');
  });
});

it('tells a build in lines', () => {
  const build = 'cpython-3.13';
  const text = report(fakeIo(), [
    {type: 'build-started', build, fingerprint: 'f'},
    {type: 'source-missing', build, place: 'a', why: '404'},
    {type: 'download-progress', build, place: 'b', receivedBytes: 1},
    {type: 'build-waiting', build, what: 'the same build'},
    {type: 'build-step', build, step: 'compile'},
    {type: 'native-started', build, source: 'p.c'},
    {type: 'native-finished', build, source: 'p.c', durationMs: 1500},
    {type: 'native-failed', build, source: 'spam==1.0'},
    {type: 'notice', message: 'compiled once'},
  ]);
  expect(text).toBe(
    `cpython-3.13: build
cpython-3.13: no source at a: 404
cpython-3.13: wait for another process that makes the same build
cpython-3.13: make
cpython-3.13: compiled p.c in 1.5 s
cpython-3.13: spam==1.0 failed
note: compiled once
`,
  );
});

it('shows a run that is told again without its progress', () => {
  const io = fakeIo();
  const reporter = terminalReporter(standardOutput(io), io);
  replay(summary({results: passed, problems: [], exitCode: 0}), (event) => reporter.onEvent?.(event));
  expect(io.out()).toMatch(/^scenario {2}build/);
});

describe('the live display', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{CI: 'true'}, true, false],
    [{CI: ''}, true, true],
    [{CI: 'false'}, true, true],
    [{NO_COLOR: '1'}, true, false],
    [{NO_COLOR: ''}, true, true],
    [{TERM: 'dumb'}, true, false],
  ])('%j on a terminal: %s, shown: %s', (env, isTTY, shown) => {
    expect(wantsLive(env, {write: () => {}, isTTY})).toBe(shown);
  });

  it('prints what fails at once, and not what passes', () => {
    const io = fakeIo({tty: 80});
    const reporter = terminalReporter(standardOutput(io), io);
    for (const event of wholeRun().slice(0, -1)) reporter.onEvent?.(event);
    expect(io.out()).toContain('regressed');
    expect(io.out()).not.toContain('parse/table');
    void reporter.close?.();
  });

  it('leaves the lines of a log alone', () => {
    const terminal = fakeIo({tty: 80});
    const io: FakeIo = {...terminal, stdout: {write: terminal.stdout.write}};
    const text = report(io, wholeRun());
    expect(text).toContain('[1/9] passed      parse/table on cpython-3.13 (900 ms): 2 known leaks\n');
    expect(text).not.toContain(ESCAPE);
  });
});
