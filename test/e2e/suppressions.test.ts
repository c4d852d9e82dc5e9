import {spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, describe, expect, it} from 'vitest';
import {memcheckArgv} from '../../src/valgrind/command.js';
import type {XmlItem} from '../../src/valgrind/types.js';
import {parseXmlFile} from '../../src/valgrind/xml.js';

const fixtures = fileURLToPath(new URL('../fixtures/suppressions/', import.meta.url));
const shipped = fileURLToPath(new URL('../../supp/', import.meta.url));
const work = mkdtempSync(path.join(tmpdir(), 'leakline-supp-'));
afterAll(() => rmSync(work, {recursive: true, force: true}));

const filesIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.supp'))
    .map((name) => path.join(folder, name));

/** Runs `program` under valgrind with the rules of `file`. */
function memcheck(file: string, program: string) {
  const xmlFile = path.join(work, 'run.xml');
  const argv = memcheckArgv({
    valgrind: 'valgrind',
    xmlFile,
    suppressions: [file],
    trackFds: false,
    extra: ['--num-callers=500', '--show-leak-kinds=none'],
  });
  const {status, stderr} = spawnSync(argv[0] ?? '', [...argv.slice(1), program], {encoding: 'utf8'});
  return {status, stderr, xmlFile};
}

describe('valgrind accepts', () => {
  it.each([...filesIn(shipped), ...filesIn(fixtures)])('%s', (file) => {
    expect(memcheck(file, 'true')).toMatchObject({status: 0, stderr: ''});
  });
});

describe('valgrind rejects', () => {
  it.each(filesIn(path.join(fixtures, 'rejected')))('%s', (file) => {
    const {status, stderr} = memcheck(file, 'true');
    expect(status).toBe(1);
    expect(stderr).toContain(`in suppressions file "${file}"`);
  });
});

it('pyobject-free-realloc.supp hides the page test in its functions, and nowhere else', async () => {
  const program = path.join(work, 'page-test');
  const built = spawnSync('gcc', ['-g', '-O0', '-o', program, path.join(fixtures, 'page-test.c')]);
  expect(built.status).toBe(0);
  const {xmlFile} = memcheck(path.join(shipped, 'pyobject-free-realloc.supp'), program);

  const items: XmlItem[] = [];
  expect(await parseXmlFile(xmlFile, (item) => items.push(item))).toEqual({
    ok: true,
    value: {complete: true},
  });
  const errors = items.filter((item) => item.type === 'error');
  expect(errors.map(({kind, stacks}) => [kind, stacks[0]?.frames[0]?.function])).toEqual([
    ['InvalidRead', 'some_other_function'],
    ['InvalidRead', 'some_other_function'],
    ['UninitValue', 'some_other_function'],
    ['UninitCondition', 'some_other_function'],
  ]);
  const used = items.filter((item) => item.type === 'suppression').map(({name}) => name);
  const functions = [
    'PyObject_Free',
    'PyObject_Realloc',
    '_PyObject_Free',
    '_PyObject_Realloc',
    'Py_ADDRESS_IN_RANGE',
    'address_in_range',
  ];
  // A 64-bit program makes no Value4.
  const expected = functions.flatMap((name) =>
    ['Addr4', 'Addr8', 'Value8', 'Cond'].map((kind) => `pymalloc page test, ${name}, ${kind}`),
  );
  expect(used.toSorted()).toEqual(expected.toSorted());
});
