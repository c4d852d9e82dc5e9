import {spawnSync} from 'node:child_process';
import {mkdirSync} from 'node:fs';
import {describe, expect, it, type TestContext} from 'vitest';
import {createProject, type Project} from './support/project.js';

const GOOD = 'body: |\n  "row %d" % 7\n';
const KEEPS = 'setup: |\n  kept = []\nbody: |\n  kept.append("row %d" % len(kept))\n';
const BASELINES = 'scenarios/__baselines__/cpython-3.13';

/** Mounts a file system of 64 KiB over a folder of the project; skips the test where that is not permitted. */
function mountSmall({skip, onTestFinished}: TestContext, project: Project, folder: string): void {
  mkdirSync(project.at(folder), {recursive: true});
  const argv = ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', project.at(folder)];
  if (spawnSync('mount', argv).status !== 0) skip('needs the right to mount');
  onTestFinished(() => void spawnSync('umount', ['-l', project.at(folder)]));
}

const remountReadOnly = (project: Project, folder: string) =>
  spawnSync('mount', ['-o', 'remount,ro', project.at(folder)]);

/** Writes into a folder until nothing more fits. */
const fill = (project: Project, folder: string) =>
  spawnSync('dd', ['if=/dev/zero', `of=${project.at(folder, 'filling')}`, 'bs=1k']);

describe('a file that is wrong', () => {
  it.concurrent('among scenarios keeps none of the others from running', async () => {
    const project = createProject({
      'scenarios/good.yaml': GOOD,
      'scenarios/wrong.yaml': `${GOOD}iteratons: 5\n`,
      'scenarios/known.yaml': GOOD,
      [`${BASELINES}/known.yaml`]: 'mode: growth\nleaks: {\n',
    });
    const {code, stdout, statuses} = await project.run();
    expect(code).toBe(2);
    expect(statuses).toEqual({good: 'passed', known: 'failed'});
    expect(stdout).toContain(
      'scenarios/wrong.yaml:3:1 unknown key "iteratons", did you mean "iterations"?\n  iteratons: 5\n  ^\n',
    );
    expect(stdout).toMatch(new RegExp(`${BASELINES}/known\\.yaml:\\d+:\\d+ `));
    expect(project.read(BASELINES, 'known.yaml')).toBe('mode: growth\nleaks: {\n');

    // What cannot be read is no reason to lose it.
    expect((await project.leakline(['baseline', 'update', '--all'])).code).toBe(0);
    expect((await project.leakline(['baseline', 'prune'])).code).toBe(2);
    expect(project.read(BASELINES, 'known.yaml')).toBe('mode: growth\nleaks: {\n');
  });

  it.concurrent('of suppressions is told with its line before valgrind starts', async () => {
    const project = createProject({
      'leakline.yaml': 'builds: [cpython-3.13]\nsuppressions: [known.supp]\n',
      'known.supp': '{\n   no end\n   Memcheck:Leak\n   fun:f\n',
      'scenarios/good.yaml': GOOD,
    });
    const {code, stdout, stderr} = await project.leakline(['run']);
    expect(code).toBe(2);
    expect(stderr).toContain('known.supp:1:1 this rule is not closed with "}"');
    expect(stdout).toBe('');
  });
});

