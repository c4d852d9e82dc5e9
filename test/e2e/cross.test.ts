import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, rmSync} from 'node:fs';
import path from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';
import type {ScenarioResult} from '../../src/judge/types.js';
import type {JsonReport} from '../../src/report/json.js';
import {extension} from './support/extension.js';
import {createProject, type Ended} from './support/project.js';

const ARM = 'arm-linux-gnueabihf';
const recipe = (version: string, profile: string) =>
  `source: {version: ${version}}\nprofile: ${profile}\nhost: ${ARM}\n`;

const project = createProject({
  'python-build/board.yaml': recipe('3.13.5', 'malloc'),
  'python-build/board-2.7.yaml': recipe('2.7.18', 'memory-debugger'),
  'scenarios/ext/leaky.c': extension('leaky', {
    leak: '    PyList_New(0);\n    Py_RETURN_NONE;\n',
    keep: '    PyObject *list = PyList_New(3);\n    Py_XDECREF(list);\n    Py_RETURN_NONE;\n',
  }),
  'scenarios/ext/lost.c': '#include <stdlib.h>\nint main(void) { return malloc(24) == NULL; }\n',
  'scenarios/leaks.yaml': `requires: [{extension: ext/leaky.c}]
setup: |
  import leaky
  def work(value):
      leaky.leak(value)
body: |
  work(1)
`,
  'scenarios/clean.yaml': `requires: [{extension: ext/leaky.c}]
setup: |
  import leaky
body: |
  leaky.keep("row %d" % 7)
`,
  'scenarios/at-exit.yaml': `mode: exit
requires: [{extension: ext/leaky.c}]
code: |
  import leaky
  for number in range(7):
      leaky.leak(number)
`,
  'scenarios/script.yaml': 'mode: exit\nscript: script/main.py\n',
  'scenarios/script/main.py': 'import beside\nassert beside.ANSWER == 42\n',
  'scenarios/script/beside.py': 'ANSWER = 42\n',
  'scenarios/program.yaml': 'mode: exit\nrequires: [{program: ext/lost.c}]\ncommand: [lost]\n',
  'scenarios/starts-python.yaml': `mode: exit
trace-children: true
requires: [{extension: ext/leaky.c}]
code: |
  import subprocess, sys
  subprocess.run([sys.executable, '-c', 'import leaky; leaky.leak(1)'], check=True)
`,
  'scenarios/raises.yaml': 'body: |\n  raise ValueError("on the board")\n',
  'scenarios/needs-a-package.yaml': 'requires: [ujson==5.10.0]\nbody: |\n  pass\n',
});

/** What a result says of the scenario, without where and how fast it ran. */
function judgement({scenario, status, changes, failure}: ScenarioResult) {
  const found = changes.map((change) => {
    if (change.verdict === 'fixed') return [change.verdict];
    const {now, verdict} = change;
    // Bytes at exit depend on the length of paths.
    return now.type === 'leak'
      ? [verdict, now.id, now.kind, now.blocks, now.intervals, now.objects, now.frames.map(({name}) => name)]
      : [verdict, now.type, now.id];
  });
  return {scenario, status, found: found.sort(), failure: failure?.message, line: failure?.line};
}

const judgements = (results: readonly ScenarioResult[]) =>
  results.map(judgement).sort((a, b) => (a.scenario < b.scenario ? -1 : 1));

function sh(folder: string, ...argv: readonly string[]) {
  const [file = '', ...args] = argv;
  return execFileSync(file, args, {cwd: folder, encoding: 'utf8', env: {PATH: '/usr/bin:/bin'}});
}

/** Unpacks an export into another folder, and gives that of its script. */
function unpack(archive: string, folder: string): string {
  mkdirSync(project.at(folder));
  sh(project.at(folder), 'tar', '-xzf', project.at(archive));
  return project.at(folder, ...readdirSync(project.at(folder)));
}

async function importResults(file: string): Promise<Ended & {readonly report: JsonReport}> {
  rmSync(project.at('imported.json'), {force: true});
  const reporters = ['--reporter', 'terminal', '--reporter', 'json=imported.json'];
  const ended = await project.leakline(['report', '--import', file, ...reporters]);
  return {...ended, report: JSON.parse(project.read('imported.json')) as JsonReport};
}

