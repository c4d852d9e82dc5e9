import {describe, expect, it} from 'vitest';
import {failureOf} from '../../../src/judge/failure.js';
import type {Observation} from '../../../src/run/observation.js';
import {ext, memcheck, observation, section} from './make.js';

const GROWTH = {checkpoints: 3, allocator: 'malloc', gil: false};
const measured = {intervals: [[], [], []]};
const exception = {
  section: 'body',
  message: 'ValueError: no',
  line: 12,
  traceback: 'Traceback …\nValueError: no\n',
};

describe('a measurement', () => {
  it.each([
    ['of growth', measured, GROWTH],
    ['at exit', {}, {allocator: 'malloc'}],
    ['of a program', {allocator: undefined}, {}],
    ['without a word of the allocator', {...measured, allocator: undefined}, GROWTH],
  ])('%s that ran to its end is no failure', (_, over, completion) => {
    const {allocator, ...rest} = {allocator: 'malloc' as string | undefined, ...over};
    const {allocator: __, ...base} = observation(rest);
    expect(failureOf({...base, ...(allocator === undefined ? {} : {allocator})}, completion)).toBeUndefined();
  });

  const failure = (over: Partial<Observation>) => failureOf(observation({...measured, ...over}), GROWTH);

  it.each([
    [
      'did not start',
      {outcome: {reason: 'not-started', message: 'spawn ENOENT'}},
      'environment',
      'could not be started: spawn ENOENT',
    ],
    ['was interrupted', {outcome: {reason: 'aborted'}}, 'incomplete', 'was interrupted'],
    [
      'took too long',
      {outcome: {reason: 'timed-out', timeoutMs: 1500}},
      'timed-out',
      'did not end within 1.5 s',
    ],
    ['crashed', {outcome: {reason: 'signalled', signal: 'SIGSEGV'}}, 'signal', 'was ended by SIGSEGV'],
    ['raised', {exception, outcome: {reason: 'exited', code: 1}}, 'exception', 'ValueError: no in body'],
    ['raised and ended well', {exception}, 'exception', 'ValueError: no in body'],
    [
      'left with a code',
      {outcome: {reason: 'exited', code: 7}, completed: false},
      'exit-code',
      'ended with exit code 7',
    ],
    [
      'left with a code at its end',
      {outcome: {reason: 'exited', code: 7}},
      'exit-code',
      'ended with exit code 7',
    ],
    ['left before its end', {completed: false}, 'incomplete', 'left before its end after 3 of 3 intervals'],
    [
      'left before a checkpoint',
      {intervals: [[]]},
      'incomplete',
      'left before its end after 1 of 3 intervals',
    ],
    [
      'has another allocator',
      {allocator: 'pymalloc'},
      'allocator',
      'runs with the allocator pymalloc, where malloc was promised',
    ],
    [
      'has its GIL again',
      {gil: true},
      'gil',
      'runs with the GIL, which a free-threaded build is to do without',
    ],
    [
      'left half an XML',
      {xmlProblem: 'the text ends'},
      'incomplete',
      "valgrind's XML is not whole: the text ends",
    ],
  ] as const)('that %s is one', (_, over, reason, message) => {
    expect(failure(over)).toMatchObject({reason, message});
  });

  it('that left before its end says so without intervals in exit mode', () => {
    expect(failureOf(observation({completed: false}), {allocator: 'malloc'})?.message).toBe(
      'left before its end',
    );
  });

  it('shows the traceback of what was raised, with its line, else what was printed', () => {
    expect(failure({exception, output: 'printed'})).toMatchObject({
      line: 12,
      output: exception.traceback.trimEnd(),
    });
    expect(failure({outcome: {reason: 'timed-out', timeoutMs: 1}, output: 'printed'})?.output).toBe(
      'printed',
    );
  });

  it('shows where it crashed, before what was printed', () => {
    const crashed = failure({
      outcome: {reason: 'signalled', signal: 'SIGSEGV'},
      fatalSignal: {signal: 'SIGSEGV', stack: [ext('read_freed'), memcheck('strlen'), section()]},
      output: 'printed',
    });
    expect(crashed?.output.split('\n')).toEqual([
      'SIGSEGV in',
      '  read_freed (leaky.c:20)',
      '  strlen (vgpreload_memcheck-amd64-linux.so)',
      '  body (list.yaml)',
      'printed',
    ]);
  });

  it('shows a crash that Python turned into an exit, too', () => {
    const crashed = failure({
      outcome: {reason: 'exited', code: 139},
      fatalSignal: {signal: 'SIGSEGV', stack: [ext('read_freed')]},
    });
    expect(crashed).toMatchObject({reason: 'exit-code', output: 'SIGSEGV in\n  read_freed (leaky.c:20)'});
  });

  it('is interrupted before it is anything else', () => {
    expect(failure({outcome: {reason: 'aborted'}, exception, allocator: 'pymalloc'})?.message).toBe(
      'was interrupted',
    );
  });
});