describe('where nothing can be written', () => {
  it.concurrent('baselines stay as they are, and can be updated when that is mended', async (context) => {
    const project = createProject({'scenarios/keeps.yaml': KEEPS});
    mountSmall(context, project, BASELINES);
    project.write({[`${BASELINES}/old.yaml`]: 'mode: growth\n'});
    remountReadOnly(project, BASELINES);
    const {code, stdout, statuses} = await project.run(['--update', 'all']);
    expect(code).toBe(2);
    expect(statuses).toEqual({keeps: 'regressed'});
    expect(stdout).toContain(`${BASELINES}/keeps.yaml cannot be written: EROFS: read-only file system`);
    expect(stdout).toContain('Next: make the folder writable, then: leakline baseline update\n');

    const refused = await project.leakline(['baseline', 'update']);
    expect(refused.code).toBe(2);
    expect(refused.stdout).toContain('EROFS');
    expect(project.files(BASELINES)).toEqual(['old.yaml']);

    spawnSync('mount', ['-o', 'remount,rw', project.at(BASELINES)]);
    fill(project, BASELINES);
    const full = await project.leakline(['baseline', 'update']);
    expect(full.code).toBe(2);
    expect(full.stdout).toContain('keeps.yaml cannot be written: ENOSPC: no space left on device');
    expect(project.files(BASELINES)).toEqual(['filling', 'old.yaml']);
    expect(project.read(BASELINES, 'old.yaml')).toBe('mode: growth\n');

    project.write({[`${BASELINES}/filling`]: undefined});
    expect(await project.leakline(['baseline', 'update'])).toMatchObject({
      code: 0,
      stdout: `updated ${BASELINES}/keeps.yaml\n`,
    });
  });

  it.concurrent('a report that cannot be written is refused before anything is built or run', async () => {
    const project = createProject({'scenarios/good.yaml': GOOD, file: ''});
    const {code, stdout, stderr} = await project.leakline(['run', '--reporter', 'junit=file/junit.xml']);
    expect(code).toBe(2);
    expect(stderr).toContain('file/junit.xml cannot be written: ');
    expect(stdout).toBe('');
    const unknown = await project.leakline(['run', '--reporter', 'xml']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('unknown reporter "xml"');
  });

  it.concurrent('a full folder of results is told at once', async (context) => {
    const project = createProject({'scenarios/good.yaml': GOOD});
    mountSmall(context, project, '.leakline');
    fill(project, '.leakline');
    const {code, stdout, stderr} = await project.leakline(['run']);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('.leakline results cannot be written: ENOSPC: no space left on device');
    expect(stderr).toContain('Next: make the folder writable, or free some space\n');
  });

  it.concurrent('a full temporary folder fails scenarios with the cause, wherever they run', async (context) => {
    const alone = `isolation: process\n${GOOD}`;
    const exit = 'mode: exit\ncode: |\n  pass\n';
    const project = createProject({
      'scenarios/alone.yaml': alone,
      'scenarios/forked.yaml': GOOD,
      'scenarios/once.yaml': exit,
    });
    mountSmall(context, project, 'tmp');
    fill(project, 'tmp');
    const {code, of} = await project.run([], {TMPDIR: project.at('tmp')});
    expect(code).toBe(2);
    for (const scenario of ['alone', 'forked', 'once']) {
      expect(of(scenario).status).toBe('failed');
      expect(of(scenario).failure).toMatchObject({reason: 'environment'});
      expect(of(scenario).failure?.message).toContain('ENOSPC: no space left on device');
    }
  });
});

it.concurrent('what belongs to no scenario is pruned, and nothing else', async () => {
  const project = createProject({
    'scenarios/good.yaml': GOOD,
    [`${BASELINES}/good.yaml`]: 'mode: growth\n',
    [`${BASELINES}/gone.yaml`]: 'mode: growth\n',
    [`${BASELINES}/_interpreter.yaml`]: 'mode: growth\n',
    // Of a build that is chosen with --build, and of one that has no recipe any more.
    'scenarios/__baselines__/cpython-3.9/good.yaml': 'mode: growth\n',
    'scenarios/__baselines__/cpython-3.8/good.yaml': 'mode: growth\n',
  });
  const {code, stdout} = await project.leakline(['baseline', 'prune']);
  const removed = [`${BASELINES}/gone.yaml`, 'scenarios/__baselines__/cpython-3.8/good.yaml'];
  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n').sort()).toEqual(removed.map((file) => `removed ${file}`).sort());
  expect(project.has('scenarios/__baselines__/cpython-3.9/good.yaml')).toBe(true);
  expect(project.files(BASELINES)).toEqual(['_interpreter.yaml', 'good.yaml']);
});
