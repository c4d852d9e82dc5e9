import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {ensureBuild} from '../../src/python/build.js';
import {defaultCacheRoot} from '../../src/python/cache.js';
import {ensureEnvironment} from '../../src/python/environment.js';
import type {BuildEvent} from '../../src/python/events.js';
import type {PythonBuild} from '../../src/python/manifest.js';
import {ensureProbe} from '../../src/python/probe.js';
import {loadRecipe, recipeFolders} from '../../src/python/recipe-file.js';
import type {Requirement} from '../../src/scenario/types.js';

const EXTENSION = `#include <Python.h>
#include "size.h"
static PyObject *lose(PyObject *m, PyObject *o) {
    char *volatile lost = PyObject_Malloc(SIZE);
    lost = NULL;
    return PyFloat_FromDouble(lost == NULL);
}
static PyMethodDef methods[] = {{"lose", lose, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "loser", NULL, -1, methods};
PyMODINIT_FUNC PyInit_loser(void) { return PyModule_Create(&module); }
`;

const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'leakline-environment-')));
const cacheRoot = path.join(root, 'cache');
let build: PythonBuild;
let events: BuildEvent[];
beforeAll(async () => {
  const recipe = loadRecipe('cpython-3.13', recipeFolders());
  if (!recipe.ok) throw new Error(recipe.error[0]?.message);
  const made = await ensureBuild(recipe.value, {cacheRoot: defaultCacheRoot(), onEvent: () => {}});
  if (!made.ok) throw new Error(made.error.message);
  build = made.value;
});
beforeEach(() => {
  events = [];
});
afterAll(() => rmSync(root, {recursive: true}));

function write(name: string, text: string): string {
  const file = path.join(root, name);
  writeFileSync(file, text);
  return file;
}

const options = {cacheRoot, onEvent: (event: BuildEvent) => events.push(event)};
const compiled = () => events.filter(({type}) => type === 'native-finished').length;

async function environment(...requirements: Requirement[]) {
  const made = await ensureEnvironment(build, requirements, options);
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

describe('CPython 3.13 with profile malloc', () => {
  it('has every module whose headers leakline asks for', () => {
    expect(build.missingModules).toEqual([]);
  });

  it('makes virtual environments with pip', () => {
    const venv = path.join(root, 'venv');
    expect(spawnSync(build.python, ['-m', 'venv', venv]).status).toBe(0);
    expect(existsSync(path.join(venv, 'bin', 'pip'))).toBe(true);
  });

  it('serves small objects from malloc, whatever the environment says', () => {
    const env = {PYTHONMALLOC: 'pymalloc'};
    const {stdout} = spawnSync(build.python, ['-I', '-c', 'import sys; print(sys.getallocatedblocks())'], {
      env,
    });
    expect(stdout.toString()).toBe('0\n');
  });
});

describe('an extension', () => {
  it('is compiled once, and again when a header beside it has changed', async () => {
    const extension = {type: 'extension', path: write('loser.c', EXTENSION)} as const;
    write('size.h', '#define SIZE 40\n');
    const first = await environment(extension);
    expect(await environment(extension)).toEqual(first);
    expect(compiled()).toBe(1);
    write('size.h', '#define SIZE 48\n');
    expect((await environment(extension)).objects).not.toEqual(first.objects);
    expect(compiled()).toBe(2);
  });

  it("leads valgrind to the lines of its source and of CPython's", async () => {
    const file = write('loser.c', EXTENSION);
    write('size.h', '#define SIZE 4321\n');
    const {pythonPath} = await environment({type: 'extension', path: file});
    const valgrind = ['valgrind', '--leak-check=full', '--fullpath-after=', '--num-callers=40'];
    const {stderr} = spawnSync('env', [...valgrind, build.python, '-c', 'import loser; loser.lose()'], {
      env: {...process.env, PYTHONPATH: pythonPath.join(':')},
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    const record = stderr.split(/\n==\d+== \n/).find((text) => text.includes('4,321 bytes in 1 blocks'));
    const places = [...(record ?? '').matchAll(/\((\/\S+):\d+\)/g)].map(([, place]) => place ?? '');
    expect(places).toContain(file);
    const ours = places.filter((place) => place.startsWith(`${build.folder}/src/`));
    expect(ours.length).toBeGreaterThan(3);
    expect(ours.filter((place) => !existsSync(place))).toEqual([]);
  });

  it('that does not compile is a problem at its place', async () => {
    const file = write('broken.c', '#include <Python.h>\nint f(void) { return nothing; }\n');
    const made = await ensureEnvironment(build, [{type: 'extension', path: file}], options);
    expect(made).toMatchObject({ok: false, error: {file, line: 2, column: 22}});
    expect(made.ok ? '' : made.error.message).toContain('nothing');
  });

  it('that is not there is a problem', async () => {
    const file = path.join(root, 'none.c');
    const made = await ensureEnvironment(build, [{type: 'extension', path: file}], options);
    expect(made).toMatchObject({ok: false, error: {file}});
  });
});

it('a program is compiled in C and in C++ and can be run', async () => {
  const c = write('plain.c', '#include <math.h>\nint main(int n, char **v) { return (int)sqrt(n * 9.0); }\n');
  const cpp = write(
    'plus.cpp',
    '#include <string>\nint main() { return (int)std::string("1234").size(); }\n',
  );
  const {binPath, objects, pythonPath} = await environment(
    {type: 'program', path: cpp},
    {type: 'program', path: c},
    {type: 'program', path: c},
  );
  expect(pythonPath).toEqual([]);
  expect(binPath).toHaveLength(2);
  expect(objects.map((file) => spawnSync(file).status)).toEqual([3, 4]);
});

it('the probe is compiled once per build', async () => {
  const first = await ensureProbe(build, options);
  if (!first.ok) throw new Error(first.error.message);
  const {ctimeMs} = statSync(first.value.file);
  await ensureProbe(build, options);
  expect(statSync(first.value.file).ctimeMs).toBe(ctimeMs);
  expect(compiled()).toBe(1);
  const env = {PYTHONPATH: first.value.folder};
  expect(spawnSync(build.python, ['-c', 'import leakline_probe'], {env}).status).toBe(0);
});
