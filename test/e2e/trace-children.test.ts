import {spawnSync} from 'node:child_process';
import {beforeAll, describe, expect, it} from 'vitest';
import type {Finding} from '../../src/judge/types.js';
import {extension} from './support/extension.js';
import {createProject, type Ended, type Judged} from './support/project.js';

const lose = `    char *volatile block = malloc(40);
    block[0] = 1;
    Py_RETURN_NONE;
`;
const FAULTY = extension('faulty', {
  lose,
  lose_in_child: lose,
  read_past: `    char *block = calloc(1, 8);
    volatile char beyond = block[8];
    (void)beyond;
    free(block);
    Py_RETURN_NONE;
`,
});

/** Loses blocks of 100 bytes, three of them, or forks between two of 100 and a child's one of 50. */
const LOSER = `#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void lose(size_t size) { *(volatile char *)malloc(size) = 0; }
static void lose_in_child(size_t size) { *(volatile char *)malloc(size) = 0; }

int
main(int argc, char **argv)
{
    lose(100);
    lose(100);
    if (argc == 1) {
        lose(100);
        return 0;
    }
    pid_t child = fork();
    if (child == 0) {
        printf("%s: the C library's own buffer is no leak\\n", argv[1]);
        lose_in_child(50);
        return 0;
    }
    waitpid(child, NULL, 0);
    return 0;
}
`;

const indented = (text: string) => text.replaceAll(/^(?=.)/gm, '  ');

const traced = (code: string, requires = '{extension: faulty.c}') =>
  `mode: exit\ntrace-children: true\nrequires: [${requires}]\ncode: |\n${indented(code)}`;

const READS = `import subprocess, sys
subprocess.run([sys.executable, '-c', 'import faulty; faulty.read_past(None)'], check=True)
`;

const FORKS = `import faulty, os
for _ in range(5):
    faulty.lose(None)
child = os.fork()
if child == 0:
    for _ in range(2):
        faulty.lose(None)
    for _ in range(3):
        faulty.lose_in_child(None)
    os._exit(0)
os.waitpid(child, 0)
`;

const PROCESSES = `import multiprocessing, faulty
for method in ('fork', 'spawn'):
    process = multiprocessing.get_context(method).Process(target=faulty.lose, args=(None,))
    process.start()
    process.join()
    assert process.exitcode == 0
`;

const STAYS = `import subprocess, sys
code = 'import faulty, time; faulty.read_past(None); print(1, flush=True); time.sleep(600)'
process = subprocess.Popen([sys.executable, '-c', code], stdout=subprocess.PIPE)
process.stdout.readline()
`;

const BODY = `import os
child = os.fork()
if child == 0:
    faulty.lose_in_child(None)
    faulty.read_past(None)
    os._exit(0)
os.waitpid(child, 0)
os.waitpid(os.posix_spawn(sys.executable, [sys.executable, '-c', CODE], os.environ), 0)
`;

const growth = (
  traces: boolean,
) => `${traces ? 'trace-children: true\n' : ''}requires: [{extension: faulty.c}]
warmup: 1
iterations: 1
checkpoints: 2
setup: |
  import faulty, sys
  CODE = 'import faulty; faulty.lose(None); faulty.read_past(None)'
body: |
${indented(BODY)}`;

const project = createProject({
  'scenarios/faulty.c': FAULTY,
  'scenarios/loser.c': LOSER,
  'scenarios/reads.yaml': traced(READS),
  'scenarios/forks.yaml': traced(FORKS),
  'scenarios/execs.yaml': traced(
    "import subprocess\nsubprocess.run(['loser'], check=True)\n",
    '{program: loser.c}',
  ),
  'scenarios/program.yaml': 'trace-children: true\nrequires: [{program: loser.c}]\ncommand: [loser, fork]\n',
  'scenarios/processes.yaml': traced(PROCESSES),
  'scenarios/stays.yaml': traced(STAYS),
  'scenarios/grows.yaml': growth(true),
  'scenarios/grows-untraced.yaml': growth(false),
});

let run: Judged;
let repros: Promise<Ended>[] = [];
beforeAll(async () => {
  run = await project.run(['--update', 'missing']);
  repros = [project.leakline(['repro', 'reads']), project.leakline(['repro', 'forks', '--out', 'out/forks'])];
});

