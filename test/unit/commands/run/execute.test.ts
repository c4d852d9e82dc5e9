import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {type Execution, execute} from '../../../../src/commands/run/execute.js';
import {openResultCache} from '../../../../src/commands/run/result-cache.js';
import type {Target} from '../../../../src/commands/run/target.js';
import {printBaseline} from '../../../../src/judge/baseline-text.js';
import type {BaselineStore} from '../../../../src/judge/store.js';
import type {Baseline} from '../../../../src/judge/types.js';
import type {RunContext} from '../../../../src/run/job.js';
import type {Observation} from '../../../../src/run/observation.js';
import {fail, ok} from '../../../../src/util/result.js';
import {entry, gains, observation, place, record} from '../../judge/make.js';
import {codeSection, exitWork, job, scenario} from '../../run/make.js';

const BUILD = 'cpython-3.13';
const FILE = `baselines/${BUILD}/leaky/list.yaml`;

let root: string;
let store: BaselineStore;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'leakline-execute-'));
  store = {folder: path.join(root, 'baselines'), root, lock: path.join(root, 'lock')};
});
afterEach(() => rmSync(root, {recursive: true, force: true}));

const target = (over: Partial<Target> = {}): Target => ({
  build: BUILD,
  fingerprint: 'f',
  job: job(),
  place,
  allocator: 'malloc',
  ...over,
});
const exitTarget = (over: Partial<Target> = {}) =>
  target({
    job: job({scenario: scenario({work: exitWork({type: 'code', code: codeSection('pass\n'), args: []})})}),
    ...over,
  });

const put = (baseline: Baseline, name = 'leaky/list') => {
  const file = path.join(store.folder, BUILD, `${name}.yaml`);
  mkdirSync(path.dirname(file), {recursive: true});
  writeFileSync(file, printBaseline(baseline, name, BUILD));
};
const stored = () => readFileSync(path.join(root, FILE), 'utf8');

function execution(observe: (iterations: number) => Observation, over: Partial<Execution> = {}) {
  let runs = 0;
  const made: Execution = {
    store,
    runner: {
      runJob: async ({iterations}) => {
        runs += 1;
        return {observation: observe(iterations)};
      },
      release: async () => {},
      close: async () => {},
    },
    floorOf: async () => ok({atExit: [], errors: []}),
    cache: undefined,
    update: 'none',
    ...over,
  };
  return {execution: made, runs: () => runs};
}

const leaking = (iterations: number) => observation({intervals: gains([iterations, iterations, iterations])});
const clean = () => observation({intervals: [[], [], []]});
const atExit = () => observation({atExit: [record()]});
const context = {valgrindVersion: {major: 3, minor: 19, patch: 0}} as RunContext;
const cache = () => openResultCache(path.join(root, 'state'), '0.1.0', context);

