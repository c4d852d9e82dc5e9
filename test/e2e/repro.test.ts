import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {beforeAll, describe, expect, it} from 'vitest';
import {createProject, type Ended} from './support/project.js';

const LEAKY = readFileSync(new URL('../../scenarios/ext/leaky.c', import.meta.url), 'utf8');

/** The line of the sample extension that holds the text for the first time after the function began. */
function lineOf(called: string, text: string): number {
  const lines = LEAKY.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`${called}(`));
  return lines.findIndex((line, index) => index > start && line.includes(text)) + 1;
}

const growth = (body: string) => `requires: [{extension: leaky.c}]
warmup: 2
iterations: 5
checkpoints: 3
setup: |
  import leaky, os

  def parse(number):
      leaky.lost_block()
body: |
${body.replaceAll(/^(?=.)/gm, '  ')}`;

const TEN_STATEMENTS = `rows = ["row %d" % number for number in range(3)]
text = ", ".join(rows)
parts = text.split(", ")
table = {name: len(name) for name in parts}
names = sorted(table)
with open(os.devnull):
    parse(3)
first = names[0]
upper = first.upper()
pairs = list(zip(parts, names))
rows.clear()
`;

const project = createProject({
  'scenarios/leaky.c': LEAKY,
  'scenarios/loses.yaml': growth(TEN_STATEMENTS),
  'scenarios/once.yaml': `mode: exit
requires: [{extension: leaky.c}]
code: |
  import leaky
  for _ in range(3):
      leaky.lost_block()
`,
  'scenarios/reads.yaml': growth('leaky.uninitialised_branch()\n').replace(
    'lost_block',
    'uninitialised_branch',
  ),
});

const malloc = lineOf('fresh_block', 'malloc(');

/** Nothing of this machine but the programs. */
const BARE = {PATH: '/usr/bin:/bin'};

/** What waits for nothing of the others runs beside them. */
let [once, reads]: Promise<Ended>[] = [];
beforeAll(() => {
  project.write({'out/mine/mine.txt': 'mine'});
  once = project.leakline(['repro', 'once']);
  reads = project.leakline(['repro', 'reads', '--out', 'out/mine']);
});

describe('a leak that grows', {sequential: true}, () => {
  let id = '';

  it('is chosen by its id; another one is not there', async () => {
    const {code, stdout} = await project.leakline(['repro', 'loses', '--leak', '000000']);
    expect(code).toBe(0);
    const [, other = ''] =
      /^loses on cpython-3\.13 leaves no 000000 behind; it has ([0-9a-f]{12})\.\n$/.exec(stdout) ?? [];
    expect(other).not.toBe('');
    id = other;
  });

  it('is shown with its source, shrunk to the statement that leaks, and written to a folder', async () => {
    const {code, stdout} = await project.leakline([
      ...['repro', 'loses', '--leak', id.slice(0, 6), '--shrink', '--gdb', '--out', 'out/loses'],
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^regressed: loses on cpython-3\.13: \+1 block \(40 bytes\) per iteration, fresh_block/,
    );
    expect(stdout).toMatch(new RegExp(`^ {2}id +${id}$`, 'm'));
    expect(stdout).toContain(`  > ${malloc} |     void *block = malloc(size);\n`);
    expect(stdout).toMatch(/What still leaks of the body, after \d+ tries in .* s:\n {4}parse\(3\)\n[^ ]/);
    expect(stdout).toContain(`To stop in gdb at leaky.c:${malloc}, where the leaked block is allocated`);
  });

  it('is reproduced by the folder alone', () => {
    const {stderr} = spawnSync(project.at('out', 'loses', 'run.sh'), {env: BARE, encoding: 'utf8'});
    const checks = stderr.split('leakline checkpoint ').slice(2);
    expect(checks).toHaveLength(3);
    for (const text of checks) {
      const record = text.split(/\n==\d+== \n/).find((part) => part.includes('lost_block (leaky.c:'));
      expect(record).toMatch(/ \(\+200\) bytes in .* \(\+5\) blocks are definitely lost/);
    }
    expect(project.read('out', 'loses', 'README.md')).toContain('+1 block (40 bytes) per iteration');
  });

  it('is where gdb stops', async (context) => {
    if (spawnSync('gdb', ['--version']).status !== 0) return context.skip('needs gdb');
    const folder = project.at('out', 'loses');
    const argv = ['--vgdb=yes', '--vgdb-error=0', `--vgdb-prefix=${folder}/vgdb`];
    const valgrind: ChildProcess = spawn(`${folder}/run.sh`, argv, {
      env: BARE,
      detached: true,
      stdio: 'ignore',
    });
    const python = /^PYTHON=\$\{PYTHON:-(.*)\}$/m.exec(project.read('out', 'loses', 'run.sh'))?.[1] ?? '';
    const {stdout} = spawnSync('gdb', ['--batch', '-x', `${folder}/leak.gdb`, python], {
      encoding: 'utf8',
      timeout: 120_000,
    });
    process.kill(-(valgrind.pid ?? 0), 'SIGKILL');
    expect(stdout).toMatch(new RegExp(`^Breakpoint 1, fresh_block .* at .*/leaky\\.c:${malloc}$`, 'm'));
    expect(stdout).toMatch(/^#1 .* lost_block \(.*\) at .*leaky\.c:\d+$/m);
    expect(stdout).toMatch(/^#\d+ .* _PyEval_EvalFrameDefault /m);
  });
});

it('what is left at exit is shown', async () => {
  const {code, stdout = ''} = (await once) ?? {};
  expect(code).toBe(1);
  expect(stdout).toContain('3 blocks (120 bytes) at exit, fresh_block');
});

it('a memory error: where the value that nobody wrote came from; a folder is not overwritten', async () => {
  const {code, stdout = '', stderr} = (await reads) ?? {};
  expect(stdout).toContain('Conditional jump or move depends on uninitialised value(s)');
  const [, origin = ''] = stdout.split('Uninitialised value was created by a heap allocation');
  expect(origin).toContain(`fresh_block (leaky.c:${malloc})`);
  expect(origin).toMatch(/uninitialised_branch \(leaky\.c:\d+\)/);
  expect(code).toBe(2);
  expect(stderr).toContain('out/mine is not empty');
  expect(project.files('out/mine')).toEqual(['mine.txt']);
});

it('a scenario that is not there: a suggestion', async () => {
  const {code, stderr} = await project.leakline(['repro', 'losses']);
  expect(code).toBe(2);
  expect(stderr).toContain('no scenario is called losses, did you mean "loses"?');
});
