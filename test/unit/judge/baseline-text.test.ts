import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {parseBaseline, printBaseline} from '../../../src/judge/baseline-text.js';
import {inOrder} from '../../../src/judge/compare.js';
import type {Baseline, BaselineEntry} from '../../../src/judge/types.js';
import {defined} from '../../../src/util/defined.js';
import {formatProblem} from '../../../src/util/problem.js';
import {entry} from './make.js';

const FILE = 'scenarios/__baselines__/cpython-3.13/leaky/list.yaml';

const print = (baseline: Baseline) => printBaseline(baseline, 'leaky/list', 'cpython-3.13');

function read(text: string): Baseline {
  const parsed = parseBaseline(text, FILE);
  if (!parsed.ok) throw new Error(parsed.error.map(formatProblem).join('\n'));
  return parsed.value;
}

const problemsOf = (text: string): readonly string[] => {
  const parsed = parseBaseline(text, FILE);
  return parsed.ok ? [] : parsed.error.map(formatProblem);
};

/** Texts that YAML could take for something else, and whatever else a person or a C++ compiler writes. */
const words = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      ' ',
      ': ',
      '#',
      ' # no comment',
      '}',
      '{',
      ']',
      ', ',
      '"',
      "'",
      '\\',
      '- ',
      '? ',
      '&a',
      '*a',
      '!tag',
    ],
    ...[
      'null',
      '~',
      'true',
      'no',
      '0x1F',
      '1e3',
      '.inf',
      '2026-01-01',
      '---',
      '...',
      '<<',
      '%',
      '@',
      '`',
      '|',
      '>',
    ],
    ...['a: b', 'https://example.org/issues/1#top', 'line\nline', '\n', '\r\n', '\t', 'ends with space '],
    ...[
      '😀',
      'naïve',
      '\u2028',
      '\u0085',
      '\uFEFF',
      '\u0007',
      '\u001b[31m',
      'f<a::b, c>(char const*)',
      'a ← b',
    ],
    ...['constructor', '%{x}', 'x'.repeat(2000)],
  ),
  fc.string({unit: 'grapheme', maxLength: 30}).filter((text) => text !== '__proto__'),
  fc
    .string({unit: 'binary', maxLength: 10})
    .filter((text) => !text.includes('\0') && text !== '__proto__' && text.isWellFormed()),
);
const ids = fc.oneof(
  fc.string({unit: fc.constantFrom(...'0123456789abcdef'), minLength: 12, maxLength: 12}),
  fc.constantFrom(
    '123456789012',
    '000000000012',
    '1e2345678901',
    '12345678e901',
    '0e0000000000',
    'deadbeef0000',
  ),
);
const amounts = fc.oneof(
  fc.nat(),
  fc.double({min: 0, max: 1e9, noNaN: true}).map((rate) => Number(rate.toPrecision(3))),
);
const spoken = {note: fc.option(words, {nil: undefined}), issue: fc.option(words, {nil: undefined})};
const leakEntries = fc.record({
  type: fc.constant('leak' as const),
  id: ids,
  kind: words,
  blocks: amounts,
  bytes: amounts,
  stack: words,
  ...spoken,
});
const errorEntries = fc.record({
  type: fc.constant('error' as const),
  id: ids,
  kind: words,
  count: amounts,
  stack: words,
  ...spoken,
});
const resourceEntries = fc.record({
  type: fc.constant('resource' as const),
  id: fc.constantFrom('descriptors', 'threads', 'children', 'mappings'),
  count: amounts,
  ...spoken,
});
const interpreterEntries = fc.record({
  type: fc.constant('interpreter' as const),
  id: fc.constantFrom('total', 'interpreter-reachable'),
  kind: words,
  blocks: amounts,
  bytes: amounts,
  ...spoken,
});
const baselines = fc
  .record({
    mode: fc.constantFrom('growth' as const, 'exit' as const),
    entries: fc.uniqueArray(fc.oneof(leakEntries, errorEntries, resourceEntries, interpreterEntries), {
      selector: ({type, id}) => `${type} ${id}`,
      maxLength: 8,
    }),
  })
  .map(
    ({mode, entries}): Baseline => ({
      mode,
      entries: entries.map((each) => defined(each) as BaselineEntry).sort(inOrder),
    }),
  );

