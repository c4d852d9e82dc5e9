import {describe, expect, it} from 'vitest';
import type {ScenarioResult} from '../../../src/judge/types.js';
import {annotationLines, workflowCommand} from '../../../src/report/github/annotations.js';
import {githubReporter} from '../../../src/report/github/github.js';
import {stepSummary} from '../../../src/report/github/step-summary.js';
import {standardOutput} from '../../../src/report/io.js';
import {fakeIo} from './fake-io.js';
import {entry, interpreter, isNew, leak, result, summary} from './made.js';

describe('workflowCommand', () => {
  it.each([
    [
      {level: 'error', file: 'a.yaml', line: 3, column: 9, title: 't', message: 'm'},
      '::error file=a.yaml,line=3,col=9,title=t::m',
    ],
    [
      {level: 'notice', title: 'a: b, 100 %\r\n', message: 'a: b, 100 %\r\n::error::'},
      '::notice title=a%3A b%2C 100 %25%0D%0A::a: b, 100 %25%0D%0A::error::',
    ],
    [
      {level: 'error', file: 'C:,d', title: '%0A', message: '%0A'},
      '::error file=C%3A%2Cd,title=%250A::%250A',
    ],
  ] as const)('%#', (annotation, line) => expect(workflowCommand(annotation)).toBe(line));
});

const outside = {cwd: '/checkout/python', root: undefined};
const inside = {cwd: '/checkout/python', root: '/checkout'};
const lines = (one: ScenarioResult, workspace: {cwd: string; root: string | undefined} = outside) =>
  annotationLines(summary({results: [one], problems: []}), workspace);

describe('annotationLines', () => {
  it('says nothing of what passed', () => {
    expect(lines(result())).toEqual([]);
    expect(lines(result({status: 'skipped'}))).toEqual([]);
  });

  it('puts a regression on its scenario', () => {
    const [line = '', ...others] = lines(result({status: 'regressed', changes: [isNew(leak())]}));
    expect(others).toEqual([]);
    expect(line).toMatch(
      /^::error file=scenarios\/parse\/error-path.yaml,title=parse\/error-path regressed on cpython-3.13::regressed: parse\/error-path on cpython-3.13: \+1 block/,
    );
    expect(line).toContain('%0A▸ parse_row (parser.c:211)%0A');
    expect(line).toMatch(
      /%0ANext: leakline repro parse\/error-path --build cpython-3.13 --leak 3f2a9c01d2e4$/,
    );
  });

  it('puts it on the line of the extension that is in the checkout', () => {
    const [line = ''] = lines(result({status: 'regressed', changes: [isNew(leak())]}), inside);
    expect(line).toMatch(/^::error file=src\/parser.c,line=211,title=/);
  });

  it('names files from the top of the checkout', () => {
    const [line = ''] = lines(result({status: 'regressed', changes: [isNew(interpreter())]}), inside);
    expect(line).toMatch(/^::error file=python\/scenarios\/parse\/error-path.yaml,title=/);
  });

  it('gives three of many regressions a line each', () => {
    const changes = Array.from({length: 5}, (_, index) => isNew(leak({id: `id${index}`})));
    const all = lines(result({status: 'regressed', changes}));
    expect(all).toHaveLength(3);
    expect(all[2]).toContain('%0A… and 2 more%0ANext: ');
  });

  it.each<[Partial<ScenarioResult>, RegExp]>([
    [
      {status: 'failed', failure: {reason: 'exception', message: 'ValueError: no', line: 12, output: ''}},
      /^::error file=scenarios\/parse\/error-path.yaml,line=12,title=parse\/error-path failed on cpython-3.13::failed: .*%0ANext: leakline repro parse\/error-path --build cpython-3.13$/,
    ],
    [{status: 'timed-out'}, /^::error .*title=parse\/error-path timed out on cpython-3.13::/],
    [
      {status: 'unbaselined'},
      /^::error .*::unbaselined: .*%0ANext: leakline run parse\/error-path .* --update missing$/,
    ],
    [
      {status: 'improved', changes: [{verdict: 'fixed', before: entry()}]},
      /^::notice .*::improved: .*%0ANext: leakline baseline update$/,
    ],
  ])('%#', (over, pattern) => {
    const all = lines(result(over));
    expect(all).toHaveLength(1);
    expect(all[0]).toMatch(pattern);
  });

  it('puts problems first', () => {
    expect(annotationLines(summary(), outside)[0]).toBe(
      '::error file=scenarios/json.yaml,line=12,col=1,title=leakline::unknown key "iteratons", did you mean "iterations"?',
    );
  });
});

