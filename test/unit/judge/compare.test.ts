import {describe, expect, it} from 'vitest';
import {compare, type Expectation, inOrder} from '../../../src/judge/compare.js';
import type {BaselineEntry, Finding} from '../../../src/judge/types.js';
import {entry, error, interpreter, leak, resource} from './make.js';

const verdicts = (
  findings: readonly Finding[],
  entries: readonly BaselineEntry[],
  over: Partial<Expectation> = {},
) =>
  compare(findings, {mode: 'growth', entries, interpreter: [], totalIterations: 50, ...over}).map(
    ({verdict}) => verdict,
  );

describe('in growth mode', () => {
  it.each([
    ['the same rate', {blocks: 1}, {blocks: 1}, 'known'],
    ['a block more in all', {blocks: 1.02}, {blocks: 1}, 'known'],
    ['two blocks more in all', {blocks: 1.04}, {blocks: 1}, 'grown'],
    ['twice as much', {blocks: 2}, {blocks: 1}, 'grown'],
    ['half as much', {blocks: 0.5}, {blocks: 1}, 'shrunk'],
    ['one in seven', {blocks: 1 / 7}, {blocks: 0.143}, 'known'],
    ['hundreds', {blocks: 1234}, {blocks: 1234}, 'known'],
    ['one more in hundreds', {blocks: 1235}, {blocks: 1234}, 'grown'],
    ['a longer path in each block', {bytes: 56 + 256}, {bytes: 56}, 'known'],
    ['much larger blocks', {bytes: 56 + 257}, {bytes: 56}, 'grown'],
    ['much smaller blocks', {bytes: 56}, {bytes: 56 + 257}, 'shrunk'],
    ['another kind of as many blocks', {kind: 'definite'}, {kind: 'reachable'}, 'known'],
    ['a buffer that grows as before', {blocks: 0, bytes: 16}, {blocks: 0, bytes: 16}, 'known'],
    ['a tenth more', {blocks: 0, bytes: 17.5}, {blocks: 0, bytes: 16}, 'known'],
    ['a fifth more', {blocks: 0, bytes: 19.2}, {blocks: 0, bytes: 16}, 'grown'],
    ['blocks where there was a buffer', {blocks: 1, bytes: 16}, {blocks: 0, bytes: 16}, 'grown'],
    ['bytes that were freed', {blocks: 1, bytes: -1000}, {blocks: 1, bytes: -1000}, 'known'],
    ['bytes that are not freed any more', {blocks: 1, bytes: 0}, {blocks: 1, bytes: -1000}, 'grown'],
  ] as const)('%s: %j after %j is %s', (_, now, before, verdict) => {
    expect(verdicts([leak(now)], [entry(before)])).toEqual([verdict]);
  });

  it('knows a rate the better the more iterations there were', () => {
    expect(verdicts([leak({blocks: 1.02})], [entry()], {totalIterations: 500})).toEqual(['grown']);
  });

  it('looks at the presence of errors only', () => {
    expect(verdicts([error({count: 50})], [entry({type: 'error', id: 'eeeeeeeeeeee', count: 3})])).toEqual([
      'known',
    ]);
  });

  it.each([
    ['descriptors', 1, 1, 'known'],
    ['descriptors', 2, 1, 'grown'],
    ['descriptors', 1, 2, 'shrunk'],
    ['mappings', 1_048_576, 1_048_576, 'known'],
    ['mappings', 1_052_672, 1_048_576, 'known'],
    ['mappings', 2_097_152, 1_048_576, 'grown'],
    ['mappings', 4096, 1_048_576, 'shrunk'],
  ] as const)('%s: %d after %d are %s', (id, now, before, verdict) => {
    expect(verdicts([resource({id, count: now})], [entry({type: 'resource', id, count: before})])).toEqual([
      verdict,
    ]);
  });
});

