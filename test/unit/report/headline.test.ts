import {describe, expect, it} from 'vitest';
import type {Change, ScenarioResult} from '../../../src/judge/types.js';
import {changeText, headline} from '../../../src/report/text/headline.js';
import {entry, error, frame, interpreter, isNew, leak, resource, result} from './made.js';

const regressed = result({status: 'regressed'});
const exit = result({status: 'regressed', mode: 'exit'});

describe('headline of a change', () => {
  it.each<[string, ScenarioResult, Change, string]>([
    [
      'a new leak',
      regressed,
      isNew(leak()),
      'regressed: parse/error-path on cpython-3.13: +1 block (56 bytes) per iteration, list, PyList_New ← parse_row (parser.c:211) ← load (table.py)',
    ],
    [
      'a leak that has grown',
      exit,
      {verdict: 'grown', now: leak({blocks: 5, bytes: 280}), before: entry({blocks: 3, bytes: 168})},
      'regressed: parse/error-path on cpython-3.13: 5 blocks (280 bytes) at exit, was 3 blocks (168 bytes) at exit, list, PyList_New ← parse_row (parser.c:211) ← load (table.py)',
    ],
    [
      'a leak that has shrunk',
      result({status: 'improved'}),
      {verdict: 'shrunk', now: leak({blocks: 0.143, bytes: 8.01}), before: entry()},
      'improved: parse/error-path on cpython-3.13: +1 block (56 bytes) every 7 iterations, was +1 block (56 bytes) per iteration, list, PyList_New ← parse_row (parser.c:211) ← load (table.py)',
    ],
    [
      'a leak that is gone',
      result({status: 'improved'}),
      {verdict: 'fixed', before: entry()},
      'improved: parse/error-path on cpython-3.13: no longer +1 block (56 bytes) per iteration, PyList_New ← parse_row (parser) ← load (table.py) ← body',
    ],
    [
      'a known leak',
      result(),
      {verdict: 'known', now: leak({objects: []}), before: entry()},
      'known: parse/error-path on cpython-3.13: +1 block (56 bytes) per iteration, PyList_New ← parse_row (parser.c:211) ← load (table.py)',
    ],
    [
      'a finding without a baseline',
      result({status: 'unbaselined', mode: 'exit'}),
      isNew(interpreter()),
      'unbaselined: parse/error-path on cpython-3.13: interpreter: 12 blocks (1,204 bytes) at exit above an empty script',
    ],
    [
      'a memory error',
      regressed,
      isNew(error()),
      'regressed: parse/error-path on cpython-3.13: Invalid read of size 4, 3 times, parse_row (parser.c:211) ← load (table.py)',
    ],
    [
      'a memory error that is more frequent',
      exit,
      {verdict: 'grown', now: error(), before: entry({type: 'error', count: 1})},
      'regressed: parse/error-path on cpython-3.13: Invalid read of size 4, 3 times, was once, parse_row (parser.c:211) ← load (table.py)',
    ],
    [
      'a memory error that is gone',
      exit,
      {verdict: 'fixed', before: entry({type: 'error', kind: 'InvalidRead', count: 1, stack: 'f (m)'})},
      'improved: parse/error-path on cpython-3.13: no longer InvalidRead, once, f (m)',
    ],
    [
      'descriptors',
      regressed,
      isNew(resource()),
      'regressed: parse/error-path on cpython-3.13: +1 file descriptor per iteration, /tmp/table.csv',
    ],
  ])('%s', (_, of, change, text) => expect(headline(of, change)).toBe(text));
});

