import {existsSync, readFileSync} from 'node:fs';
import {expect, it} from 'vitest';
import {markerOf, processesOf} from './support/processes.js';
import {createProject, type Project, type Running, until} from './support/project.js';

/** A scenario that tells its process id and then does nothing for a long time. */
const waiting = (file: string, isolation: string) => `isolation: ${isolation}
setup: |
  import os, time
  with open(${JSON.stringify(`${file}.part`)}, "w") as pid:
      pid.write("%d" % os.getpid())
  os.rename(${JSON.stringify(`${file}.part`)}, ${JSON.stringify(file)})
body: |
  time.sleep(600)
`;

const QUICK = 'body: |\n  "row %d" % 7\n';

/** A project of a quick scenario and two that wait, one in a process of its own. */
function project(): Project {
  const made = createProject({'scenarios/quick.yaml': QUICK});
  made.write({
    'scenarios/waits-forked.yaml': waiting(made.at('forked.pid'), 'fork'),
    'scenarios/waits-alone.yaml': waiting(made.at('alone.pid'), 'process'),
  });
  return made;
}

/** Starts a run, with as many jobs as scenarios, and waits until the quick one is done and the others wait. */
async function startRun({start, has}: Project): Promise<{run: Running; marker: string}> {
  const run = start(['run', '--jobs', '3', '--no-cache']);
  await until(
    () =>
      run.child.exitCode !== null ||
      (has('forked.pid') && has('alone.pid') && /passed +quick/.test(run.output())),
  );
  const marker = markerOf(run.child.pid ?? 0);
  if (marker === undefined) throw new Error(`leakline has ended:\n${run.output()}`);
  expect(processesOf(marker).length).toBeGreaterThan(2);
  return {run, marker};
}

/** The folder that a run's valgrind works in. */
function workFolder(pid: string): string {
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  return /--xml-file=([^\0]*\/leakline-[^/]+)\//.exec(command)?.[1] ?? '';
}

it.concurrent('Ctrl-C ends everything and keeps what is done', async () => {
  const made = project();
  const {run, marker} = await startRun(made);
  const folder = workFolder(made.read('alone.pid'));
  expect(existsSync(folder)).toBe(true);
  // Whoever is impatient presses it again.
  for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM'] as const) run.child.kill(signal);
  const {code, stdout} = await run.ended;
  expect(code).toBe(130);
  expect(stdout).toContain('interrupted after 1 of 3 scenarios');
  expect(stdout).not.toMatch(/failed|waits/);
  expect(processesOf(marker)).toEqual([]);
  expect(existsSync(folder)).toBe(false);

  const [log = '', ...others] = made.files('.leakline/runs');
  expect(others).toEqual([]);
  const lines = made.read('.leakline/runs', log).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line)).filter(({type}) => type === 'result')).toMatchObject([
    {result: {scenario: 'quick', status: 'passed'}},
  ]);
  const again = await made.leakline(['report']);
  expect(again.code).toBe(0);
  expect(again.stdout).toMatch(/quick +cpython-3\.13 +passed/);
  expect(again.stdout).toContain('interrupted after 1 of 3 scenarios');
});

it.concurrent('kill -9 of leakline leaves no process and no folder behind, and the next run works', async () => {
  const made = project();
  const {run, marker} = await startRun(made);
  const folder = workFolder(made.read('alone.pid'));
  run.child.kill('SIGKILL');
  expect((await run.ended).code).toBe('SIGKILL');
  await until(() => processesOf(marker).length === 0 && !existsSync(folder));

  const report = await made.leakline(['report']);
  expect(report.stdout).toMatch(/quick +cpython-3\.13 +passed/);
  const next = await made.leakline(['run', 'quick']);
  expect(next.code).toBe(0);
});

it.concurrent("kill -9 of one scenario's valgrind fails that scenario alone", async () => {
  const made = project();
  const {run, marker} = await startRun(made);
  process.kill(Number(made.read('alone.pid')), 'SIGKILL');
  await until(() => run.output().includes('waits-alone'));
  process.kill(Number(made.read('forked.pid')), 'SIGKILL');
  const {code, stdout} = await run.ended;
  expect(code).toBe(1);
  expect(stdout).toContain('failed: waits-alone on cpython-3.13: was ended by SIGKILL\n');
  expect(stdout).toContain('failed: waits-forked on cpython-3.13: was ended by SIGKILL\n');
  expect(stdout).toContain('1 passed, 2 failed in ');
  expect(processesOf(marker)).toEqual([]);
});
