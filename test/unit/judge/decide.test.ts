import {describe, expect, it} from 'vitest';
import {type Decision, decide, type GrowthCase, type Measurement} from '../../../src/judge/decide.js';
import {errorsOf, growthsOf} from '../../../src/judge/findings.js';
import type {BaselineEntry} from '../../../src/judge/types.js';
import type {Stack} from '../../../src/valgrind/types.js';
import {BLOCK, counts, delta, entry, INTERPRETERS, LIST, memoryError, observation, place} from './make.js';

/** What a body has left behind after it ran `n` times, at checkpoint `number`. */
type Body = (
  n: number,
  number: number,
) => Readonly<{
  blocks?: number;
  bytes?: number;
  lists?: number;
  interpreters?: number;
  descriptors?: number;
}>;

const WARMUP = 10;
const CASE: GrowthCase = {
  ...place,
  iterations: 10,
  checkpoints: 5,
  tolerance: {},
  expectation: {entries: [], interpreter: []},
};

const STACKS = [
  ['blocks', BLOCK],
  ['lists', LIST],
  ['interpreters', INTERPRETERS],
] as const satisfies readonly (readonly [string, Stack])[];

/** One measurement of a body, with a warm-up that grows with the iterations. */
function measure(body: Body, {iterations: asked, checkpoints}: GrowthCase, iterations: number): Measurement {
  const start = (WARMUP * iterations) / asked;
  const states = Array.from({length: checkpoints + 1}, (_, number) =>
    body(start + number * iterations, number),
  );
  const intervals = states.slice(1).map((state, index) => {
    const before = states[index] ?? {};
    return STACKS.flatMap(([name, stack]) => {
      const blocks = (state[name] ?? 0) - (before[name] ?? 0);
      const buffers = name === 'blocks' ? (state.bytes ?? 0) - (before.bytes ?? 0) : 0;
      return blocks === 0 && buffers === 0 ? [] : [delta(blocks, 24 * blocks + buffers, {stack})];
    });
  });
  const resources = states.map(({descriptors = 0}) => counts({descriptors}));
  return {iterations, observation: observation({intervals, resources})};
}

/** Measures a body as often as the judge asks for. */
function judge(body: Body, over: Partial<GrowthCase> = {}) {
  const growthCase = {...CASE, ...over};
  const measurements: Measurement[] = [];
  const reasons: string[] = [];
  for (;;) {
    const decision: Decision = decide(measurements, growthCase);
    if (decision.type === 'decided') {
      return {
        ...decision,
        factors: measurements.map(({iterations}) => iterations / growthCase.iterations),
        reasons,
      };
    }
    reasons.push(decision.because);
    if (measurements.length > 5) throw new Error(`never decides: ${reasons.join(', ')}`);
    measurements.push(measure(body, growthCase, decision.iterations));
  }
}

const expecting = (...entries: readonly BaselineEntry[]) => ({expectation: {entries, interpreter: []}});

const [blockId = '', listId = '', interpreterLeak] = [
  (n: number) => ({blocks: n}),
  (n: number) => ({lists: n}),
  (n: number) => ({interpreters: n}),
].map((body) => {
  const [growth] = growthsOf(measure(body, CASE, 10).observation, 10, place);
  return growth?.finding.id;
});
const known = (blocks: number, over: Partial<BaselineEntry> = {}) =>
  entry({id: blockId, blocks, bytes: 24 * blocks, ...over});

