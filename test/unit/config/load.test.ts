import {mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {loadConfig} from '../../../src/config/load.js';
import type {ConfigFlags} from '../../../src/config/types.js';
import {formatProblem} from '../../../src/util/problem.js';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'leakline-config-')));
});
afterEach(() => rmSync(root, {recursive: true}));

function write(name: string, text = ''): void {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), {recursive: true});
  writeFileSync(file, text);
}

function load(flags: ConfigFlags = {}, folder = '') {
  const result = loadConfig(path.join(root, folder), flags);
  if (!result.ok) throw new Error(result.error.map(formatProblem).join('\n'));
  return result.value;
}

function problems(flags: ConfigFlags = {}, folder = ''): readonly string[] {
  const result = loadConfig(path.join(root, folder), flags);
  return result.ok ? [] : result.error.map((problem) => formatProblem(problem).split('\n')[0] ?? '');
}

describe('the defaults', () => {
  it('hold without a file, and for an empty one', () => {
    const defaults = {
      cwd: root,
      root,
      scenarios: path.join(root, 'scenarios'),
      baselines: path.join(root, 'scenarios/__baselines__'),
      builds: ['cpython-3.13'],
      jobs: os.availableParallelism(),
      timeoutMs: 300_000,
      isolation: 'fork',
      suppressions: [],
      valgrind: [],
      passEnv: [],
      stateDirectory: path.join(root, '.leakline'),
    };
    expect(load()).toEqual(defaults);
    write('leakline.yaml');
    expect(load()).toEqual({...defaults, file: path.join(root, 'leakline.yaml')});
  });

  it('take in python-build when there is one', () => {
    mkdirSync(path.join(root, 'python-build'));
    expect(load().pythonBuild).toBe(path.join(root, 'python-build'));
  });
});

describe('leakline.yaml', () => {
  it('is found above the working folder, and its paths are relative to it', () => {
    write('mem/cases/.keep');
    write('mem/extra.supp');
    write('recipes/.keep');
    write('sub/deep/.keep');
    write(
      'leakline.yaml',
      `scenarios: mem/cases
baselines: mem/expected
pythonBuild: recipes
builds: [cpython-3.9, own]
jobs: 3
timeout: 0.5
isolation: process
suppressions: [mem/extra.supp]
valgrind: [--track-origins=yes]
passEnv: [SSL_CERT_FILE]
`,
    );
    expect(load({}, 'sub/deep')).toEqual({
      cwd: path.join(root, 'sub/deep'),
      root,
      file: path.join(root, 'leakline.yaml'),
      scenarios: path.join(root, 'mem/cases'),
      baselines: path.join(root, 'mem/expected'),
      pythonBuild: path.join(root, 'recipes'),
      builds: ['cpython-3.9', 'own'],
      jobs: 3,
      timeoutMs: 500,
      isolation: 'process',
      suppressions: [path.join(root, 'mem/extra.supp')],
      valgrind: ['--track-origins=yes'],
      passEnv: ['SSL_CERT_FILE'],
      stateDirectory: path.join(root, '.leakline'),
    });
  });

  it('is the nearest one', () => {
    write('leakline.yaml', 'jobs: 1');
    write('sub/leakline.yaml', 'jobs: 2');
    expect(load({}, 'sub').jobs).toBe(2);
  });

  it('is the one that --config names', () => {
    write('leakline.yaml', 'jobs: 1');
    write('other/ci.yaml', 'jobs: 2');
    expect(load({config: 'other/ci.yaml'})).toMatchObject({jobs: 2, root: path.join(root, 'other')});
  });

  it('is told from leakline.yml', () => {
    write('leakline.yml', 'jobs: 1');
    write('sub/.keep');
    expect(problems({}, 'sub')).toEqual(['../leakline.yml is not read; leakline looks for leakline.yaml']);
  });
});