describe('a build that was exported and unpacked elsewhere', () => {
  const paths = ['leaks', 'clean', 'at-exit', 'script', 'program', 'raises', 'starts-python'];
  let exported: Ended;
  let there: string;
  let results: string;
  beforeAll(async () => {
    exported = await project.leakline(['python', 'export', 'cpython-3.13', '--out', 'export.tar.gz']);
    there = unpack('export.tar.gz', 'elsewhere');
    sh(there, './run.sh');
    results = path.join(there, 'results.tar.gz');
  });

  it('holds the scenarios but for those that pip installs for', () => {
    expect(exported.code).toBe(0);
    expect(exported.stdout).toContain('left out: needs-a-package: it requires packages');
    expect(sh(there, './run.sh', '--list').trim().split('\n').sort()).toEqual(paths.toSorted());
  });

  it('gives the same verdicts and rates as a run here', async () => {
    const run = await project.run([...paths, '--no-cache']);
    const imported = await importResults(results);
    expect(imported.code).toBe(run.code);
    expect(judgements(imported.report.results)).toEqual(judgements(run.report.results));
    expect(imported.report.counts).toMatchObject({passed: 1, regressed: 1, failed: 1});
    expect(imported.stdout).toContain('+1 block (56 bytes) per iteration, list, PyList_New ← leak (leaky.c:');
    expect(imported.stdout).toContain('Next: leakline python export cpython-3.13 leaks');
  });

  it('can be accepted as any run, after which it passes', async () => {
    await importResults(results);
    const updated = await project.leakline(['baseline', 'update']);
    expect(updated.stdout).toContain('__baselines__/cpython-3.13/at-exit.yaml');
    const again = await importResults(results);
    expect(again.report.counts).toMatchObject({passed: 6, failed: 1});
    rmSync(project.at('scenarios', '__baselines__'), {recursive: true});
  });

  it('runs the named scenarios alone, with the floor that they need', async () => {
    sh(there, './run.sh', 'at-exit');
    const {report} = await importResults(results);
    expect(report.results.map(({scenario}) => scenario)).toEqual(['at-exit']);
    expect(report.results[0]?.floor?.definite.blocks).toBeGreaterThan(1000);
  });

  it('is judged only while its scenarios are what they were', async () => {
    const before = project.read('scenarios', 'at-exit.yaml');
    project.write({'scenarios/at-exit.yaml': before.replace('range(7)', 'range(8)')});
    const {code, stderr, stdout} = await importResults(results);
    project.write({'scenarios/at-exit.yaml': before});
    expect(code).toBe(2);
    expect(stdout + stderr).toContain('at-exit is another scenario now than the one that was run');
  });
});

describe('a build for another machine', () => {
  it('runs nothing here, and says what to do instead', async () => {
    const {code, stdout} = await project.leakline(['run', 'clean', '--build', 'board']);
    expect(code).toBe(2);
    expect(stdout).toContain(`board is compiled for ${ARM}`);
    expect(stdout).toContain('Next: leakline python export board');
  });

  it('that a scenario names by itself is left out without a word of blame', async () => {
    project.write({'scenarios/board-only.yaml': 'builds: [board]\nbody: |\n  pass\n'});
    const run = await project.run(['board-only']);
    project.write({'scenarios/board-only.yaml': undefined});
    expect(run.code).toBe(0);
    expect(run.of('board-only')).toMatchObject({status: 'skipped'});
  });

  it('needs its compiler, and names the package', async () => {
    const tools = project.at('no-tools');
    mkdirSync(tools);
    const {code, stdout} = await project.leakline(['python', 'build', 'board'], {
      PATH: tools,
      LEAKLINE_CACHE: project.at('no-cache'),
    });
    expect(code).toBe(2);
    expect(stdout).toContain(`There is no ${ARM}-gcc to make board with`);
    expect(stdout).toContain('Next: apt-get install gcc-arm-linux-gnueabihf');
  });
});

const has = (name: string) => existsSync(`/usr/bin/${name}`);

// Two builds each, one of them for this machine: ten minutes, which no pull request shall wait for.
const isWanted = process.env.LEAKLINE_TEST_ALL === '1' && has(`${ARM}-gcc`) && has('qemu-arm-static');

describe.skipIf(!isWanted)('cross builds for ARM', () => {
  it.each([
    ['board', '3.13.5', '3'],
    ['board-2.7', '2.7.18', '2'],
  ])('%s starts under qemu', async (name, version, major) => {
    const built = await project.leakline(['python', 'build', name]);
    expect(built.code, built.stdout).toBe(0);
    const python = (await project.leakline(['python', 'path', name])).stdout.trim();
    const program = 'import sys, json, socket; print(sys.version); print(repr(0.1))';
    const said = sh('/', 'qemu-arm-static', '-L', `/usr/${ARM}`, python, '-c', program);
    expect(said.startsWith(`${version} `)).toBe(true);
    expect(said).toContain('\n0.1\n');
    // The probe and an extension, for the machine that they will run on.
    if (major === '3') {
      expect((await project.leakline(['python', 'export', name, 'leaks', 'at-exit'])).code).toBe(0);
      const there = unpack(`${name}.tar.gz`, `${name}-unpacked`);
      const [folder = ''] = readdirSync(path.join(there, 'extensions'));
      const load = `import sys; sys.path[:0] = ['probe', 'extensions/${folder}']; import leakline_probe, leaky; leaky.leak(1)`;
      sh(there, 'qemu-arm-static', '-L', `/usr/${ARM}`, 'prefix/bin/python3.13', '-c', load);
    }
  });
});
