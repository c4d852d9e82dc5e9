import {spawnSync} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import type {LeakFinding, NamedFrame, ScenarioResult} from '../../src/judge/types.js';
import {ensureBuild} from '../../src/python/build.js';
import {defaultCacheRoot} from '../../src/python/cache.js';
import {ensurePackages} from '../../src/python/packages.js';
import {loadRecipe, recipeFolders} from '../../src/python/recipe-file.js';
import {extension} from './support/extension.js';
import {createProject, until} from './support/project.js';

const leaks = ({changes}: ScenarioResult): readonly LeakFinding[] =>
  changes.flatMap((change) => (change.verdict !== 'fixed' && change.now.type === 'leak' ? [change.now] : []));

const frames = (result: ScenarioResult): readonly NamedFrame[] => leaks(result).flatMap(({stack}) => stack);

const spam = (afterwards: string) =>
  extension('spam', {
    greet: `    PyObject *text = PyUnicode_FromFormat("hello %S", arg);
    PyObject *list = PyList_New(0);
    PyList_Append(list, text);
    ${afterwards}
    return list;
`,
  });
const CLEAN = spam('Py_DECREF(text);');
const LEAKING = spam('');

const PYPROJECT = `[build-system]
requires = ["setuptools>=64"]
build-backend = "setuptools.build_meta"

[project]
name = "spam"
version = "1.0"
`;

const SETUP = `from setuptools import Extension, setup

setup(ext_modules=[Extension('spam', ['src/spam.c'])])
`;

const SCENARIO = `requires: [{project: ..}]
setup: |
  import spam
body: |
  spam.greet('row %d' % 7)
`;

const SPAM = {'pyproject.toml': PYPROJECT, 'setup.py': SETUP, 'src/spam.c': LEAKING};

// Each step goes on where the one before it ended.
describe('a project in whose own folder the scenarios are', {sequential: true}, () => {
  const project = createProject({...SPAM, 'scenarios/greet.yaml': SCENARIO});
  const sources = project.files('.');

  it('is built from source, and a leak in it has its own file and line', async () => {
    const {of, stdout} = await project.run();
    expect(stdout).toContain(`compiled ${realpathSync(project.root)}`);
    const line = LEAKING.split('\n').findIndex((text) => text.includes('PyUnicode_FromFormat')) + 1;
    expect(frames(of('greet'))).toContainEqual(
      expect.objectContaining({
        origin: 'extension',
        name: 'greet',
        path: path.join(realpathSync(project.root), 'src/spam.c'),
        line,
      }),
    );
  });

  it('has nothing in its folder that was not there before', () => {
    const now = project.files('.').filter((file) => !file.startsWith('.leakline/'));
    expect(now).toEqual(sources);
  });

  it('is not built again when only the scenario is another one', async () => {
    project.write({'scenarios/greet.yaml': SCENARIO.replace('% 7', '% 8')});
    const {of, stdout} = await project.run();
    expect(stdout).not.toContain('compiled');
    expect(of('greet').status).toBe('regressed');
  });

  it('is built again when it was edited', async () => {
    project.write({'src/spam.c': CLEAN});
    const {of, stdout} = await project.run();
    expect(stdout).toContain('compiled');
    expect(of('greet').status).toBe('passed');
  });

  it('that does not compile any more says where, and keeps the log', async () => {
    project.write({'src/spam.c': CLEAN.replace('PyList_New(0)', 'PyList_New()')});
    const {of, code} = await project.run();
    expect(code).toBe(2);
    const {failure} = of('greet');
    expect(failure).toMatchObject({
      reason: 'environment',
      message: expect.stringMatching(/failed: src\/spam\.c:\d+:\d+: error: too few arguments/),
    });
    const log = /(\S+pip\.log)/.exec(failure?.output ?? '')?.[1] ?? '';
    expect(existsSync(log)).toBe(true);
  });
});

describe('a package of the index', () => {
  // The wheel that is published names the files of the machine that made it.
  const project = createProject({
    'scenarios/source.yaml': scenarioFor('markupsafe==3.0.2'),
    'scenarios/wheel.yaml': scenarioFor('{wheel: markupsafe==3.0.2}'),
  });

  function scenarioFor(requirement: string): string {
    return `requires: [${requirement}]
setup: |
  from markupsafe._speedups import _escape_inner
  kept = []
body: |
  kept.append(_escape_inner('<%d>' % len(kept)))
`;
  }

  it('is built from source whose lines can be shown, and taken as a wheel where that is asked for', async () => {
    const {of} = await project.run();
    const sourcesOf = (scenario: string) =>
      frames(of(scenario)).flatMap(({module, path: file}) =>
        module === '_speedups' && file !== undefined ? [existsSync(file)] : [],
      );
    expect(new Set(sourcesOf('source'))).toEqual(new Set([true]));
    expect(new Set(sourcesOf('wheel'))).toEqual(new Set([false]));
  });
});