describe('the text of a baseline', () => {
  it('is read back as it was, whatever is in it', () => {
    fc.assert(
      fc.property(baselines, (baseline) => {
        expect(read(print(baseline))).toEqual(baseline);
      }),
      {numRuns: 500},
    );
  });

  it('is the same when it is printed again', () => {
    fc.assert(fc.property(baselines, (baseline) => print(read(print(baseline))) === print(baseline)));
  });

  it('has one line for each entry', () => {
    fc.assert(
      fc.property(baselines, (baseline) => {
        const sections = new Set(baseline.entries.map(({type}) => type)).size;
        const lines = print(baseline)
          .trimEnd()
          .split('\n')
          .filter((line) => !line.startsWith('#') && line !== '');
        expect(lines).toHaveLength(1 + sections + baseline.entries.length);
      }),
    );
  });

  it('is what a person would write', () => {
    const baseline: Baseline = {
      mode: 'growth',
      entries: [
        entry({type: 'error', id: 'eeeeeeeeeeee', kind: 'InvalidRead', count: 3, stack: 'f (leaky)'}),
        entry({
          stack: 'PyList_New ← leaky_list (leaky) ← body',
          note: 'upstream: #12',
          issue: 'https://example.org/1',
        }),
      ].map(({blocks, bytes, ...rest}) =>
        rest.type === 'error' ? rest : {...rest, ...defined({blocks, bytes})},
      ),
    };
    expect(
      print(baseline),
    ).toBe(`# leaky/list on cpython-3.13: what is known to be left behind, blocks and bytes per iteration.
# Written by leakline; note: and issue: are for you and survive updates. After a merge conflict,
# take either side, then: leakline run leaky/list --build cpython-3.13 --update changed

mode: growth
leaks:
  aaaaaaaaaaaa: {kind: definite, stack: PyList_New ← leaky_list (leaky) ← body, note: "upstream: #12", issue: https://example.org/1, blocks: 1, bytes: 56}
errors:
  eeeeeeeeeeee: {kind: InvalidRead, stack: f (leaky), count: 3}
`);
  });

  it('is sorted, whatever the order was', () => {
    const entries = ['cccccccccccc', '123456789012', 'aaaaaaaaaaaa'].map((id) => entry({id}));
    const text = print({mode: 'growth', entries});
    expect(text).toBe(print({mode: 'growth', entries: entries.toReversed()}));
    expect([...text.matchAll(/^ {2}"?(\w+)"?:/gm)].map(([, id]) => id)).toEqual([
      '123456789012',
      'aaaaaaaaaaaa',
      'cccccccccccc',
    ]);
  });

  it('says what the numbers mean', () => {
    expect(print({mode: 'exit', entries: []})).toContain('at exit, above the floor of the build');
  });

  it('can hold what a scenario gave back', () => {
    const negative: Baseline = {mode: 'growth', entries: [entry({blocks: 1, bytes: -1000})]};
    expect(read(print(negative))).toEqual(negative);
  });
});

describe('a baseline that cannot be read', () => {
  const line = 'aaaaaaaaaaaa: {kind: definite, blocks: 1, bytes: 56, stack: f}';

  it.each([
    [
      'an id twice',
      `mode: growth\nleaks:\n  ${line}\n  ${line}\n`,
      /:4:3 this key stands here for the second time/,
    ],
    [
      'a section twice',
      `mode: growth\nleaks:\n  ${line}\nleaks:\n  ${line}\n`,
      /:4:1 this key stands here for the second time/,
    ],
    [
      'a conflict',
      `mode: growth\nleaks:\n<<<<<<< HEAD\n  ${line}\n=======\n>>>>>>> topic\n`,
      /:3:1 holds a merge conflict/,
    ],
    ['no mode', 'leaks: {}\n', /mode/],
    ['another mode', 'mode: grown\n', /expected "growth" or "exit"|expected growth or exit, got "grown"/],
    ['a misspelt key', 'mode: growth\nleak: {}\n', /unknown key "leak", did you mean "leaks"/],
    [
      'a misspelt word',
      `mode: growth\nleaks:\n  ${line.replace('}', ', notes: x}')}\n`,
      /unknown key "notes", did you mean "note"/,
    ],
    [
      'fewer blocks than none',
      `mode: growth\nleaks:\n  ${line.replace('blocks: 1', 'blocks: -1')}\n`,
      /must be at least 0/,
    ],
    ['no stack', `mode: growth\nleaks:\n  ${line.replace(', stack: f', '')}\n`, /stack: this key is missing/],
    [
      'text for a number',
      `mode: growth\nleaks:\n  ${line.replace('blocks: 1', 'blocks: one')}\n`,
      /blocks: expected a number/,
    ],
    ['nothing', '', /./],
    ['what is no YAML', 'mode: [', /./],
  ])('says so of %s, at its place', (_, text, message) => {
    const problems = problemsOf(text);
    expect(problems[0]).toMatch(message);
    expect(problems[0]).toContain(FILE);
  });
});
