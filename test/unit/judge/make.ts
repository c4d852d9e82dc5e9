import type {Place} from '../../../src/judge/group.js';
import type {
  BaselineEntry,
  ErrorFinding,
  InterpreterFinding,
  LeakFinding,
  NamedFrame,
  ResourceFinding,
  ScenarioResult,
} from '../../../src/judge/types.js';
import type {Observation, ResourceCounts} from '../../../src/run/observation.js';
import type {Frame, LeakKind, LossRecord, MemoryError, Stack} from '../../../src/valgrind/types.js';

export const PREFIX = '/cache/builds/cpython-3.13/prefix';
export const SCENARIO = 'scenarios/leaky/list.yaml';
export const place: Place = {prefix: PREFIX, scenarioFile: SCENARIO};

let address = 0x4000000;

/** A C frame of an object; the address is another one each time, as in real life. */
export function cFrame(fn: string, object: string, over: Partial<Frame> = {}): Frame {
  address += 0x40;
  return {ip: `0x${address.toString(16).toUpperCase()}`, object, function: fn, ...over};
}

export const memcheck = (fn = 'malloc') =>
  cFrame(fn, '/usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so');
export const core = (fn: string, over: Partial<Frame> = {}) =>
  cFrame(fn, `${PREFIX}/bin/python3.13`, {file: 'object.c', line: 10, ...over});
export const libc = (fn: string) => cFrame(fn, '/usr/lib/x86_64-linux-gnu/libc.so.6');
export const ext = (fn: string, over: Partial<Frame> = {}) =>
  cFrame(fn, '/env/1a2b/leaky.cpython-313-x86_64-linux-gnu.so', {file: 'leaky.c', line: 20, ...over});
export const probe = (fn: string) => cFrame(fn, '/cache/probes/9f/leakline_probe.so');
export const python = (fn: string, file: string): Frame => ({
  ip: '0x5000010',
  language: 'python',
  function: fn,
  file,
});
export const section = (name = 'body') => python(name, SCENARIO);
export const bare = (ip = '0x5FF0'): Frame => ({ip});

/** What is outside of a scenario's section in a process of its own, and in a fork server's child. */
export const OUTSIDE_PROCESS: Stack = [
  core('PyEval_EvalCode'),
  probe('run_body'),
  probe('measure'),
  core('_PyEval_EvalFrameDefault'),
  python('run', '/dist/probe/leakline_agent/growth.py'),
  python('run_file', '/dist/probe/leakline_agent/task.py'),
  core('pymain_run_file'),
  core('Py_RunMain'),
  core('main'),
  libc('__libc_start_main@@GLIBC_2.34'),
];
export const OUTSIDE_FORK: Stack = [
  core('PyEval_EvalCode'),
  probe('run_body'),
  probe('measure'),
  python('run_child', '/dist/probe/leakline_agent/server.py'),
  python('serve', '/dist/probe/leakline_agent/server.py'),
  core('Py_RunMain'),
];

/** A list that `leaky_list` keeps a reference to. */
export const LIST: Stack = [
  memcheck(),
  core('_PyObject_GC_New'),
  core('PyList_New'),
  ext('leaky_list'),
  core('cfunction_vectorcall_NOARGS'),
  core('_PyEval_EvalFrameDefault'),
  python('make_rows', SCENARIO),
  section(),
  ...OUTSIDE_PROCESS,
];

/** A block that an extension loses. */
export const BLOCK: Stack = [memcheck(), ext('lose_block'), core('cfunction_vectorcall_O'), section()];

/** A leak of the interpreter's own. */
export const INTERPRETERS: Stack = [
  memcheck(),
  core('PyMem_Malloc'),
  core('new_context'),
  core('context_run'),
  section(),
];

export const record = (over: Partial<LossRecord> = {}): LossRecord => ({
  type: 'loss-record',
  kind: 'definite',
  blocks: 1,
  bytes: 24,
  stack: BLOCK,
  ...over,
});

/** A record of a delta check. */
export const delta = (
  blocksChange: number,
  bytesChange: number,
  over: Partial<LossRecord> = {},
): LossRecord => record({blocksChange, bytesChange, blocks: Math.max(0, blocksChange), bytes: 1000, ...over});

/** Intervals in which `stack` gained so many blocks. */
export const gains = (
  blocks: readonly number[],
  {stack = BLOCK, bytesPerBlock = 24, kind = 'definite' as LeakKind} = {},
): readonly (readonly LossRecord[])[] =>
  blocks.map((gain) => (gain === 0 ? [] : [delta(gain, gain * bytesPerBlock, {stack, kind})]));

export const counts = (over: Partial<ResourceCounts> = {}): ResourceCounts => ({
  descriptors: 10,
  threads: 1,
  children: 0,
  mappings: 4096,
  ...over,
});

export const observation = (over: Partial<Observation> = {}): Observation => ({
  outcome: {reason: 'exited', code: 0},
  durationMs: 1000,
  isolation: 'process',
  output: '',
  completed: true,
  allocator: 'malloc',
  intervals: [],
  resources: [],
  openDescriptors: [],
  atExit: [],
  errors: [],
  suppressions: [],
  inspected: [],
  ...over,
});

export const memoryError = (over: Partial<MemoryError> = {}): MemoryError => ({
  type: 'error',
  unique: '0x1',
  kind: 'InvalidRead',
  what: 'Invalid read of size 4',
  stacks: [{frames: [ext('read_past_end'), core('cfunction_vectorcall_O'), section()]}],
  ...over,
});

const frames: readonly NamedFrame[] = [{origin: 'extension', name: 'leaky_list', module: 'leaky'}];

export const leak = (over: Partial<LeakFinding> = {}): LeakFinding => ({
  type: 'leak',
  id: 'aaaaaaaaaaaa',
  kind: 'definite',
  blocks: 1,
  bytes: 56,
  attribution: 'extension',
  frames,
  stack: frames,
  ...over,
});

export const error = (over: Partial<ErrorFinding> = {}): ErrorFinding => ({
  type: 'error',
  id: 'eeeeeeeeeeee',
  kind: 'InvalidRead',
  what: 'Invalid read of size 4',
  count: 3,
  frames,
  stack: frames,
  related: [],
  ...over,
});

export const resource = (over: Partial<ResourceFinding> = {}): ResourceFinding => ({
  type: 'resource',
  id: 'descriptors',
  count: 1,
  details: [],
  ...over,
});

export const interpreter = (over: Partial<InterpreterFinding> = {}): InterpreterFinding => ({
  type: 'interpreter',
  id: 'total',
  kind: 'definite',
  blocks: 4,
  bytes: 400,
  ...over,
});

export const entry = (over: Partial<BaselineEntry> = {}): BaselineEntry => ({
  type: 'leak',
  id: 'aaaaaaaaaaaa',
  kind: 'definite',
  blocks: 1,
  bytes: 56,
  stack: 'leaky_list (leaky)',
  ...over,
});

export const result = (over: Partial<ScenarioResult> = {}): ScenarioResult => ({
  scenario: 'leaky/list',
  build: 'cpython-3.13',
  mode: 'growth',
  file: SCENARIO,
  status: 'passed',
  durationMs: 1000,
  isolation: 'fork',
  cached: false,
  changes: [],
  hadBaseline: false,
  suppressions: [],
  notes: [],
  ...over,
});
