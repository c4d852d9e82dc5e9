import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createFloors} from '../../../../src/commands/run/floor.js';
import type {Target} from '../../../../src/commands/run/target.js';
import {place} from '../../judge/make.js';
import {contextIn, writeFakeValgrind} from '../../run/fake-valgrind.js';
import {codeSection, exitWork, job, scenario} from '../../run/make.js';

let root: string;
let cache: string;
let work: string;
let runs: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'leakline-floor-'));
  [cache = '', work = '', runs = ''] = ['cache', 'work', 'runs.txt'].map((name) => path.join(root, name));
  mkdirSync(work);
  writeFileSync(runs, '');
});
afterEach(() => rmSync(root, {recursive: true, force: true}));

const target = (over: Partial<Target> = {}): Target => ({
  build: 'cpython-3.13',
  fingerprint: 'f',
  place,
  job: job({
    scenario: scenario({
      variables: {level: 9},
      work: exitWork({type: 'code', code: codeSection('work()\n'), args: ['x']}),
    }),
    environment: () => ({PATH: process.env.PATH ?? ''}),
  }),
  ...over,
});

/** Floors over a fake valgrind that writes down the code of each task it runs. */
function floors(sabotage = '') {
  const program = writeFakeValgrind(work, '', '');
  const note = `if (process.argv.includes('--task')) {
  const task = JSON.parse(fs.readFileSync(process.argv.at(-1), 'utf8'));
  fs.appendFileSync(${JSON.stringify(runs)}, JSON.stringify([task.code.code.text, task.variables, task.argv]) + '\\n');
  ${sabotage}
}
`;
  writeFileSync(
    program,
    readFileSync(program, 'utf8').replace("if (process.argv.includes('--task'))", `${note}$&`),
  );
  return createFloors(cache, contextIn(work, program));
}

const asked = () =>
  readFileSync(runs, 'utf8')
    .trim()
    .split('\n')
    .filter((line) => line !== '');

describe('the floor', () => {
  it('is what an empty scenario leaves', async () => {
    expect(await floors()(target())).toEqual({ok: true, value: {atExit: [], errors: []}});
    expect(asked()).toEqual([JSON.stringify(['pass\n', {}, []])]);
  });

  it('is measured once, in all runs', async () => {
    const floorOf = floors();
    await Promise.all([floorOf(target()), floorOf(target())]);
    await floors()(target());
    expect(asked()).toHaveLength(1);
  });

  it.each<readonly [string, Partial<Target>]>([
    ['build', {fingerprint: 'g'}],
    ['option of valgrind', {job: {...target().job, valgrindOptions: ['--x']}}],
  ])('is measured for each %s', async (_, over) => {
    const floorOf = floors();
    await floorOf(target());
    await floorOf(target(over));
    expect(asked()).toHaveLength(2);
  });

  it('is measured again where the cache holds half a file', async () => {
    await floors()(target());
    const folder = path.join(cache, 'floors', target().fingerprint);
    const [name = ''] = readdirSync(folder);
    writeFileSync(path.join(folder, name), '[{"type":');
    expect(await floors()(target())).toEqual({ok: true, value: {atExit: [], errors: []}});
    expect(asked()).toHaveLength(2);
  });

  it('is had without a cache that can be written', async () => {
    writeFileSync(cache, 'no folder');
    expect(await floors()(target())).toEqual({ok: true, value: {atExit: [], errors: []}});
  });

  it('that cannot be measured is a problem, and is not kept', async () => {
    const failing = await floors(`console.log('no'); process.exit(3);`)(target());
    expect(failing).toMatchObject({
      ok: false,
      error: {
        message: 'The floor of cpython-3.13 cannot be measured: an empty scenario ended with exit code 3',
        detail: 'no',
      },
    });
    expect(await floors()(target())).toEqual({ok: true, value: {atExit: [], errors: []}});
  });

  it('has that of a Python without the agent where children are traced', async () => {
    const {scenario: plain} = target().job;
    const traced = target({job: {...target().job, scenario: {...plain, traceChildren: true}}});
    const floorOf = floors();
    expect(await floorOf(target())).toEqual({ok: true, value: {atExit: [], errors: []}});
    expect(await floorOf(traced)).toEqual({ok: true, value: {atExit: [], errors: [], ofChildren: []}});
    expect(readdirSync(path.join(cache, 'floors', target().fingerprint))).toHaveLength(2);
    expect(asked()).toHaveLength(1);
  });

  it('of a program is none', async () => {
    const {interpreter: _, ...program} = target().job;
    expect(await floors()(target({job: program}))).toEqual({ok: true, value: {atExit: [], errors: []}});
    expect(asked()).toEqual([]);
  });
});