describe('stepSummary', () => {
  it('is short about a clean run', () => {
    expect(stepSummary(summary({results: [result()], problems: [], durationMs: 5000}))).toBe(
      '## leakline: 1 passed\n\n5.0 s, valgrind 3.19.0\n',
    );
  });

  it('has a table of what changed, and the details with commands', () => {
    const text = stepSummary(summary());
    expect(text).toContain(
      '| status | scenario | build | what |\n| --- | --- | --- | --- |\n| regressed | parse/grown',
    );
    expect(text).toContain('| failed | parse/broken | cpython-3.13 | ValueError&#58; bad row |');
    expect(text).not.toContain('| passed |');
    expect(text).toContain('<summary>regressed&#58; parse/error-path on cpython-3.13</summary>');
    expect(text).toContain('leakline repro parse/error-path --build cpython-3.13 --leak 3f2a9c01d2e4');
    expect(text).toContain('To expect the improvements from now on: `leakline baseline update`');
    expect(text).toContain('unknown key "iteratons"');
  });

  it('lets nothing out of its cell or its fence', () => {
    const hostile = 'a | b\n```\n</details><script>`x` [l](u) *b* _i_ #1 @me :tada:';
    const failure = {reason: 'exception', message: hostile, output: hostile} as const;
    const text = stepSummary(summary({results: [result({status: 'failed', failure})], problems: []}));
    expect(text).toContain(
      '| failed | parse/error-path | cpython-3.13 | a &#124; b &#96;&#96;&#96; &lt;/details&gt;&lt;script&gt;&#96;x&#96; &#91;l&#93;(u) &#42;b&#42; &#95;i&#95; &#35;1 &#64;me &#58;tada&#58; |',
    );
    const [, fenced = ''] = text.split('````text\n');
    expect(fenced.split('\n````\n')[0]).toContain('│ </details><script>');
  });

  it('keeps below the size that GitHub takes', () => {
    const output = '日本'.repeat(1000);
    const failure = {reason: 'exception', message: 'no', output} as const;
    const many = Array.from({length: 50}, (_, index) =>
      result({scenario: `s${index}`, status: 'failed', failure}),
    );
    const text = stepSummary(summary({results: many}), 60_000);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(60_000);
    expect(text).toMatch(/the rest is too long for a step summary; the report has it all\.\n$/);
    expect(text).toContain('s49');
  });
});

it('makes what scenarios print harmless', () => {
  const hostile = '\u001b[2J\n::add-mask::x\n##[group]y';
  const io = fakeIo();
  let markdown = '';
  const added = {
    file: 'step.md',
    write: (text: string) => {
      markdown += text;
    },
    close: () => {},
  };
  const failure = {reason: 'exception', message: hostile, output: hostile} as const;
  const results = [result({scenario: hostile, build: hostile, file: hostile, status: 'failed', failure})];
  githubReporter(standardOutput(io), io, added).onEvent?.({
    type: 'run-finished',
    summary: summary({results, problems: []}),
  });
  expect(io.out().trimEnd().split('\n')).toHaveLength(1);
  expect(io.out()).not.toContain('##[');
  expect(io.out() + markdown).not.toContain('\u001b');
});