it("pip's own settings hold, and what it says is shown", async () => {
  const project = createProject({
    'scenarios/a.yaml': 'requires: [leakline-does-not-exist==1.0]\nbody: |\n  str(object())\n',
  });
  const {of, code, stdout} = await project.run([], {
    PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
    PIP_FIND_LINKS: '',
    PIP_RETRIES: '1',
  });
  expect(code).toBe(2);
  expect(of('a').failure?.output).toContain('127.0.0.1');
  expect(of('a').failure?.message).toMatch(/failed: no package index answered$/);
  expect(stdout).toContain('cpython-3.13: leakline-does-not-exist==1.0 failed\n');
  expect(stdout).not.toContain('compiled leakline-does-not-exist');
});

it('an installation that is interrupted leaves nothing that looks finished', async () => {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'leakline-interrupted-')));
  try {
    const marker = path.join(root, 'started');
    const slow = `import os, time\nopen(${JSON.stringify(marker)}, 'w').close()\ntime.sleep(600)\n`;
    const project = createProject({...SPAM, 'setup.py': slow});
    const recipe = loadRecipe('cpython-3.13', recipeFolders());
    if (!recipe.ok) throw new Error(recipe.error[0]?.message);
    const build = await ensureBuild(recipe.value, {cacheRoot: defaultCacheRoot(), onEvent: () => {}});
    if (!build.ok) throw new Error(build.error.message);
    const cacheRoot = path.join(root, 'cache');
    const install = (signal?: AbortSignal) =>
      ensurePackages(build.value, [{type: 'project', path: realpathSync(project.root)}], {
        cacheRoot,
        signal,
        onEvent: () => {},
      });
    const made = () =>
      readdirSync(path.join(cacheRoot, 'environments')).filter((name) => name.startsWith('packages-'));

    const stop = new AbortController();
    const interrupted = install(stop.signal);
    await until(() => existsSync(marker));
    expect(made()).toHaveLength(1);
    stop.abort();
    expect(await interrupted).toMatchObject({
      ok: false,
      error: {message: expect.stringMatching(/interrupted/)},
    });
    expect(made()).toEqual([]);

    project.write({'setup.py': SETUP});
    const {value} = (await install()) as {value: {python: string}};
    expect(spawnSync(value.python, ['-c', 'import spam']).status).toBe(0);
  } finally {
    rmSync(root, {recursive: true, force: true});
  }
});

it('a build that a scenario does not run on is told as skipped', async () => {
  const project = createProject({
    'scenarios/new.yaml': 'builds: [">=3.11"]\nbody: |\n  str(object())\n',
  });
  const {of, code} = await project.run(['--build', 'cpython-3.9']);
  expect(code).toBe(0);
  expect(of('new')).toMatchObject({
    status: 'skipped',
    build: 'cpython-3.9',
    notes: ['runs on >=3.11 only; this is 3.9.2'],
  });
});

/** Whether this machine has an interpreter of its own that scenarios can run on. */
const SYSTEM = '/usr/bin/python3';
const hasSystemPython =
  spawnSync(SYSTEM, [
    '-c',
    'import os, sys, sysconfig as s; sys.exit(not os.path.exists(s.get_path("include") + "/Python.h"))',
  ]).status === 0;

describe.runIf(hasSystemPython)("an interpreter of the user's", () => {
  const project = createProject({
    'leakline.yaml': 'builds: [shim]\n',
    'python-build/shim.yaml': 'python: {path: ../bin/python3}\n',
    'bin/python3': `#!/bin/sh\nexec ${SYSTEM} "$@"\n`,
    'scenarios/spam.c': LEAKING,
    'scenarios/greet.yaml': SCENARIO.replace('project: ..', 'extension: spam.c'),
  });
  mkdirSync(project.at('bin'), {recursive: true});
  chmodSync(project.at('bin/python3'), 0o755);

  it('runs scenarios with malloc, behind its shim, and says what is weaker', async () => {
    const {of, stdout} = await project.run();
    // The string that leaks is 50 bytes: with pymalloc nothing of it would be seen.
    const sizes = leaks(of('greet')).map(({blocks}) => blocks);
    expect(of('greet').status).toBe('regressed');
    expect(sizes).toEqual([1]);
    expect(stdout).toContain(`shim is ${realpathSync(SYSTEM)}, which leakline did not build`);
  });

  it('is listed, and there is nothing to build', async () => {
    expect((await project.leakline(['python', 'list'])).stdout).toMatch(/^shim +3\.\S+ +foreign/m);
    expect((await project.leakline(['python', 'path', 'shim'])).stdout).toBe(`${realpathSync(SYSTEM)}\n`);
  });
});