describe('a wrong leakline.yaml', () => {
  it.each([
    ['an unknown key', 'job: 2\n', ['1:1 unknown key "job", did you mean "jobs"?']],
    ['no jobs', 'jobs: 0\n', ['1:7 jobs: must be at least 1']],
    ['too much time', 'timeout: 86401\n', ['1:10 timeout: must be at most 86400']],
    ['no time', 'timeout: 0\n', ['1:10 timeout: must be more than 0']],
    ['no builds', 'builds: []\n', ['1:9 builds: needs at least 1 entry']],
    [
      'a path as build',
      'builds: [../x]\n',
      ['1:10 builds.0: must begin with a letter or digit and hold only letters, digits, ".", "_" and "-"'],
    ],
    [
      'an isolation',
      'isolation: frok\n',
      ['1:12 isolation: expected fork or process, got "frok", did you mean "fork"?'],
    ],
    ['an absent folder', 'scenarios: cases\n', ['1:12 scenarios: there is no folder cases']],
    ['a file as folder', 'scenarios: leakline.yaml\n', ['1:12 scenarios: there is no folder leakline.yaml']],
    ['an absent recipe folder', 'pythonBuild: own\n', ['1:14 pythonBuild: there is no folder own']],
    [
      'absent suppressions',
      'suppressions:\n  - leakline.yaml\n  - b.supp\n',
      ['3:5 suppressions: there is no file b.supp'],
    ],
    [
      'no option',
      'valgrind: [-v]\n',
      ['1:12 valgrind.0: must be an option of valgrind such as --track-origins=yes'],
    ],
    [
      "leakline's own option",
      'valgrind: [--xml-file=x]\n',
      ['1:12 valgrind.0: --xml-file is set by leakline itself'],
    ],
    [
      'suppressions as option',
      'valgrind: [--suppressions=x]\n',
      ['1:12 valgrind.0: write the files under the key "suppressions"'],
    ],
    [
      'an allocator',
      'passEnv: [PYTHONMALLOC]\n',
      ['1:11 passEnv.0: cannot be set: the profile of the build chooses the allocator'],
    ],
    [
      'no name of a variable',
      'passEnv: [A=b]\n',
      ['1:11 passEnv.0: must hold only letters, digits and "_", and no digit first'],
    ],
    ['a list', '- jobs\n', ['1:1 expected keys with values, got a list']],
  ])('%s', (_, text, expected) => {
    write('leakline.yaml', text);
    expect(problems()).toEqual(expected.map((line) => `leakline.yaml:${line}`));
  });

  it('that --config names and does not exist', () => {
    expect(problems({config: 'no.yaml'})).toEqual(['no.yaml does not exist']);
  });
});

describe('flags', () => {
  it('win over the file', () => {
    write('leakline.yaml', 'jobs: 1\nbuilds: [a]\nisolation: fork\n');
    const config = load({jobs: '4', builds: ['b', 'c', 'b'], isolation: 'process'});
    expect(config).toMatchObject({
      jobs: 4,
      builds: ['a'],
      onlyBuilds: ['b', 'c'],
      isolation: 'fork',
      onlyIsolation: 'process',
    });
  });

  it.each<[string, ConfigFlags, string]>([
    ['text', {jobs: 'many'}, '--jobs many: expected a whole number from 1 to 1024'],
    ['no jobs', {jobs: '0'}, '--jobs 0: expected a whole number from 1 to 1024'],
    ['a sign', {jobs: '-1'}, '--jobs -1: expected a whole number from 1 to 1024'],
    ['an exponent', {jobs: '1e2'}, '--jobs 1e2: expected a whole number from 1 to 1024'],
    ['nothing', {jobs: ''}, '--jobs : expected a whole number from 1 to 1024'],
    [
      'an isolation',
      {isolation: 'proces'},
      '--isolation proces: expected fork or process, did you mean "process"?',
    ],
    ['a path', {builds: ['../a']}, '--build ../a: this is no name of a build'],
  ])('are checked: %s', (_, flags, message) => {
    expect(problems(flags)).toEqual([message]);
  });

  it('are checked together with the file', () => {
    write('leakline.yaml', 'jobs: 0');
    expect(problems({jobs: 'x'})).toHaveLength(2);
  });
});
