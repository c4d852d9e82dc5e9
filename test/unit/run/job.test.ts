import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {type Job, type JobFiles, makeJobFiles, taskOf} from '../../../src/run/job.js';
import {agentArgv} from '../../../src/run/python-argv.js';
import type {ExitWork} from '../../../src/scenario/types.js';
import {codeSection, exitWork, growthWork, interpreter, job, scenario} from './make.js';

const files: JobFiles = {
  folder: '/run/000001',
  work: '/run/000001/work',
  task: '/run/000001/task.json',
  status: '/run/000001/status.jsonl',
  output: '/run/000001/output.txt',
};
const patterns = {xml: '/run/000001/%p.xml', map: '/run/000001/%p.map'};
const task = (over: Partial<Job>) => taskOf(job(over), interpreter, files, patterns);
const exitTask = (run: ExitWork['run'], over: Partial<Job> = {}) =>
  task({scenario: scenario({work: exitWork(run)}), ...over});

const body = codeSection('f()\n', 4);
const setup = codeSection('import leaky\n', 2);
const teardown = codeSection('g()\n', 6);
const code = codeSection('print(1)\n', 3);

describe('the task of a growth scenario', () => {
  it('says all that the agent has to know', () => {
    const made = task({
      scenario: scenario({variables: {level: 9}, work: growthWork({setup, body, teardown, checkpoints: 5})}),
      warmup: 100,
      iterations: 70,
    });
    expect(made).toEqual({
      mode: 'growth',
      status: files.status,
      directory: files.work,
      probe: interpreter.probe,
      path: interpreter.path,
      file: 'scenarios/leaky/list.yaml',
      argv: [],
      code: {setup, body, teardown},
      variables: {level: 9},
      environment: {HOME: files.work, PYTHONHASHSEED: '0'},
      warmup: 100,
      iterations: 70,
      checkpoints: 5,
      inspect: true,
      seed: 0,
      stdout: files.output,
      stderr: files.output,
      ...patterns,
    });
  });

  it('has the sections that the scenario has, and counts as the job says', () => {
    const made = task({
      scenario: scenario({work: growthWork({body, warmup: 1, iterations: 2})}),
      inspect: false,
    });
    expect(made).toMatchObject({code: {body}, warmup: 10, iterations: 10, inspect: false});
    expect(Object.keys(made.code ?? {})).toEqual(['body']);
  });

  it('can be said in JSON', () => {
    const made = task({});
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
  });
});

describe('the task of an exit scenario', () => {
  it.each<readonly [string, ExitWork['run'], object]>([
    ['code', {type: 'code', code, args: ['-v']}, {argv: ['-v'], code: {code}}],
    ['code with setup', {type: 'code', setup, code, args: []}, {argv: [], code: {setup, code}}],
    [
      'a script',
      {type: 'script', path: '/p/run.py', args: ['a b']},
      {argv: ['a b'], script: '/p/run.py', code: {}},
    ],
    [
      'a script with setup',
      {type: 'script', setup, path: '/p/run.py', args: []},
      {script: '/p/run.py', code: {setup}},
    ],
    [
      'a module',
      {type: 'module', name: 'json.tool', args: ['-']},
      {argv: ['-'], module: 'json.tool', code: {}},
    ],
    [
      'a module with setup',
      {type: 'module', setup, name: 'json.tool', args: []},
      {module: 'json.tool', code: {setup}},
    ],
  ])('%s', (_, run, expected) => {
    const made = exitTask(run);
    expect(made).toMatchObject({mode: 'exit', checkpoints: 0, inspect: false, ...expected});
    expect(['script', 'module'].filter((key) => key in made)).toEqual(
      run.type === 'script' || run.type === 'module' ? [run.type] : [],
    );
  });

  it('is never looked into for leaked objects', () => {
    expect(exitTask({type: 'code', code, args: []}, {inspect: true}).inspect).toBe(false);
  });

  it('is none for a program: to ask is a bug', () => {
    expect(() => exitTask({type: 'command', argv: ['true']})).toThrow('A program gets no task');
  });
});

it('gives each job a folder with a place to work in', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'leakline-job-'));
  try {
    const made = makeJobFiles({root, newFolder: () => root, remove: () => {}});
    expect(readdirSync(root)).toEqual(['work']);
    expect(Object.values(made).every((file) => file.startsWith(root))).toBe(true);
  } finally {
    rmSync(root, {recursive: true});
  }
});

it.each(['--task', '--server'] as const)(
  'starts the agent with %s, without what would be in the way',
  (mode) => {
    const argv = agentArgv(interpreter, mode, '/run/x.json');
    expect(argv.slice(-2)).toEqual([mode, '/run/x.json']);
    expect(argv[0]).toBe(interpreter.python);
    expect(argv).toEqual(expect.arrayContaining(['-s', '-B']));
    // -I and -E would make it ignore PYTHONHASHSEED.
    expect(argv.filter((word) => /^-[IE]/.test(word))).toEqual([]);
  },
);
