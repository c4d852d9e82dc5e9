import {describe, expect, it} from 'vitest';
import {errorsOf, exitFindings, totalsOf} from '../../../src/judge/findings.js';
import type {LossRecord} from '../../../src/valgrind/types.js';
import {
  BLOCK,
  cFrame,
  core,
  counts,
  ext,
  INTERPRETERS,
  LIST,
  libc,
  memcheck,
  memoryError,
  observation,
  place,
  python,
  record,
  section,
} from './make.js';

const findings = (atExit: readonly LossRecord[], floor: readonly LossRecord[] = []) =>
  exitFindings(observation({atExit}), floor, place);

const INTERNED = [memcheck(), core('PyObject_Malloc'), core('intern_constants'), core('init_builtins')];

describe('what is left at exit', () => {
  it('of an extension is told by signature, in whole numbers', () => {
    expect(findings([record({stack: LIST, blocks: 3, bytes: 168})])).toMatchObject([
      {type: 'leak', blocks: 3, bytes: 168, attribution: 'extension'},
    ]);
  });

  it('of the interpreter is summed up over all kinds', () => {
    const atExit = [
      record({stack: INTERPRETERS, kind: 'definite', blocks: 3, bytes: 300}),
      record({stack: INTERNED, kind: 'definite', blocks: 1, bytes: 10}),
      record({stack: INTERNED, kind: 'reachable', blocks: 2, bytes: 20}),
    ];
    expect(findings(atExit)).toEqual([
      {type: 'interpreter', id: 'total', kind: 'definite', blocks: 6, bytes: 330},
    ]);
  });

  it('is counted above the floor', () => {
    const floor = [
      record({stack: INTERNED, blocks: 2800, bytes: 150_000}),
      record({stack: BLOCK, blocks: 1, bytes: 24}),
    ];
    const atExit = [
      record({stack: INTERNED, blocks: 2803, bytes: 150_200}),
      record({stack: BLOCK, blocks: 3, bytes: 72}),
    ];
    expect(findings(atExit, floor)).toMatchObject([
      {type: 'leak', blocks: 2, bytes: 48},
      {type: 'interpreter', blocks: 3, bytes: 200},
    ]);
    expect(findings(floor, floor)).toEqual([]);
  });

  it('is nothing when it is less than the floor', () => {
    const less = [record({stack: INTERNED, blocks: 5}), record({stack: BLOCK, blocks: 1})];
    const floor = [record({stack: INTERNED, blocks: 9}), record({stack: BLOCK, blocks: 2})];
    expect(findings(less, floor)).toEqual([]);
  });

  it("leaves out the loader's blocks", () => {
    const loaders = [
      memcheck('calloc'),
      cFrame('_dl_new_object', '/lib64/ld-linux-x86-64.so.2'),
      cFrame('_dl_map_object', '/lib64/ld-linux-x86-64.so.2'),
      ext('load_plugin'),
      section('code'),
    ];
    expect(findings([record({stack: loaders})])).toEqual([]);
  });

  it("keeps an extension's function of a loader's name", () => {
    expect(findings([record({stack: [memcheck(), ext('dlopen_all'), section('code')]})])).toHaveLength(1);
    expect(findings([record({stack: [memcheck(), libc('strdup'), ext('f'), section('code')]})])).toHaveLength(
      1,
    );
  });

  it('counts descriptors before and after', () => {
    const measured = observation({
      resources: [counts({descriptors: 3}), counts({descriptors: 5})],
      openDescriptors: ['/tmp/a', 'socket:[1]'],
    });
    expect(exitFindings(measured, [], place)).toEqual([
      {type: 'resource', id: 'descriptors', count: 2, details: ['/tmp/a', 'socket:[1]']},
    ]);
  });

  it('does not mind descriptors that were closed, nor mappings', () => {
    const measured = observation({
      resources: [counts({descriptors: 5, mappings: 0}), counts({descriptors: 3, mappings: 9999})],
    });
    expect(exitFindings(measured, [], place)).toEqual([]);
  });
});

it('adds up totals by kind', () => {
  const records = [
    record({kind: 'definite', blocks: 2, bytes: 20}),
    record({kind: 'definite', blocks: 1, bytes: 5}),
    record({kind: 'indirect', blocks: 4, bytes: 40}),
  ];
  expect(totalsOf(records)).toEqual({
    definite: {blocks: 3, bytes: 25},
    indirect: {blocks: 4, bytes: 40},
    possible: {blocks: 0, bytes: 0},
    reachable: {blocks: 0, bytes: 0},
  });
});

describe('memory errors', () => {
  const errors = (...list: Parameters<typeof memoryError>[0][]) =>
    errorsOf(
      observation({errors: list.map((over, index) => ({error: memoryError(over), count: index + 1}))}),
      place,
    );

  it('at one place are one, however often valgrind tells them', () => {
    const elsewhere = [ext('read_past_end', {line: 99}), core('cfunction_vectorcall_O'), section()];
    expect(errors({}, {stacks: [{frames: elsewhere}]})).toMatchObject([{kind: 'InvalidRead', count: 3}]);
  });

  it('of different kinds at one place are different', () => {
    const ids = errors({}, {kind: 'InvalidWrite'}).map(({id}) => id);
    expect(new Set(ids).size).toBe(2);
  });

  it('of different sizes at one place are one', () => {
    expect(errors({what: 'Invalid read of size 4'}, {what: 'Invalid read of size 8'})).toMatchObject([
      {what: 'Invalid read of size 4', count: 3},
    ]);
  });

  it('tell where the block was allocated and freed', () => {
    const freed = {
      what: "Address 0x1 is 0 bytes inside a block of size 8 free'd",
      frames: [memcheck('free'), ext('drop')],
    };
    const [error] = errors({stacks: [{frames: [ext('use'), section()]}, freed]});
    expect(error?.related).toMatchObject([{what: freed.what, stack: [{name: 'free'}, {name: 'drop'}]}]);
    expect(error?.stack.map(({name}) => name)).toEqual(['use', 'body']);
  });

  it('are found without a stack', () => {
    expect(errors({stacks: []})).toMatchObject([{kind: 'InvalidRead', stack: [], related: []}]);
  });

  it('are named by where they happened, in Python too', () => {
    const [one] = errors({stacks: [{frames: [ext('f'), python('g', '/a/g.py'), section()]}]});
    const [other] = errors({stacks: [{frames: [ext('f'), python('h', '/a/g.py'), section()]}]});
    expect(one?.id).not.toBe(other?.id);
  });
});
