import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, describe, expect, it} from 'vitest';
import {createProject, startLeakline} from './support/project.js';

const outside = mkdtempSync(path.join(os.tmpdir(), 'leakline-nowhere-'));
afterAll(() => rmSync(outside, {recursive: true}));

const {version} = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

const leakline = (...args: readonly string[]) => startLeakline(outside, args).ended;

it('--version and --help', async () => {
  expect(await leakline('--version')).toEqual({code: 0, stdout: `${version}\n`, stderr: ''});
  const {code, stdout} = await leakline('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('Usage: leakline');
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

describe('what is no command line', () => {
  it.concurrent.each([
    [['rum'], "unknown command 'rum'", 'run'],
    [['run', '--updat', 'none'], "unknown option '--updat'", '--update'],
    [['run', '--update', 'some'], 'Allowed choices are', 'changed'],
    [['run', '--jobs', 'many'], '--jobs', 'many'],
    [['repro'], "missing required argument 'scenario'", '--help'],
    [['run', '--config', 'none.yaml'], 'none.yaml', 'does not exist'],
  ])('leakline %j', async (args, message, more) => {
    const {code, stdout, stderr} = await leakline(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toContain(more);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});

describe('outside of any project', () => {
  it.concurrent.each([
    [['run'], 'leakline init'],
    [['report'], 'leakline run'],
    [['baseline', 'diff'], 'leakline run'],
    [['repro', 'a'], 'leakline init'],
  ])('leakline %j says what to do', async (args, next) => {
    const {code, stdout, stderr} = await leakline(...args);
    expect(code).toBe(2);
    expect(stdout + stderr).toContain(`Next: ${next}`);
    expect(readdirSync(outside)).toEqual([]);
  });
});

it('leakline init in the repository of an extension: what it writes passes', async () => {
  const project = createProject({
    'leakline.yaml': '',
    'pyproject.toml': '[project]\nname = "Fast.Parser"\nversion = "1"\n',
    '.gitignore': 'build/\n',
  });
  project.write({'leakline.yaml': undefined});
  mkdirSync(project.at('.git'));
  const {code, stdout} = await project.leakline(['init']);
  expect(code).toBe(0);
  expect(stdout).toContain('wrote leakline.yaml\n');
  expect(project.read('.gitignore')).toBe('build/\n.leakline/\n');
  expect(project.files('scenarios')).toEqual(['fast-parser/import-and-call.yaml', 'scenario.schema.json']);
  const text = project.read('scenarios', 'fast-parser', 'import-and-call.yaml');
  expect(text).toContain('import fast_parser');

  const run = await project.run();
  expect(run.code).toBe(0);
  expect(run.statuses).toEqual({'fast-parser/import-and-call': 'passed'});

  const again = await project.leakline(['init']);
  expect(again.stdout).not.toContain('wrote');
  expect(project.read('scenarios', 'fast-parser', 'import-and-call.yaml')).toBe(text);

  const made = await project.leakline(['scenario', 'new', 'parse/error-path']);
  expect(made.stdout).toContain('leakline run parse/error-path');
  expect((await project.leakline(['scenario', 'validate'])).stdout).toBe('2 scenarios are valid\n');
});

it('output that nobody reads any more is no crash', () => {
  const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
  const {stdout, stderr, status} = spawnSync(
    'bash',
    ['-o', 'pipefail', '-c', `"$0" "$1" scenario schema | head -n 1`, process.execPath, cli],
    {cwd: outside, encoding: 'utf8'},
  );
  expect({stdout, stderr}).toEqual({stdout: '{\n', stderr: ''});
  expect(status).toBe(0);
});