describe('a body without a baseline', () => {
  it('is measured once when nothing grows', () => {
    expect(judge(() => ({}))).toMatchObject({findings: [], factors: [1], notes: []});
  });

  it('is measured over ten times the iterations before a steady leak is new', () => {
    const {findings, factors, reasons} = judge((n) => ({blocks: n}));
    expect(findings).toMatchObject([{id: blockId, blocks: 1, bytes: 24}]);
    expect(factors).toEqual([1, 10]);
    expect(reasons.at(-1)).toBe('a new leak is to be confirmed');
  });

  it('is measured over twice, then ten times the iterations when growth is unsteady', () => {
    const {findings, factors, reasons} = judge((n) => ({blocks: Math.floor(n / 15)}));
    expect(findings).toMatchObject([{id: blockId}]);
    expect(factors).toEqual([1, 2, 10]);
    expect(reasons[1]).toBe('growth is unsteady');
  });

  it('is done after twice the iterations when they show nothing any more', () => {
    // A hundred blocks with the 15th iteration: the next warm-up takes them along.
    const {findings, factors} = judge((n) => ({blocks: n >= 15 ? 100 : 0}));
    expect(findings).toEqual([]);
    expect(factors).toEqual([1, 2]);
  });

  it.each([
    ['a free list of 300', (n: number) => ({blocks: Math.min(n, 300)}), 20],
    ['a cache that gains two blocks up to 300 calls', (n: number) => ({blocks: 2 * Math.min(n, 300)}), 20],
    ['a cache that is emptied when it is full', (n: number) => ({blocks: n % 64}), 10],
    ['a buffer that doubles', (n: number) => ({bytes: 2 ** Math.ceil(Math.log2(64 * n))}), 20],
    ['chunks that double', (n: number) => ({blocks: Math.floor(Math.log2(n))}), 20],
    ['what is gained once per checkpoint', (_: number, number: number) => ({blocks: number}), 10],
    ['what is gained five times per checkpoint', (_: number, number: number) => ({blocks: 5 * number}), 10],
    ['descriptors of a pool', (n: number) => ({descriptors: Math.min(n, 60)}), 10],
    ['memory that is given back', (n: number) => ({blocks: -n}), 10],
  ] as const)('that has %s leaks nothing', (_, body, iterations) => {
    expect(judge(body, {iterations}).findings).toEqual([]);
  });

  it.each([
    ['loses a block each time', (n: number) => ({blocks: n}), 1],
    ['loses three', (n: number) => ({blocks: 3 * n}), 3],
    ['loses one and fills a cache', (n: number) => ({blocks: n + Math.min(n, 45)}), 1],
    ['loses one and had a cache flushed', (n: number) => ({blocks: n + (n < 15 ? 300 : 0)}), 1],
    ['loses one from the 30th time on', (n: number) => ({blocks: Math.max(0, n - 30)}), 1],
    ['loses a thousand', (n: number) => ({blocks: 1000 * n}), 1000],
  ] as const)('that %s leaks', (_, body, rate) => {
    const {findings} = judge(body);
    expect(findings).toMatchObject([{id: blockId}]);
    expect((findings[0] as {blocks: number}).blocks).toBeCloseTo(rate, 2);
  });

  it('leaks bytes when a buffer grows and its blocks do not', () => {
    expect(judge((n) => ({bytes: 16 * n})).findings).toMatchObject([{id: blockId, blocks: 0, bytes: 16}]);
  });

  it('leaks descriptors', () => {
    expect(judge((n) => ({descriptors: n})).findings).toMatchObject([{id: 'descriptors', count: 1}]);
  });

  const everyUpTo = (length: number) => Array.from({length}, (_, index) => index + 1);

  it.each(everyUpTo(100))(
    'leaks when every %ith iteration loses a block, if the first run sees one',
    (every) => {
      for (let phase = 0; phase < every; phase++) {
        const {findings, totalIterations, factors} = judge((n) => ({
          blocks: Math.floor((n + phase) / every),
        }));
        if (factors.length === 1 && every > 50) continue;
        expect(findings, `phase ${phase}`).toMatchObject([{id: blockId}]);
        const [{blocks} = {blocks: 0}] = findings as readonly {readonly blocks: number}[];
        expect(Math.abs(blocks - 1 / every), `phase ${phase}`).toBeLessThanOrEqual(
          1.000001 / totalIterations,
        );
      }
    },
  );

  it('is told one in seven as 0.143', () => {
    const [found] = judge((n) => ({blocks: Math.floor(n / 7)}), {iterations: 70}).findings;
    expect(found).toMatchObject({blocks: expect.closeTo(0.143, 3)});
  });

  it('says what did not count', () => {
    expect(judge((n) => ({blocks: Math.floor(Math.log2(n))}), {iterations: 20}).notes).toHaveLength(1);
  });

  it('has each of its leaks told, and the cache beside them not', () => {
    const {findings} = judge((n) => ({blocks: n, lists: Math.min(n, 60), descriptors: n}));
    expect(findings.map(({id}) => id).toSorted()).toEqual([blockId, 'descriptors'].toSorted());
  });
});