describe('amounts', () => {
  it.each([
    ['growth', 1, 56, '+1 block (56 bytes) per iteration'],
    ['growth', 3, 1234, '+3 blocks (1,234 bytes) per iteration'],
    ['growth', 1.5, 84, '+1.5 blocks (84 bytes) per iteration'],
    ['growth', 1 / 7, 8, '+1 block (56 bytes) every 7 iterations'],
    ['growth', 0.5, 24, '+1 block (48 bytes) every 2 iterations'],
    ['growth', 0.4, 20, '+0.4 blocks (20 bytes) per iteration'],
    ['growth', 0.001, 0.1, '+1 block (100 bytes) every 1000 iterations'],
    ['growth', 0, 24, '+24 bytes per iteration'],
    ['growth', 0, 1, '+1 byte per iteration'],
    ['exit', 1, 1, '1 block (1 byte) at exit'],
    ['exit', 2800, 150_000, '2,800 blocks (150,000 bytes) at exit'],
  ] as const)('%s: %d blocks, %d bytes', (mode, blocks, bytes, text) => {
    expect(changeText({mode}, isNew(leak({blocks, bytes, frames: [], objects: []})))).toBe(text);
  });

  it.each([
    ['growth', 'threads', 1, '+1 thread per iteration'],
    ['growth', 'children', 0.5, '+1 child process every 2 iterations'],
    ['growth', 'mappings', 4096, '+4,096 bytes of anonymous mappings per iteration'],
    ['exit', 'descriptors', 2, '2 file descriptors left at exit'],
  ] as const)('%s: %s', (mode, id, count, text) => {
    expect(changeText({mode}, isNew(resource({id, count, details: []})))).toBe(text);
  });

  it('survives a resource that a person wrote into a baseline', () => {
    const before = entry({type: 'resource', id: 'semaphores', count: 1, stack: ''});
    expect(changeText({mode: 'exit'}, {verdict: 'fixed', before})).toBe(
      'no longer 1 semaphores left at exit',
    );
  });
});

describe('frames of a headline', () => {
  const framesOf = (frames: readonly (typeof frame)[keyof typeof frame][]) =>
    changeText({mode: 'exit'}, isNew(leak({blocks: 1, bytes: 1, frames, objects: []}))).split('at exit, ')[1];

  it.each([
    [[frame.parseRow], 'parse_row (parser.c:211)'],
    [
      [frame.listNew, frame.evalFrame, frame.runMain, frame.main],
      'PyList_New ← _PyEval_EvalFrameDefault ← Py_RunMain',
    ],
    [
      [
        frame.listNew,
        frame.vectorcall,
        frame.parseRow,
        frame.parseAll,
        frame.parseRow,
        frame.load,
        frame.body,
      ],
      'PyList_New ← parse_row (parser.c:211) ← parse_all (parser.c:300) ← load (table.py)',
    ],
  ])('%#', (frames, text) => expect(framesOf(frames)).toBe(text));
});

describe('objects of a headline', () => {
  const object = (type: string) => ({type, count: 1, values: []});
  it.each([
    [[object('dict'), object('list')], 'dict and 1 other type'],
    [[object('dict'), object('list'), object('str')], 'dict and 2 other types'],
  ])('%#', (objects, text) => {
    expect(changeText({mode: 'exit'}, isNew(leak({objects, frames: []})))).toBe(
      `1 block (56 bytes) at exit, ${text}`,
    );
  });
});

describe('headline of a result', () => {
  it.each<[Partial<ScenarioResult>, string]>([
    [{}, 'passed: parse/error-path on cpython-3.13'],
    [
      {status: 'failed', failure: {reason: 'exception', message: 'ValueError: no', line: 4, output: ''}},
      'failed: parse/error-path on cpython-3.13: ValueError: no (scenarios/parse/error-path.yaml:4)',
    ],
    [
      {status: 'timed-out', failure: {reason: 'timed-out', message: 'took longer than 60 s', output: ''}},
      'timed out: parse/error-path on cpython-3.13: took longer than 60 s',
    ],
    [
      {status: 'unbaselined'},
      'unbaselined: parse/error-path on cpython-3.13: no baseline, and nothing is left behind',
    ],
    [
      {status: 'unbaselined', changes: [isNew(leak()), isNew(error()), isNew(error({id: 'b'}))]},
      'unbaselined: parse/error-path on cpython-3.13: no baseline, and 1 new leak, 2 new memory errors',
    ],
    [{status: 'skipped', notes: ['not today']}, 'skipped: parse/error-path on cpython-3.13: not today'],
    [{scenario: 'a\nb\u001b[1m'}, 'passed: a b\\x1b[1m on cpython-3.13'],
  ])('%#', (over, text) => expect(headline(result(over))).toBe(text));
});