describe('in exit mode', () => {
  const atExit = (now: Finding, before: BaselineEntry) =>
    verdicts([now], [before], {mode: 'exit', totalIterations: 1});

  it.each([
    ['as many blocks', {blocks: 100}, {blocks: 100}, 'known'],
    ['one more', {blocks: 101}, {blocks: 100}, 'grown'],
    ['one less', {blocks: 99}, {blocks: 100}, 'shrunk'],
    ['bytes of longer paths', {blocks: 2, bytes: 612}, {blocks: 2, bytes: 100}, 'known'],
    ['bytes beyond that', {blocks: 2, bytes: 613}, {blocks: 2, bytes: 100}, 'grown'],
    ['bytes of shorter paths', {blocks: 2, bytes: 100}, {blocks: 2, bytes: 612}, 'known'],
  ] as const)('a leak: %s: %j after %j is %s', (_, now, before, verdict) => {
    expect(atExit(leak(now), entry(before))).toEqual([verdict]);
  });

  it.each([
    [3, 3, 'known'],
    [4, 3, 'grown'],
    [2, 3, 'shrunk'],
  ] as const)('an error %i times after %i is %s', (now, before, verdict) => {
    const known = entry({type: 'error', id: 'eeeeeeeeeeee', count: before});
    expect(atExit(error({count: now}), known)).toEqual([verdict]);
  });

  it.each([
    [4, 4, 'known'],
    [5, 4, 'grown'],
    [3, 4, 'shrunk'],
  ] as const)("the interpreter's total: %i blocks after %i are %s", (now, before, verdict) => {
    const known = entry({type: 'interpreter', id: 'total', blocks: before, bytes: 400});
    expect(atExit(interpreter({blocks: now}), known)).toEqual([verdict]);
  });

  it.each([
    [1, 1, 'known'],
    [2, 1, 'grown'],
    [1, 2, 'shrunk'],
  ] as const)('%i descriptors after %i are %s', (now, before, verdict) => {
    const known = entry({type: 'resource', id: 'descriptors', count: before});
    expect(atExit(resource({count: now}), known)).toEqual([verdict]);
  });
});

describe('what is on one side only', () => {
  it('is new or fixed', () => {
    const changes = compare([leak({id: 'bbbbbbbbbbbb'})], {
      mode: 'growth',
      entries: [entry()],
      interpreter: [],
      totalIterations: 50,
    });
    expect(changes).toEqual([
      {verdict: 'fixed', before: entry()},
      {verdict: 'new', now: leak({id: 'bbbbbbbbbbbb'})},
    ]);
  });

  it('is not matched by an entry of another type with that id', () => {
    const same = entry({type: 'error', id: 'aaaaaaaaaaaa', count: 1});
    expect(verdicts([leak()], [same])).toEqual(['fixed', 'new']);
  });

  it('is nothing when nothing was found and nothing expected', () => {
    expect(verdicts([], [])).toEqual([]);
  });
});

describe("the build's own baseline", () => {
  const own = leak({attribution: 'interpreter', interpreterId: 'cccccccccccc'});
  const build = [entry({id: 'cccccccccccc', blocks: 7})];

  it('knows a leak of the interpreter in any scenario, at any rate', () => {
    expect(compare([own], {mode: 'growth', entries: [], interpreter: build, totalIterations: 50})).toEqual([
      {verdict: 'known', now: own, before: build[0]},
    ]);
  });

  it("comes after the scenario's own", () => {
    expect(verdicts([own], [entry({blocks: 0.1})], {interpreter: build})).toEqual(['grown']);
  });

  it('does not know a leak of an extension, whatever its id', () => {
    expect(verdicts([leak({id: 'cccccccccccc'})], [], {interpreter: build})).toEqual(['new']);
  });

  it('misses nothing that does not show', () => {
    expect(verdicts([], [], {interpreter: build})).toEqual([]);
  });
});

it('orders by type, then by id', () => {
  const mixed = [
    resource(),
    leak({id: 'bbbbbbbbbbbb'}),
    error(),
    interpreter(),
    leak({id: '1bbbbbbbbbbb'}),
    leak({id: 'aaaaaaaaaaaa'}),
  ];
  expect(mixed.toSorted(inOrder).map(({type, id}) => `${type} ${id}`)).toEqual([
    'error eeeeeeeeeeee',
    'interpreter total',
    'leak 1bbbbbbbbbbb',
    'leak aaaaaaaaaaaa',
    'leak bbbbbbbbbbbb',
    'resource descriptors',
  ]);
});
