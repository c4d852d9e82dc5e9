import {describe, expect, it} from 'vitest';
import {growthsOf} from '../../../src/judge/findings.js';
import type {Observation} from '../../../src/run/observation.js';
import {BLOCK, counts, delta, gains, INTERPRETERS, LIST, observation, place, record} from './make.js';

const ITERATIONS = 10;
const growths = (over: Partial<Observation>) => growthsOf(observation(over), ITERATIONS, place);

describe('what grew', () => {
  it('is nothing when nothing changed', () => {
    expect(growths({intervals: [[], [], []]})).toEqual([]);
  });

  it('is told per iteration, with what each interval gained', () => {
    expect(
      growths({intervals: gains([10, 10, 10], {stack: LIST, bytesPerBlock: 56, kind: 'reachable'})}),
    ).toMatchObject([
      {
        trend: 'steady',
        finding: {
          type: 'leak',
          kind: 'reachable',
          blocks: 1,
          bytes: 56,
          intervals: [10, 10, 10],
          attribution: 'extension',
        },
      },
    ]);
  });

  it('is steady though each interval has another kind', () => {
    const intervals = [
      [delta(10, 240, {kind: 'reachable'})],
      [delta(-10, -240, {kind: 'reachable'}), delta(20, 480, {kind: 'possible'})],
      [delta(10, 240, {kind: 'definite'})],
    ];
    expect(growths({intervals})).toMatchObject([
      {trend: 'steady', finding: {blocks: 1, intervals: [10, 10, 10]}},
    ]);
  });

  it('is nothing when a record comes and goes', () => {
    expect(growths({intervals: gains([10, -10, 0])})).toEqual([]);
  });

  it('is unsteady when an interval is left out', () => {
    expect(growths({intervals: gains([10, 0, 10])})).toMatchObject([
      {trend: 'unsteady', finding: {intervals: [10, 0, 10]}},
    ]);
  });

  it('is one in seven as a fraction', () => {
    const measured = observation({intervals: gains([10, 10, 10])});
    expect(growthsOf(measured, 70, place)).toMatchObject([{trend: 'steady', finding: {blocks: 1 / 7}}]);
  });

  it('is told for each signature apart', () => {
    const both = [
      [delta(10, 240), delta(10, 560, {stack: LIST})],
      [delta(10, 240), delta(10, 560, {stack: LIST})],
    ];
    expect(growths({intervals: both})).toHaveLength(2);
  });

  it("names the interpreter's own", () => {
    expect(growths({intervals: gains([10, 10], {stack: INTERPRETERS})})).toMatchObject([
      {finding: {attribution: 'interpreter', interpreterId: expect.stringMatching(/^[0-9a-f]{12}$/)}},
    ]);
  });
});

describe('a buffer that grows without a new block', () => {
  const bytes = (amounts: readonly number[], blocks: readonly number[] = []) =>
    growths({
      intervals: amounts.map((amount, index) => [delta(blocks[index] ?? 0, amount, {kind: 'reachable'})]),
    });

  it('leaks when it grows by as much each time', () => {
    expect(bytes([160, 160, 160])).toMatchObject([
      {trend: 'steady', finding: {blocks: 0, bytes: 16, kind: 'reachable', intervals: [0, 0, 0]}},
    ]);
  });

  it('is unsteady when it doubles', () => {
    expect(bytes([1024, 2048, 4096])).toMatchObject([{trend: 'unsteady', finding: {blocks: 0}}]);
  });

  it('is nothing when it shrinks again', () => {
    expect(bytes([160, -160, 0])).toEqual([]);
  });

  it('leaks though a block comes beside it once', () => {
    expect(bytes([160, 184, 160], [0, 1, 0])).toMatchObject([{trend: 'steady'}]);
  });

  it('leaks though a block goes beside it once, with no less than no blocks', () => {
    expect(bytes([184, 160, 160], [-1, 0, 0])).toMatchObject([{trend: 'steady', finding: {blocks: 0}}]);
  });

  it('is no leak of a cache that gains blocks in some intervals', () => {
    expect(bytes([240, 24, 0], [10, 1, 0])).toMatchObject([{trend: 'unsteady'}]);
  });
});

describe('what the blocks are', () => {
  const objects = (type: string, count: number, refcount?: number) => ({
    type,
    count,
    ...(refcount === undefined ? {} : {refcount}),
    values: [`'${type}'`],
  });

  it('is what was found in the records of the last interval', () => {
    const intervals = [
      [delta(10, 240, {recordNumber: 3})],
      [delta(10, 240, {recordNumber: 4}), delta(10, 560, {stack: LIST, recordNumber: 9})],
    ];
    const inspected = [
      {recordNumber: 3, objects: [objects('old', 10, 1)]},
      {recordNumber: 4, objects: [objects('list', 10, 1)]},
      {recordNumber: 9, objects: [objects('dict', 10, 1)]},
    ];
    const [block] = growths({intervals, inspected}).filter(
      ({finding}) => finding.type === 'leak' && finding.frames[0]?.name === 'lose_block',
    );
    expect(block?.finding).toMatchObject({objects: [objects('list', 10, 1)]});
  });

  it('is added up over records, and has no reference count where they differ', () => {
    const intervals = [
      [delta(10, 240, {recordNumber: 1}), delta(5, 120, {recordNumber: 2, kind: 'possible'})],
    ];
    const inspected = [
      {recordNumber: 1, objects: [objects('list', 10, 1), objects('str', 2, 1)]},
      {recordNumber: 2, objects: [objects('list', 5, 2)]},
    ];
    expect(growths({intervals, inspected})[0]?.finding).toHaveProperty('objects', [
      {type: 'list', count: 15, values: ["'list'", "'list'"]},
      objects('str', 2, 1),
    ]);
  });

  it('is left out where nothing was looked at', () => {
    expect(growths({intervals: gains([10, 10])})[0]?.finding).not.toHaveProperty('objects');
  });
});

describe('resources', () => {
  const rows = (name: 'descriptors' | 'threads' | 'children' | 'mappings', values: readonly number[]) =>
    values.map((value) => counts({[name]: value}));

  it.each([
    ['descriptors', [10, 20, 30], 1],
    ['threads', [1, 11, 21], 1],
    ['children', [0, 10, 20], 1],
    ['mappings', [0, 40_960, 81_920], 4096],
  ] as const)('%s that stay are a leak', (id, values, count) => {
    expect(growths({resources: rows(id, values)})).toMatchObject([
      {trend: 'steady', finding: {type: 'resource', id, count}},
    ]);
  });

  it('that go up and down are none', () => {
    expect(growths({resources: rows('descriptors', [10, 12, 10])})).toEqual([]);
  });

  it('that came once are unsteady', () => {
    expect(growths({resources: rows('threads', [1, 1, 4])})).toMatchObject([{trend: 'unsteady'}]);
  });

  it('of a single checkpoint say nothing', () => {
    expect(growths({resources: rows('descriptors', [10])})).toEqual([]);
  });

  it('tell what descriptors are open on', () => {
    const opened = {resources: rows('descriptors', [10, 20]), openDescriptors: ['/tmp/x']};
    expect(growths(opened)).toMatchObject([{finding: {details: ['/tmp/x']}}]);
  });
});

it('does not look at what a full check at exit said', () => {
  expect(growths({atExit: [record({stack: BLOCK})]})).toEqual([]);
});
