import type {
  BaselineEntry,
  Change,
  ErrorFinding,
  InterpreterFinding,
  LeakFinding,
  NamedFrame,
  ResourceFinding,
  ScenarioResult,
} from '../../../src/judge/types.js';
import type {RunSummary} from '../../../src/report/events.js';

export const frame = {
  malloc: {origin: 'system', name: 'malloc', file: 'vg_replace_malloc.c', line: 393},
  rawMalloc: {origin: 'interpreter', name: '_PyMem_RawMalloc', file: 'obmalloc.c', line: 46},
  gcNew: {origin: 'interpreter', name: '_PyObject_GC_New', file: 'gc.c', line: 1963},
  listNew: {origin: 'interpreter', name: 'PyList_New', file: 'listobject.c', line: 187},
  parseRow: {
    origin: 'extension',
    name: 'parse_row',
    module: 'parser',
    file: 'parser.c',
    path: '/checkout/src/parser.c',
    line: 211,
  },
  parseAll: {origin: 'extension', name: 'parse_all', module: 'parser', file: 'parser.c', line: 300},
  vectorcall: {origin: 'interpreter', name: 'PyObject_Vectorcall', file: 'call.c', line: 327},
  evalFrame: {origin: 'interpreter', name: '_PyEval_EvalFrameDefault', file: 'ceval.c', line: 815},
  load: {origin: 'python', name: 'load', file: 'table.py', path: '/checkout/table.py'},
  body: {origin: 'python', name: 'body', file: 'error-path.yaml', path: '/checkout/error-path.yaml'},
  runMain: {origin: 'interpreter', name: 'Py_RunMain', file: 'main.c', line: 776},
  main: {origin: 'interpreter', name: 'main', file: 'python.c', line: 15},
} as const satisfies Record<string, NamedFrame>;

export const stack: readonly NamedFrame[] = [
  frame.malloc,
  frame.rawMalloc,
  frame.gcNew,
  frame.listNew,
  frame.parseRow,
  frame.vectorcall,
  frame.evalFrame,
  frame.load,
  frame.evalFrame,
  frame.body,
  frame.evalFrame,
  frame.runMain,
  frame.main,
];

export const leak = (over: Partial<LeakFinding> = {}): LeakFinding => ({
  type: 'leak',
  id: '3f2a9c01d2e4',
  kind: 'reachable',
  blocks: 1,
  bytes: 56,
  attribution: 'extension',
  frames: [frame.listNew, frame.parseRow, frame.load, frame.body],
  stack,
  intervals: [100, 100, 100],
  objects: [{type: 'list', count: 10, refcount: 1, values: []}],
  ...over,
});

export const error = (over: Partial<ErrorFinding> = {}): ErrorFinding => ({
  type: 'error',
  id: 'aaaabbbbcccc',
  kind: 'InvalidRead',
  what: 'Invalid read of size 4',
  count: 3,
  frames: [frame.parseRow, frame.load],
  stack: [frame.parseRow, frame.vectorcall, frame.evalFrame, frame.load],
  related: [
    {what: "Address 0x5a is 0 bytes inside a block of size 24 free'd", stack: [frame.malloc, frame.parseAll]},
    {what: "Block was alloc'd at", stack: [frame.malloc, frame.parseRow]},
  ],
  ...over,
});

export const resource = (over: Partial<ResourceFinding> = {}): ResourceFinding => ({
  type: 'resource',
  id: 'descriptors',
  count: 1,
  details: ['/tmp/table.csv'],
  ...over,
});

export const interpreter = (over: Partial<InterpreterFinding> = {}): InterpreterFinding => ({
  type: 'interpreter',
  id: 'total',
  kind: 'definite',
  blocks: 12,
  bytes: 1204,
  ...over,
});

export const entry = (over: Partial<BaselineEntry> = {}): BaselineEntry => ({
  type: 'leak',
  id: '3f2a9c01d2e4',
  kind: 'reachable',
  blocks: 1,
  bytes: 56,
  stack: 'PyList_New ← parse_row (parser) ← load (table.py) ← body',
  ...over,
});

