import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {init} from '../../../src/commands/init.js';
import {scenarioValidate} from '../../../src/commands/scenario.js';

let root: string;
beforeEach(() => {
  root = path.join(realpathSync(mkdtempSync(path.join(os.tmpdir(), 'leakline-init-'))), 'My Ext');
  mkdirSync(root);
});
afterEach(() => rmSync(path.dirname(root), {recursive: true}));

const write = (name: string, text: string) => writeFileSync(path.join(root, name), text);
const read = (name: string) => readFileSync(path.join(root, name), 'utf8');

function run(): [number, ...string[]] {
  const lines: string[] = [];
  const code = init({cwd: root}, (line) => lines.push(line));
  return [code, ...lines];
}

describe('init', () => {
  it('writes a project that is valid', () => {
    expect(run()).toEqual([
      0,
      'wrote leakline.yaml',
      'wrote scenarios/scenario.schema.json',
      'wrote scenarios/my-ext/import-and-call.yaml',
      'wrote .gitignore',
      'Next: leakline doctor, then leakline run',
    ]);
    const lines: string[] = [];
    expect(scenarioValidate({cwd: root}, (line) => lines.push(line))).toBe(0);
    expect(lines).toEqual(['1 scenario is valid']);
    expect(read('.gitignore')).toBe('.leakline/\n');
    expect(read('scenarios/my-ext/import-and-call.yaml')).toContain('import my_ext');
  });

  it('keeps everything when it is run again', () => {
    run();
    const scenario = 'scenarios/my-ext/import-and-call.yaml';
    write(scenario, 'body: mine()\n');
    write('leakline.yaml', '# mine\n');
    expect(run()).toEqual([
      0,
      'kept leakline.yaml',
      'kept scenarios/scenario.schema.json',
      'kept the scenarios in scenarios',
      'kept .gitignore',
      'Next: leakline doctor, then leakline run',
    ]);
    expect(read(scenario)).toBe('body: mine()\n');
    expect(read('leakline.yaml')).toBe('# mine\n');
    expect(readdirSync(root).sort()).toEqual(['.gitignore', 'leakline.yaml', 'scenarios']);
  });

  it('goes by the scenario folder of a leakline.yaml that is there', () => {
    mkdirSync(path.join(root, 'memory'));
    write('leakline.yaml', 'scenarios: memory\n');
    expect(run()).toContain('wrote memory/my-ext/import-and-call.yaml');
  });

  it('stops at a leakline.yaml that is wrong', () => {
    write('leakline.yaml', 'job: 1\n');
    expect(run()).toEqual([
      2,
      'kept leakline.yaml',
      'leakline.yaml:1:1 unknown key "job", did you mean "jobs"?\n  job: 1\n  ^',
    ]);
  });

  it('says when something is in the way', () => {
    write('scenarios', 'a file');
    const [code, ...lines] = run();
    expect(code).toBe(2);
    expect(lines.at(-1)).toMatch(/EEXIST|ENOTDIR/);
  });
});

describe('the name of the project', () => {
  it.each([
    ['of PEP 621', '[project]\nname = "Fast_JSON.ext"\n', 'fast-json-ext', 'fast_json_ext'],
    ['of poetry', '[tool.poetry]\nname = "spam"\n', 'spam', 'spam'],
    ['beginning with a digit', '[project]\nname = "7zip"\n', '7zip', '_7zip'],
    ['without a letter', '[project]\nname = "///"\n', 'extension', 'extension'],
    ['of the wrong type', '[project]\nname = 3\n', 'my-ext', 'my_ext'],
    ['absent', '[build-system]\nrequires = []\n', 'my-ext', 'my_ext'],
    ['reaching for a parent', '[project]\nname = "../../etc"\n', 'etc', 'etc'],
  ])('%s', (_, toml, name, module) => {
    write('pyproject.toml', toml);
    expect(run()).toContain(`wrote scenarios/${name}/import-and-call.yaml`);
    expect(read(`scenarios/${name}/import-and-call.yaml`)).toContain(`Then: import ${module}\n`);
  });

  it('is the folder when pyproject.toml cannot be read', () => {
    write('pyproject.toml', '[project]\nname = \n');
    const [code, first, ...lines] = run();
    expect(code).toBe(0);
    expect(first).toMatch(
      /^pyproject\.toml:2:\d+ is not used, since it cannot be read; the folder gives the name$/,
    );
    expect(lines).toContain('wrote scenarios/my-ext/import-and-call.yaml');
  });
});

describe('.gitignore', () => {
  it.each([
    ['without its last newline', 'dist', 'dist\n.leakline/\n', 'added .leakline/ to .gitignore'],
    ['with other lines', 'x.leakline/\n', 'x.leakline/\n.leakline/\n', 'added .leakline/ to .gitignore'],
    ['that has it', '/.leakline\ndist\n', '/.leakline\ndist\n', 'kept .gitignore'],
    ['that has it, in CRLF', 'a\r\n.leakline/\r\n', 'a\r\n.leakline/\r\n', 'kept .gitignore'],
  ])('%s', (_, before, after, line) => {
    write('.gitignore', before);
    expect(run()).toContain(line);
    expect(read('.gitignore')).toBe(after);
  });
});
