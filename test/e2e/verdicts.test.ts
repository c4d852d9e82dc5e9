import {beforeAll, describe, expect, it} from 'vitest';
import {processesOf} from './support/processes.js';
import {createProject, type Judged} from './support/project.js';

/** What a scenario does that does not come to its end, and what leakline says of it. */
const BAD: readonly {
  readonly name: string;
  readonly text: string;
  readonly status?: string;
  readonly message: string;
  readonly line?: number;
}[] = [
  {
    name: 'raises',
    text: 'setup: |\n  def parse(text):\n      return int(text)\nbody: |\n  parse("1")\n  parse("one")\n',
    message: "ValueError: invalid literal for int() with base 10: 'one' in body",
    line: 3,
  },
  {
    name: 'raises-in-setup',
    text: 'setup: |\n\n  import no_such_module\nbody: |\n  pass\n',
    message: "ModuleNotFoundError: No module named 'no_such_module' in setup",
    line: 3,
  },
  {
    name: 'is-no-python',
    text: 'body: |\n  x = 1\n  if x\n      pass\n',
    message: "SyntaxError: expected ':' (is-no-python.yaml, line 3) in body",
    line: 3,
  },
  {name: 'exits', text: 'body: |\n  import sys\n  sys.exit(0)\n', message: 'SystemExit: 0 in body', line: 3},
  {
    name: 'exits-at-once',
    text: 'body: |\n  import os\n  os._exit(0)\n',
    message: 'left before its end after 0 of 5 intervals',
  },
  {
    name: 'crashes',
    text: 'body: |\n  import os, signal\n  os.kill(os.getpid(), signal.SIGSEGV)\n',
    message: 'was ended by SIGSEGV',
  },
  {name: 'aborts', text: 'body: |\n  import os\n  os.abort()\n', message: 'was ended by SIGABRT'},
  {
    name: 'sleeps',
    text: 'timeout: 2\nbody: |\n  import time\n  time.sleep(600)\n',
    status: 'timed-out',
    message: 'did not end within 2 s',
  },
  {
    name: 'prints-much',
    text: `setup: |
  text = "x" * 999 + "\\n"
body: |
  import sys
  for _ in range(50 * 1000):
      sys.stdout.write(text)
  raise ValueError("after fifty megabytes")
`,
    message: 'ValueError: after fifty megabytes in body',
    line: 7,
  },
  {
    name: 'kills-its-parent',
    text: 'body: |\n  import os\n  os.kill(os.getppid(), 9)\n',
    message: 'was ended by SIGKILL',
  },
];

const GOOD = 'body: |\n  "row %d" % 7\n';

/** What looks dangerous and is none: it passes. */
const HARMLESS: Readonly<Record<string, string>> = {
  'good-1': GOOD,
  'good-2': GOOD,
  'good-3': GOOD,
  'closes-descriptors': 'body: |\n  import os\n  os.closerange(0, 1024)\n',
  'starts-a-daemon': `setup: |
  import os, time
  child = os.fork()
  if child == 0:
      os.setsid()
      if os.fork() == 0:
          with open(DAEMON, "w") as file:
              file.write("%d %s" % (os.getpid(), os.environ["LEAKLINE_RUN"]))
          time.sleep(600)
      os._exit(0)
  os.waitpid(child, 0)
body: |
  "row %d" % 8
`,
  'starts-threads': 'preload: [threaded]\nenv: {PYTHONPATH: MODULES}\nbody: |\n  import threaded\n',
  'preloads-nothing-and-forks': `preload: [no_such_module]
body: |
  import os
  child = os.fork()
  if child == 0:
      os._exit(0)
  os.waitpid(child, 0)
`,
};

const THREADED = `import threading
threading.Thread(target=threading.Event().wait, daemon=True).start()
`;

const project = createProject({'modules/threaded.py': THREADED});
let run: Judged;
beforeAll(async () => {
  const fill = (text: string) =>
    text.replace('DAEMON', JSON.stringify(project.at('daemon'))).replace('MODULES', project.at('modules'));
  for (const {name, text} of BAD) project.write({[`scenarios/${name}.yaml`]: text});
  for (const [name, text] of Object.entries(HARMLESS))
    project.write({[`scenarios/${name}.yaml`]: fill(text)});
  run = await project.run();
});

describe('a scenario that', () => {
  it.each(BAD)('$name: $message', ({name, status = 'failed', message, line}) => {
    const result = run.of(name);
    expect(result.status).toBe(status);
    expect(result.failure).toMatchObject({message, ...(line === undefined ? {} : {line})});
    const place = line === undefined ? '' : ` (scenarios/${name}.yaml:${line})`;
    expect(run.stdout).toContain(
      `${status.replace('-', ' ')}: ${name} on cpython-3.13: ${message}${place}\n`,
    );
  });

  it.each(Object.keys(HARMLESS))('%s passes', (name) => {
    expect(run.of(name)).toMatchObject({status: 'passed', changes: []});
  });
});

it('the exit code says that something is not as expected', () => {
  expect(run.code).toBe(1);
  expect(run.report.counts).toMatchObject({
    passed: Object.keys(HARMLESS).length,
    'timed-out': 1,
    failed: BAD.length - 1,
  });
});

it('a crash shows its stack, C and Python', () => {
  expect(run.of('crashes').failure?.output).toMatch(
    /^SIGSEGV in\n {2}kill \(.*\n(.*\n)* {2}body \(crashes\.yaml\)/,
  );
});

it('what was printed is kept to its end, not whole', () => {
  const text = run.of('prints-much').failure?.output ?? '';
  expect(text).toContain('ValueError: after fifty megabytes');
  expect(text.length).toBeLessThan(20_000);
});

it('nothing of the run is left, not even a daemon', () => {
  const [pid, marker = ''] = project.read('daemon').split(' ');
  expect(Number(pid)).toBeGreaterThan(1);
  expect(marker).toMatch(/^[0-9a-f]{12}$/);
  expect(processesOf(marker)).toEqual([]);
});

it('what cannot be forked runs in a process of its own, and the report says why', () => {
  const moved = (name: string) => [run.of(name).isolation, ...run.of(name).notes];
  expect(moved('starts-threads')).toEqual([
    'process',
    'ran in a process of its own: importing threaded starts threads, which a fork would lose',
  ]);
  expect(moved('preloads-nothing-and-forks')).toEqual([
    'process',
    "ran in a process of its own: importing no_such_module failed: ModuleNotFoundError: No module named 'no_such_module'",
  ]);
  expect(moved('kills-its-parent')).toEqual([
    'process',
    'ran in a process of its own: the fork server was ended by SIGKILL',
  ]);
});