describe('a body with a baseline', () => {
  it('is measured once when it leaks as known', () => {
    const {findings, factors} = judge((n) => ({blocks: n}), expecting(known(1)));
    expect(findings).toMatchObject([{id: blockId}]);
    expect(factors).toEqual([1]);
  });

  it('is measured once when it leaks in one iteration of seven, as known', () => {
    const {findings, factors} = judge((n) => ({blocks: Math.floor(n / 7)}), expecting(known(0.143)));
    expect(findings).toMatchObject([{id: blockId}]);
    expect(factors).toEqual([1]);
  });

  it('keeps a known leak that shows in some intervals only', () => {
    const body: Body = (n) => ({blocks: Math.floor(n / 15)});
    const {findings, factors} = judge(body, expecting(known(1 / 15)));
    expect(findings).toMatchObject([{id: blockId}]);
    expect(factors).toEqual([1]);
  });

  it('is confirmed before a known leak counts as fixed', () => {
    const {findings, factors, reasons} = judge(() => ({}), expecting(known(1)));
    expect(findings).toEqual([]);
    expect(factors).toEqual([1, 10]);
    expect(reasons.at(-1)).toBe('a known leak did not show');
  });

  it('finds a rare leak that did not show at first', () => {
    const {findings, factors} = judge((n) => ({blocks: Math.floor(n / 90)}), expecting(known(0.0111)));
    expect(findings).toMatchObject([{id: blockId}]);
    expect(factors).toEqual([1, 10]);
  });

  it('is confirmed before descriptors count as fixed', () => {
    const kept = entry({type: 'resource', id: 'descriptors', count: 1});
    expect(judge(() => ({}), expecting(kept)).factors).toEqual([1, 10]);
  });

  it('is measured once when only an error is missing', () => {
    const error = entry({type: 'error', id: 'eeeeeeeeeeee', count: 1});
    expect(judge(() => ({}), expecting(error)).factors).toEqual([1]);
  });

  it.each([
    ['grown', 3, 1],
    ['shrunk', 1, 3],
  ] as const)('is confirmed when a leak has %s', (_, rate, before) => {
    const {findings, factors} = judge((n) => ({blocks: rate * n}), expecting(known(before)));
    expect(findings).toMatchObject([{blocks: rate}]);
    expect(factors).toEqual([1, 10]);
  });

  it('finds the known rate when a cache filled beside the leak', () => {
    const {findings, factors} = judge((n) => ({blocks: n + Math.min(n, 60)}), expecting(known(1)));
    expect(findings).toMatchObject([{blocks: 1}]);
    expect(factors).toEqual([1, 10]);
  });

  it('is confirmed for a new leak beside a known one', () => {
    const {findings, factors} = judge((n) => ({blocks: n, lists: n}), expecting(known(1)));
    expect(findings.map(({id}) => id).toSorted()).toEqual([blockId, listId].toSorted());
    expect(factors).toEqual([1, 10]);
  });

  it('does not take a known leak that became irregular for fixed', () => {
    const {findings} = judge((n) => ({blocks: Math.floor(n / 250)}), expecting(known(1)));
    expect(findings).toMatchObject([{id: blockId}]);
  });

  it('knows byte growth', () => {
    const bytes = known(0, {bytes: 16});
    expect(judge((n) => ({bytes: 16 * n}), expecting(bytes)).factors).toEqual([1]);
    expect(judge((n) => ({bytes: 32 * n}), expecting(bytes)).factors).toEqual([1, 10]);
  });
});

describe("the interpreter's own leak", () => {
  const body: Body = (n) => ({interpreters: n});
  const [found] = growthsOf(measure(body, CASE, 10).observation, 10, place);
  const interpreterId = found?.finding.type === 'leak' ? (found.finding.interpreterId ?? '') : '';

  it('is new without the baseline of the build', () => {
    expect(judge(body)).toMatchObject({findings: [{id: interpreterLeak, interpreterId}], factors: [1, 10]});
  });

  it('is known through it, at once', () => {
    const expectation = {entries: [], interpreter: [entry({id: interpreterId})]};
    expect(judge(body, {expectation}).factors).toEqual([1]);
    expect(judge(() => ({}), {expectation}).factors).toEqual([1]);
  });
});

describe('a tolerance', () => {
  it.each([
    ['below', 0.5, 1, 0],
    ['at', 1, 1, 0],
    ['above', 2, 1, 1],
  ] as const)('of blocks %s it', (_, rate, tolerated, count) => {
    const body: Body = (n) => ({blocks: rate * n});
    const {findings, factors} = judge(body, {tolerance: {definite: tolerated}});
    expect(findings).toHaveLength(count);
    expect(factors).toEqual(count === 0 ? [1] : [1, 10]);
  });

  it('of another kind does not count', () => {
    expect(judge((n) => ({blocks: n}), {tolerance: {reachable: 5}}).findings).toHaveLength(1);
  });

  it('does not count for descriptors, nor for bytes without blocks', () => {
    const tolerance = {definite: 5, indirect: 5, possible: 5, reachable: 5};
    expect(judge((n) => ({descriptors: n, bytes: 16 * n}), {tolerance}).findings).toHaveLength(2);
  });
});

it('decides by one measurement where it begins with a confirmation', () => {
  expect(judge((n) => ({blocks: n}), {confirmAtOnce: true})).toMatchObject({
    findings: [{blocks: 1}],
    factors: [10],
  });
  expect(judge(() => ({}), {confirmAtOnce: true, ...expecting(known(1))})).toMatchObject({
    findings: [],
    factors: [10],
  });
});

it('leaves errors to those who count them', () => {
  const measured = observation({intervals: [[], []], errors: [{error: memoryError(), count: 1}]});
  expect(decide([{iterations: 10, observation: measured}], CASE)).toMatchObject({
    type: 'decided',
    findings: [],
  });
  expect(errorsOf(measured, place)).toHaveLength(1);
});
