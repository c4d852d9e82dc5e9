import {execFileSync} from 'node:child_process';
import {chmodSync} from 'node:fs';
import {SaxesParser} from 'saxes';
import {describe, expect, it} from 'vitest';
import {extension} from './support/extension.js';
import {createProject} from './support/project.js';

const joiner = (afterwards: string) =>
  extension('joiner', {
    join: `    PyObject *text = PyUnicode_FromFormat("%S, %S", arg, arg);
    PyObject *list = PyList_New(0);
    PyList_Append(list, text);
    ${afterwards}
    return list;
`,
  });
const CLEAN = joiner('Py_DECREF(text);');
const LEAKING = joiner('/* the list has a reference of its own, and ours is forgotten */');

const SCENARIO = `requires: [{extension: joiner.c}]
setup: |
  import joiner

  def greet(number):
      return joiner.join("row %d" % number)
body: |
  greet(7)
isolation: process
`;

const BASELINE = 'scenarios/__baselines__/cpython-3.13/join.yaml';

const VALGRIND = execFileSync('sh', ['-c', 'command -v valgrind'], {encoding: 'utf8'}).trim();

/** The names and the text of an XML document; throws where it is not well-formed. */
function parseXml(text: string) {
  const elements: {name: string; attributes: Readonly<Record<string, string>>}[] = [];
  let content = '';
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({name, attributes}) => elements.push({name, attributes}));
  for (const kind of ['text', 'cdata'] as const) {
    parser.on(kind, (chunk) => {
      content += chunk;
    });
  }
  parser.write(text).close();
  return {elements, content};
}