const found = (scenario: string): readonly Finding[] =>
  run.of(scenario).changes.flatMap((change) => (change.verdict === 'fixed' ? [] : [change.now]));

/** What `faulty` and `loser` left behind, by the function that did and the process. */
const leaks = (scenario: string) =>
  found(scenario)
    .flatMap((finding) => {
      if (finding.type !== 'leak') return [];
      const {blocks, bytes, child, frames} = finding;
      const of = frames[0]?.name ?? '';
      return of.startsWith('lose') ? [{of, blocks, bytes, child}] : [];
    })
    .sort((a, b) => a.of.localeCompare(b.of));

const errors = (scenario: string) =>
  found(scenario).flatMap((finding) =>
    finding.type === 'error'
      ? [{of: finding.frames[0]?.name, count: finding.count, child: finding.child}]
      : [],
  );

it('without trace-children, nothing counts that happens in a child', () => {
  expect(run.of('grows-untraced')).toMatchObject({status: 'passed', changes: []});
});

describe('a program that is started', () => {
  it('has its memory errors told, with its command line', () => {
    expect(errors('reads')).toEqual([
      {of: 'read_past', count: 1, child: 'python3.13 -c import faulty; faulty.read_past(None)'},
    ]);
    expect(leaks('reads')).toEqual([]);
  });

  it('has what it left behind told', () => {
    expect(leaks('execs')).toEqual([{of: 'lose', blocks: 3, bytes: 300, child: 'loser'}]);
  });

  it('and is still there at the end is ended: its errors count', () => {
    expect(errors('stays')).toMatchObject([{of: 'read_past', count: 1}]);
    expect(leaks('stays')).toEqual([]);
    expect(run.of('stays').notes).toContain(
      '1 child process did not exit, so what was left behind there is not known',
    );
  });
});

describe('a fork', () => {
  it('of Python has what it inherited told once, and its own', () => {
    expect(leaks('forks')).toEqual([
      {of: 'lose', blocks: 7, bytes: 280, child: undefined},
      {of: 'lose_in_child', blocks: 3, bytes: 120, child: 'a fork of python3.13'},
    ]);
  });

  it('of another program too', () => {
    expect(leaks('program')).toEqual([
      {of: 'lose', blocks: 2, bytes: 200, child: undefined},
      {of: 'lose_in_child', blocks: 1, bytes: 50, child: 'a fork of loser'},
    ]);
  });
});

it('multiprocessing: each start method has its leak', () => {
  const lost = leaks('processes');
  expect(lost.map(({blocks}) => blocks)).toEqual([1, 1]);
  const forked = lost.map(({child}) => child?.startsWith('a fork of python3.13'));
  expect(forked.toSorted()).toEqual([false, true]);
});

it('growth: errors of children count, and what they leave behind is no growth', () => {
  expect(run.of('grows')).toMatchObject({status: 'regressed', isolation: 'process'});
  expect(leaks('grows')).toEqual([]);
  expect(
    errors('grows')
      .map(({of, child}) => [of, child?.replace(/ -c .*/, '')])
      .sort(),
  ).toEqual([
    ['read_past', 'a fork of python3.13'],
    ['read_past', 'python3.13'],
  ]);
});

it('is the same in every run', async () => {
  const again = await project.run(['--no-cache', 'forks', 'program', 'processes']);
  expect(again.statuses).toEqual({forks: 'passed', program: 'passed', processes: 'passed'});
});

it('is reproduced, and the report names the process', async () => {
  const [reads, forks] = await Promise.all(repros);
  expect(reads?.stdout).toMatch(/^ {2}child +python3\.13 -c import faulty; faulty\.read_past\(None\)$/m);
  expect(forks?.stdout).toMatch(/known: forks on cpython-3\.13: 7 blocks \(280 bytes\) at exit, lose/);
  const {stderr} = spawnSync(project.at('out', 'forks', 'run.sh'), {
    env: {PATH: '/usr/bin:/bin'},
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  const [, ofFork = ''] = stderr.split('leakline checkpoint 1 of 1');
  expect(/definitely lost: .*/.exec(ofFork)?.[0]).toBe('definitely lost: 400 (+200) bytes in 10 (+5) blocks');
});
