import {describe, expect, it} from 'vitest';
import {addUp, childFindings} from '../../../src/judge/children.js';
import {errorsOf, exitFindings} from '../../../src/judge/findings.js';
import type {ChildObservation} from '../../../src/run/observation.js';
import {
  BLOCK,
  core,
  delta,
  INTERPRETERS,
  interpreter,
  LIST,
  leak,
  memcheck,
  memoryError,
  observation,
  place,
  record,
  resource,
} from './make.js';

const child = (over: Partial<ChildObservation> = {}): ChildObservation => ({
  name: 'overrun --once',
  atExit: [],
  sinceFork: [],
  wasKilled: false,
  ...over,
});

const INTERNED = [memcheck(), core('PyObject_Malloc'), core('intern_constants'), core('init_builtins')];

describe('what children left behind', () => {
  it('is told with the process that did', () => {
    const found = childFindings([child({atExit: [record({blocks: 2, bytes: 48})]})], [], place);
    expect(found).toMatchObject([{type: 'leak', blocks: 2, bytes: 48, child: 'overrun --once'}]);
  });

  it('is counted above the floor where a program was started', () => {
    const floor = [record({stack: INTERNED, blocks: 2800, bytes: 150_000})];
    const atExit = [record({stack: INTERNED, blocks: 2803, bytes: 150_200}), record({stack: BLOCK})];
    expect(childFindings([child({atExit})], floor, place)).toMatchObject([
      {type: 'leak', blocks: 1},
      {type: 'interpreter', blocks: 3, bytes: 200},
    ]);
  });

  it('is what changed where it was forked: a block of another kind is no other block', () => {
    const sinceFork = [
      delta(2, 48, {stack: BLOCK}),
      delta(-1, -56, {stack: LIST, kind: 'reachable'}),
      delta(1, 56, {stack: LIST, kind: 'possible'}),
      delta(5, 300, {stack: INTERPRETERS}),
      delta(-2, -20, {stack: INTERNED}),
    ];
    expect(childFindings([child({sinceFork})], [record({blocks: 9})], place)).toMatchObject([
      {type: 'leak', blocks: 2, bytes: 48},
      {type: 'interpreter', blocks: 3, bytes: 280},
    ]);
  });

  it('is nothing where a fork gave back what it inherited', () => {
    const sinceFork = [delta(-3, -72), delta(-2000, -90_000, {stack: INTERNED})];
    expect(childFindings([child({sinceFork})], [], place)).toEqual([]);
  });

  it('is added to what the scenario left behind itself, whose it is then', () => {
    const own = exitFindings(observation({atExit: [record({blocks: 1, bytes: 24})]}), [], place);
    const twice = childFindings(
      [child({atExit: [record({blocks: 2, bytes: 48})]}), child({sinceFork: [delta(3, 72)]})],
      [],
      place,
    );
    const [sum, ...others] = addUp([...own, ...twice]);
    expect(sum).toMatchObject({blocks: 6, bytes: 144});
    expect(sum).not.toHaveProperty('child');
    expect(others).toEqual([]);
  });
});

it('adds up only what has one id and one type', () => {
  const findings = [leak(), interpreter(), resource(), leak({id: 'b'}), interpreter({blocks: 2, bytes: 10})];
  expect(addUp(findings)).toEqual([
    leak(),
    interpreter({blocks: 6, bytes: 410}),
    resource(),
    leak({id: 'b'}),
  ]);
});

it('tells the child that had an error, unless the scenario had it itself', () => {
  const ofChild = {error: memoryError(), count: 2, child: 'overrun'};
  const own = {error: memoryError(), count: 1};
  expect(errorsOf({errors: [ofChild, {...ofChild, child: 'other'}]}, place)).toMatchObject([
    {count: 4, child: 'overrun'},
  ]);
  const [both] = errorsOf({errors: [own, ofChild]}, place);
  expect(both).toMatchObject({count: 3});
  expect(both).not.toHaveProperty('child');
});
