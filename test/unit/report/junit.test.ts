import {SaxesParser} from 'saxes';
import {describe, expect, it} from 'vitest';
import type {ScenarioResult} from '../../../src/judge/types.js';
import {junitText, xmlText} from '../../../src/report/junit.js';
import {frame, isNew, leak, result, summary} from './made.js';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** Parses strictly: text that is no XML makes the test fail. */
function parse(xml: string): Element {
  const root: Element = {name: '', attributes: {}, children: [], text: ''};
  const open = [root];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({name, attributes}) => {
    const element = {name, attributes, children: [], text: ''};
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  const addText = (text: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  return root.children[0] ?? root;
}

const child = (element: Element | undefined, name: string) =>
  element?.children.find((one) => one.name === name);

function caseOf(one: ScenarioResult): Element | undefined {
  const suites = parse(junitText(summary({results: [one], problems: []})));
  return child(child(suites, 'testsuite'), 'testcase');
}

describe('junitText', () => {
  it('has a suite per build and one for problems', () => {
    const builds = ['cpython-3.9', 'cpython-3.13', 'cpython-3.9'];
    const ran = builds.map((build, index) => result({build, scenario: `s${index}`, durationMs: 1500}));
    const suites = parse(junitText(summary({results: ran})));
    expect(suites.attributes).toMatchObject({tests: '4', failures: '0', errors: '1', skipped: '0'});
    expect(suites.children.map(({attributes: {name, tests, time}}) => [name, tests, time])).toEqual([
      ['cpython-3.13', '1', '1.5'],
      ['cpython-3.9', '2', '3'],
      ['leakline', '1', undefined],
    ]);
    const problem = child(suites.children[2], 'testcase');
    expect(problem?.attributes.name).toBe('scenarios/json.yaml');
    expect(child(problem, 'error')?.text).toContain('scenarios/json.yaml:12:1 unknown key "iteratons"');
  });

  it.each([
    ['parse/rows/error-path', 'parse.rows', 'error-path'],
    ['smoke', 'cpython-3.13', 'smoke'],
  ])('calls %s by its folder and name', (scenario, classname, name) => {
    expect(caseOf(result({scenario}))?.attributes).toMatchObject({classname, name, time: '1.234'});
  });

  it('gives a failure the headline, the stack and the command', () => {
    const changes = [isNew(leak()), isNew(leak({id: 'b'}))];
    const failure = child(caseOf(result({status: 'regressed', changes})), 'failure');
    expect(failure?.attributes).toEqual({
      message:
        'regressed: parse/error-path on cpython-3.13: +1 block (56 bytes) per iteration, list, PyList_New ← parse_row (parser.c:211) ← load (table.py) (and 1 more)',
      type: 'regressed',
    });
    expect(failure?.text).toContain('▸ parse_row (parser.c:211)');
    expect(failure?.text).toContain(
      'leakline repro parse/error-path --build cpython-3.13 --leak 3f2a9c01d2e4',
    );
  });

  it.each<[Partial<ScenarioResult>, string, Readonly<Record<string, string>>]>([
    [
      {status: 'unbaselined', mode: 'exit', changes: [isNew(leak())]},
      'failure',
      {
        message: 'unbaselined: parse/error-path on cpython-3.13: no baseline, and 1 new leak',
        type: 'unbaselined',
      },
    ],
    [
      {status: 'failed', failure: {reason: 'signal', message: 'ended by SIGSEGV', output: 'last'}},
      'error',
      {message: 'failed: parse/error-path on cpython-3.13: ended by SIGSEGV', type: 'signal'},
    ],
    [
      {status: 'timed-out', failure: {reason: 'timed-out', message: 'took long', output: ''}},
      'error',
      {message: 'timed out: parse/error-path on cpython-3.13: took long', type: 'timed-out'},
    ],
    [{status: 'skipped', notes: ['not today']}, 'skipped', {}],
  ])('%#', (over, name, attributes) => {
    const testCase = caseOf(result(over));
    expect(child(testCase, name)?.attributes).toEqual(attributes);
    const others = ['failure', 'error', 'skipped'].filter((other) => other !== name);
    for (const other of others) expect(child(testCase, other)).toBeUndefined();
  });

  it.each(['passed', 'improved'] as const)('%s is no failure', (status) => {
    const testCase = caseOf(result({status, changes: [{verdict: 'fixed', before: {type: 'leak', id: 'x'}}]}));
    expect(testCase?.children.map(({name}) => name)).toEqual(['system-out']);
    expect(child(testCase, 'system-out')?.text).toContain('1 fixed leak');
  });

  it('is XML whatever a scenario prints', () => {
    const hostile = '\u0000\u0008\u001b[31mred\u001b[0m ]]> <a> & "quoted" ]]>]]> \ufffe \ud800 ü日本';
    const testCase = caseOf(
      result({
        scenario: `f${hostile}/${hostile}`,
        build: hostile,
        file: hostile,
        status: 'failed',
        failure: {reason: 'exception', message: hostile, output: hostile},
        changes: [isNew(leak({stack: [{...frame.parseRow, name: hostile}]}))],
      }),
    );
    expect(child(testCase, 'error')?.attributes.message).toContain('<a> & "quoted"');
    expect(child(testCase, 'error')?.text).toContain('ü日本');
  });
});

it.each([
  ['a\u0000b\u000bc\td\ne', 'abc\td\ne'],
  ['\u001b[1;31mred\u001b[m', 'red'],
  [']]>]]>', ']] >]] >'],
  ['😀 \ud83d', '😀 '],
])('xmlText(%j)', (text, legal) => expect(xmlText(text)).toBe(legal));