// Each step goes on where the one before it ended.
describe('a leak that comes, is known and goes', {sequential: true}, () => {
  const project = createProject({
    'leakline.yaml': 'builds: [cpython-3.13]\npassEnv: [PATH]\n',
    'scenarios/join.yaml': SCENARIO,
    'scenarios/joiner.c': CLEAN,
    'bin/valgrind': `#!/bin/sh
case $1 in --version) ;; *) echo started >>"\${0%/*}/../valgrind.txt" ;; esac
exec ${VALGRIND} "$@"
`,
  });
  chmodSync(project.at('bin', 'valgrind'), 0o755);
  const env = {PATH: `${project.at('bin')}:${process.env.PATH}`};
  const valgrinds = () =>
    project.has('valgrind.txt') ? project.read('valgrind.txt').split('\n').length - 1 : 0;
  let id = '';

  it('there is none: nothing is said, nothing written', async () => {
    const {code, stdout, stderr, of} = await project.run(['--update', 'changed'], env);
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    expect(of('join')).toMatchObject({status: 'passed', changes: [], notes: [], cached: false});
    expect(stdout).toContain('\n1 passed in ');
    expect(stdout).not.toMatch(/Next:|leak[^l]|regressed/);
    expect(project.files('scenarios')).toEqual(['join.yaml', 'joiner.c']);
    // One more where no run on this build has measured its floor yet.
    expect([1, 2]).toContain(valgrinds());
  });

  it('a second run has nothing to do, and starts no valgrind', async () => {
    const before = valgrinds();
    const {code, stdout, of} = await project.run([], env);
    expect(code).toBe(0);
    expect(of('join').cached).toBe(true);
    expect(stdout).toContain('(cached)');
    expect(valgrinds()).toBe(before);
  });

  it('is planted in the C file: found, in every report, and nothing is written in CI', async () => {
    project.write({'scenarios/joiner.c': LEAKING});
    const files = ['--reporter', 'junit=reports/junit.xml', '--reporter', 'github'];
    const {code, stdout, of, report} = await project.run(files, {...env, CI: 'true'});
    expect(code).toBe(1);
    expect(of('join')).toMatchObject({status: 'regressed', cached: false, hadBaseline: false});
    const [change, ...others] = of('join').changes;
    expect(others).toEqual([]);
    if (change?.verdict !== 'new' || change.now.type !== 'leak') throw new Error('no new leak');
    expect(change.now).toMatchObject({
      blocks: 1,
      attribution: 'extension',
      intervals: [100, 100, 100, 100, 100],
    });
    expect(change.now.objects).toMatchObject([{type: 'str', refcount: 1}]);
    id = change.now.id;

    const line = LEAKING.split('\n').findIndex((text) => text.includes('FromFormat')) + 1;
    const headline = `regressed: join on cpython-3.13: +1 block (${change.now.bytes} bytes) per iteration, str, PyUnicode_FromFormat ← join (joiner.c:${line}) ← greet (join.yaml)`;
    expect(stdout).toContain(`\n${headline}\n`);
    expect(stdout).toContain(`Next: leakline repro join --build cpython-3.13 --leak ${id}\n`);
    expect(stdout).toMatch(/^::error file=scenarios\/join\.yaml,title=.*join.*::.*\+1 block/m);

    expect(report).toMatchObject({schemaVersion: 1, exitCode: 1, interrupted: false, problems: []});
    expect(report.counts).toMatchObject({regressed: 1, passed: 0});
    const {elements, content} = parseXml(project.read('reports', 'junit.xml'));
    expect(elements.find(({name}) => name === 'testsuite')?.attributes).toMatchObject({
      tests: '1',
      failures: '1',
    });
    expect(elements.filter(({name}) => name === 'failure')).toHaveLength(1);
    expect(content).toContain(`join (joiner.c:${line})`);

    expect(project.has('scenarios', '__baselines__')).toBe(false);
  });

  it('is what a baseline would gain', async () => {
    const {code, stdout} = await project.leakline(['baseline', 'diff']);
    expect(code).toBe(1);
    expect(stdout).toContain(`${BASELINE}\n  + regressed: join on cpython-3.13: +1 block`);
    expect(project.has(BASELINE)).toBe(false);
  });

  it('is accepted: one file that says where it comes from', async () => {
    expect(await project.leakline(['baseline', 'update'])).toMatchObject({
      code: 0,
      stdout: `updated ${BASELINE}\n`,
    });
    expect(project.files('scenarios/__baselines__')).toEqual(['cpython-3.13/join.yaml']);
    const text = project.read(BASELINE);
    expect(text).toContain(`  ${id}: {kind: definite, blocks: 1, bytes: `);
    expect(text).toContain('stack: PyUnicode_FromFormat ← join (joiner) ← greet (join.yaml)');
    expect(await project.leakline(['baseline', 'diff'])).toMatchObject({code: 0});
  });

  it('is known from then on', async () => {
    const before = valgrinds();
    const {code, stdout, of} = await project.run([], env);
    expect(code).toBe(0);
    expect(of('join')).toMatchObject({status: 'passed', cached: false, changes: [{verdict: 'known'}]});
    expect(of('join').iterations).toBe(10);
    expect(stdout).toContain('1 known leak');
    expect(valgrinds()).toBe(before + 1);
  });

  it('keeps what a person wrote of it', async () => {
    const text = project
      .read(BASELINE)
      .replace('{kind', '{note: "see the list of Mai", bytes: 1, kind')
      .replace(/, bytes: \d+, stack/, ', stack');
    project.write({[BASELINE]: text});
    expect(await project.leakline(['baseline', 'update', '--all'])).toMatchObject({code: 0});
    const updated = project.read(BASELINE);
    expect(updated).toContain('note: see the list of Mai');
    expect(updated).not.toContain('bytes: 1,');
  });

  it('is mended: improved, and told by a diff until the baseline is updated', async () => {
    project.write({'scenarios/joiner.c': CLEAN});
    const stored = project.read(BASELINE);
    const {code, stdout, of} = await project.run(['--update', 'none'], env);
    expect(code).toBe(0);
    expect(of('join')).toMatchObject({status: 'improved', changes: [{verdict: 'fixed', before: {id}}]});
    expect(stdout).toContain('leakline baseline update');
    expect(project.read(BASELINE)).toBe(stored);

    const diff = await project.leakline(['baseline', 'diff', 'join']);
    expect(diff.code).toBe(1);
    expect(diff.stdout).toContain('  - improved: join on cpython-3.13: no longer +1 block');
    expect(await project.leakline(['baseline', 'update'])).toMatchObject({code: 0});
    expect(project.files('scenarios/__baselines__')).toEqual([]);
    expect(await project.leakline(['baseline', 'diff'])).toMatchObject({code: 0});
  });

  it('is as if it had never been: the first result holds again', async () => {
    const before = valgrinds();
    const {code, of} = await project.run([], env);
    expect({code, cached: of('join').cached}).toEqual({code: 0, cached: true});
    expect(valgrinds()).toBe(before);
  });

  it('another body is another scenario', async () => {
    project.write({'scenarios/join.yaml': SCENARIO.replace('greet(7)', 'greet(8)')});
    expect((await project.run([], env)).of('join')).toMatchObject({status: 'passed', cached: false});
    expect((await project.run([], env)).of('join').cached).toBe(true);
  });
});