describe('a target', () => {
  it('is judged against its baseline', async () => {
    const {execution: once} = execution(leaking);
    const {result} = await execute(target(), once);
    expect(result).toMatchObject({status: 'regressed', hadBaseline: false});
    expect(existsSync(path.join(root, FILE))).toBe(false);
  });

  it('has its baseline written when that is asked for', async () => {
    const {result, updated} = await execute(target(), execution(leaking, {update: 'changed'}).execution);
    expect(result).toMatchObject({status: 'passed', notes: expect.arrayContaining(['baseline updated'])});
    expect(updated).toBe(FILE);
    const again = await execute(target(), execution(leaking).execution);
    expect(again.result).toMatchObject({status: 'passed', hadBaseline: true, changes: [{verdict: 'known'}]});
  });

  it('keeps its status when the baseline cannot be written', async () => {
    writeFileSync(store.lock, '');
    const nowhere = {...store, lock: path.join(store.lock, 'below-a-file')};
    const {execution: once} = execution(leaking, {update: 'changed', store: nowhere});
    const {result, problems} = await execute(target(), once);
    expect(result.status).toBe('regressed');
    expect(problems).toHaveLength(1);
  });

  it("knows the interpreter's leaks of its build", async () => {
    put({mode: 'growth', entries: [entry({id: 'cccccccccccc'})]}, '_interpreter');
    const {result} = await execute(target(), execution(clean).execution);
    expect(result).toMatchObject({status: 'passed', hadBaseline: false, changes: []});
  });

  it.each(['leaky/list', '_interpreter'])('is not run when the baseline %s cannot be read', async (name) => {
    put({mode: 'growth', entries: []}, name);
    writeFileSync(path.join(store.folder, BUILD, `${name}.yaml`), '<<<<<<< ours\n');
    const {execution: once, runs} = execution(clean, {update: 'all'});
    const {result, problems} = await execute(target(), once);
    expect(result).toMatchObject({status: 'failed', failure: {reason: 'environment'}});
    expect(problems).toMatchObject([{message: 'holds a merge conflict'}]);
    expect(runs()).toBe(0);
  });

  it('is not run when the floor cannot be measured', async () => {
    const floorOf = async () => fail({message: 'no floor'});
    const {result} = await execute(exitTarget(), execution(atExit, {floorOf}).execution);
    expect(result).toMatchObject({status: 'failed', failure: {message: 'no floor'}});
  });

  it.each([
    ['growth', 'exit', target],
    ['exit', 'growth', exitTarget],
  ] as const)('of %s mode is not judged by a baseline of %s mode', async (mode, other, make) => {
    put({mode: other, entries: [entry({blocks: 500})]});
    const before = stored();
    const {execution: once, runs} = execution(mode === 'growth' ? clean : atExit, {update: 'changed'});
    const {result, problems} = await execute(make(), once);
    expect(result).toMatchObject({status: 'failed', failure: {reason: 'environment'}});
    expect(problems).toEqual([
      {
        file: FILE,
        message: `is of ${other} mode, and leaky/list is of ${mode} mode now`,
        next: 'remove the file, then: leakline run leaky/list --update changed',
      },
    ]);
    expect(runs()).toBe(0);
    expect(stored()).toBe(before);
  });
});

describe('the cache of results', () => {
  it('spares a run that passed and has the same ingredients', async () => {
    const {execution: twice, runs} = execution(clean, {cache: cache()});
    expect((await execute(target(), twice)).result.cached).toBe(false);
    expect((await execute(target(), twice)).result).toMatchObject({cached: true, status: 'passed'});
    expect(runs()).toBe(1);
  });

  it('keeps nothing that failed', async () => {
    const {execution: twice, runs} = execution(leaking, {cache: cache()});
    await execute(target(), twice);
    const first = runs();
    await execute(target(), twice);
    expect(runs()).toBe(2 * first);
  });

  it('does not know an exit scenario whose baseline is gone', async () => {
    put({mode: 'exit', entries: []});
    const {execution: twice} = execution(() => observation(), {cache: cache()});
    expect((await execute(exitTarget(), twice)).result.status).toBe('passed');
    rmSync(path.join(root, FILE));
    expect((await execute(exitTarget(), twice)).result.status).toBe('unbaselined');
  });

  it.each<readonly [string, Partial<Target>]>([
    ['another build', {fingerprint: 'g'}],
    ['other code', {job: job({scenario: scenario({variables: {level: 9}})})}],
    ['another environment', {job: job({environment: () => ({A: '1'})})}],
    ['other options of valgrind', {job: job({valgrindOptions: ['--x']})}],
    ['another suppression file', {job: job({suppressions: ['/nowhere/at-all.supp']})}],
  ])('does not know %s', async (_, over) => {
    const {execution: twice, runs} = execution(clean, {cache: cache()});
    await execute(target(), twice);
    await execute(target(over), twice);
    expect(runs()).toBe(2);
  });

  it('does not know a suppression file that changed, nor another baseline', async () => {
    const file = path.join(root, 'x.supp');
    const suppressed = target({job: job({suppressions: [file]})});
    const {execution: again, runs} = execution(clean, {cache: cache()});
    writeFileSync(file, '{\n}\n');
    await execute(suppressed, again);
    writeFileSync(file, '{\n\n}\n');
    await execute(suppressed, again);
    expect(runs()).toBe(2);
    put({mode: 'growth', entries: [entry({id: 'cccccccccccc'})]}, '_interpreter');
    await execute(suppressed, again);
    expect(runs()).toBe(3);
  });

  it('never spares a program or a script, which read what leakline does not know', async () => {
    const script = exitWork({type: 'script', path: '/project/run.py', args: []});
    put({mode: 'exit', entries: []});
    const scripted = target({job: job({scenario: scenario({work: script})})});
    const {execution: twice, runs} = execution(() => observation(), {cache: cache()});
    await execute(scripted, twice);
    await execute(scripted, twice);
    expect(runs()).toBe(2);
  });
});
