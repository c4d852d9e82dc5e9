import {describe, expect, it} from 'vitest';
import type {Change, ScenarioResult} from '../../../src/judge/types.js';
import {plain} from '../../../src/report/text/paint.js';
import {resultBlock} from '../../../src/report/text/result-block.js';
import {entry, error, isNew, leak, resource, result, results} from './made.js';

const block = (one: ScenarioResult) => resultBlock(one, {paint: plain});
const text = (one: ScenarioResult) => block(one).join('\n');
const made = (scenario: string) => {
  const found = results.find((one) => one.scenario === scenario);
  if (found === undefined) throw new Error(scenario);
  return found;
};

it.each(['passed', 'skipped'] as const)('says nothing of what %s', (status) => {
  expect(block(result({status, changes: [isNew(leak())]}))).toEqual([]);
});

describe('regressed', () => {
  it('tells all of a leak', () => {
    expect(text(made('parse/error-path'))).toBe(
      `regressed: parse/error-path on cpython-3.13: +1 block (56 bytes) per iteration, list, PyList_New ← parse_row (parser.c:211) ← load (table.py)
  scenario  scenarios/parse/error-path.yaml: A row with too few cells must not leak the row.
  remark    measured again with 1,000 iterations: a new leak is to be confirmed
  kind      still reachable
  now       +1 block (56 bytes) per iteration; +100, +100, +100 in intervals of 100 iterations
  before    nothing
  objects   10 × list, refcount 1
  stack       … 3 interpreter and system frames
              PyList_New (listobject.c:187)
            ▸ parse_row (parser.c:211)
              … 2 interpreter frames
              load (table.py)
              _PyEval_EvalFrameDefault (ceval.c:815)
              body (error-path.yaml)
              … 3 interpreter frames
  Next: leakline repro parse/error-path --build cpython-3.13 --leak 3f2a9c01d2e4
`,
    );
  });

  it('tells where a block was allocated and freed', () => {
    expect(text(result({status: 'regressed', changes: [isNew(error())]}))).toBe(
      `regressed: parse/error-path on cpython-3.13: Invalid read of size 4, 3 times, parse_row (parser.c:211) ← load (table.py)
  scenario  scenarios/parse/error-path.yaml
  kind      InvalidRead
  now       3 times
  before    nothing
  stack     ▸ parse_row (parser.c:211)
              … 2 interpreter frames
              load (table.py)
            Address 0x5a is 0 bytes inside a block of size 24 free'd
              malloc (vg_replace_malloc.c:393)
            ▸ parse_all (parser.c:300)
            Block was alloc'd at
              malloc (vg_replace_malloc.c:393)
            ▸ parse_row (parser.c:211)
  Next: leakline repro parse/error-path --build cpython-3.13
`,
    );
  });

  it('tells the kind, the amount and the words of the baseline', () => {
    const lines = block(made('parse/grown'));
    expect(lines).toContain('  kind      definitely lost, was still reachable');
    expect(lines).toContain('  source    the interpreter: no frame of an extension is in the stack');
    expect(lines).toContain('  before    3 blocks (168 bytes) at exit');
    expect(lines).toContain('  note      Known since 2.1.');
    expect(lines).toContain('  issue     https://example.org/7');
  });

  it('puts memory errors first and names the scenario once', () => {
    const lines = block(made('parse/grown'));
    const headlines = lines.filter((line) => line.startsWith('regressed:'));
    expect(headlines.map((line) => line.split('cpython-3.13: ')[1]?.slice(0, 12))).toEqual([
      'Invalid read',
      '2 file descr',
      '5 blocks (28',
      'interpreter:',
    ]);
    expect(lines.filter((line) => line.startsWith('  scenario'))).toHaveLength(1);
  });

  it('shows ten and says how many more', () => {
    const changes = Array.from({length: 13}, (_, index) => isNew(leak({id: `id${index}`})));
    const lines = block(result({status: 'regressed', changes}));
    expect(lines.filter((line) => line.startsWith('regressed:'))).toHaveLength(10);
    expect(lines).toContain('… and 3 more in parse/error-path on cpython-3.13');
  });

  it('names some of many open files', () => {
    const details = Array.from({length: 7}, (_, index) => `/tmp/${index}`);
    expect(text(result({status: 'regressed', changes: [isNew(resource({details}))]}))).toContain(
      `  left      /tmp/0
            /tmp/1
            /tmp/2
            /tmp/3
            /tmp/4
            … 2 more
`,
    );
  });

  it('shows what objects hold', () => {
    const objects = [
      {type: 'str', count: 3, refcount: 1, values: ["'abc'", "'\u001b[2J'"]},
      {count: 1200, values: []},
    ];
    expect(text(result({status: 'regressed', changes: [isNew(leak({objects}))]}))).toContain(
      `  objects   3 × str, refcount 1: 'abc', '\\x1b[2J'
            1,200 × raw memory
`,
    );
  });
});

it('names the command that writes a missing baseline', () => {
  expect(text(made('exit/first-time'))).toBe(
    `unbaselined: exit/first-time on cpython-3.13: no baseline, and 1 new leak, 1 new interpreter total
  4 blocks (224 bytes) at exit, list, PyList_New ← parse_row (parser.c:211) ← load (table.py)
  interpreter: 12 blocks (1,204 bytes) at exit above an empty script
  Next: leakline run exit/first-time --build cpython-3.13 --update missing
`,
  );
});

it('gives improvements a line each', () => {
  const changes = Array.from({length: 7}, (_, index): Change => {
    return {verdict: 'fixed', before: entry({id: `id${index}`, stack: 'f'})};
  });
  const line = 'improved: parse/error-path on cpython-3.13: no longer +1 block (56 bytes) per iteration, f';
  expect(block(result({status: 'improved', changes}))).toEqual([
    ...Array.from({length: 5}, () => line),
    '  … and 2 more',
    '',
  ]);
});

describe('failed', () => {
  it('shows the exception with its place and the output', () => {
    expect(text(made('parse/broken'))).toBe(
      `failed: parse/broken on cpython-3.13: ValueError: bad row (scenarios/parse/error-path.yaml:12)
  scenario  scenarios/parse/error-path.yaml
  │ Traceback (most recent call last):
  │   File "broken.yaml", line 12, in body
  │ ValueError: bad row
  Next: leakline repro parse/broken --build cpython-3.13
`,
    );
  });

  it('shows the end of long output, and the memory error that may be the cause', () => {
    const output = Array.from({length: 50}, (_, index) => `line ${index}`).join('\n');
    const failure = {reason: 'signal', message: 'ended by SIGSEGV', output} as const;
    const lines = block(result({status: 'failed', failure, changes: [isNew(error())]}));
    expect(lines).toContain('  │ … 30 lines before');
    expect(lines).toContain('  │ line 30');
    expect(lines).not.toContain('  │ line 29');
    expect(lines.findLast((line) => line.startsWith('regressed: '))).toContain('Invalid read of size 4');
  });
});