export const isNew = (now: Extract<Change, {verdict: 'new'}>['now']): Change => ({verdict: 'new', now});

export const result = (over: Partial<ScenarioResult> = {}): ScenarioResult => ({
  scenario: 'parse/error-path',
  build: 'cpython-3.13',
  mode: 'growth',
  file: 'scenarios/parse/error-path.yaml',
  status: 'passed',
  durationMs: 1234,
  isolation: 'fork',
  cached: false,
  changes: [],
  hadBaseline: false,
  iterations: 100,
  suppressions: [],
  notes: [],
  ...over,
});

const known = (count: number): Change[] =>
  Array.from({length: count}, (_, index) => {
    const id = `00000000000${index}`;
    return {verdict: 'known', now: leak({id}), before: entry({id})};
  });

/** One result of every status, growth and exit, with findings of every type and every verdict. */
export const results: readonly ScenarioResult[] = [
  result({scenario: 'parse/table', durationMs: 900, changes: known(2)}),
  result({scenario: 'smoke', cached: true}),
  result({
    status: 'regressed',
    description: 'A row with too few cells must not leak the row.\n',
    changes: [isNew(leak()), ...known(1)],
    notes: ['measured again with 1,000 iterations: a new leak is to be confirmed'],
    suppressions: [
      {name: 'dl-init', count: 40},
      {name: 'interned-strings', count: 1200},
    ],
  }),
  result({
    scenario: 'parse/grown',
    status: 'regressed',
    mode: 'exit',
    changes: [
      {
        verdict: 'grown',
        now: leak({id: '111111111111', blocks: 5, bytes: 280, kind: 'definite', attribution: 'interpreter'}),
        before: entry({
          id: '111111111111',
          blocks: 3,
          bytes: 168,
          note: 'Known since 2.1.',
          issue: 'https://example.org/7',
        }),
      },
      isNew(error()),
      isNew(resource({count: 2})),
      isNew(interpreter()),
    ],
  }),
  result({
    scenario: 'parse/mended',
    status: 'improved',
    hadBaseline: true,
    changes: [
      {verdict: 'fixed', before: entry()},
      {
        verdict: 'shrunk',
        now: leak({id: '222222222222', blocks: 1 / 7, bytes: 8}),
        before: entry({id: '222222222222', blocks: 1, bytes: 56}),
      },
    ],
  }),
  result({
    scenario: 'exit/first-time',
    status: 'unbaselined',
    mode: 'exit',
    changes: [isNew(leak({blocks: 4, bytes: 224})), isNew(interpreter())],
  }),
  result({
    scenario: 'parse/broken',
    status: 'failed',
    failure: {
      reason: 'exception',
      message: 'ValueError: bad row',
      line: 12,
      output:
        'Traceback (most recent call last):\n  File "broken.yaml", line 12, in body\nValueError: bad row\n',
    },
  }),
  result({
    scenario: 'parse/slow',
    status: 'timed-out',
    durationMs: 60_000,
    failure: {reason: 'timed-out', message: 'took longer than 60 s', output: ''},
  }),
  result({scenario: 'parse/later', status: 'skipped', durationMs: 0, notes: ['needs valgrind 3.21']}),
];

export const summary = (over: Partial<RunSummary> = {}): RunSummary => ({
  leaklineVersion: '0.1.0',
  valgrindVersion: '3.19.0',
  jobs: 2,
  startedAt: '2026-02-03T01:02:03.000Z',
  durationMs: 12_345,
  total: (over.results ?? results).length,
  results,
  problems: [
    {
      file: 'scenarios/json.yaml',
      line: 12,
      column: 1,
      message: 'unknown key "iteratons", did you mean "iterations"?',
      source: 'iteratons: 100',
    },
  ],
  interrupted: false,
  updatedBaselines: [],
  exitCode: 1,
  ...over,
});
