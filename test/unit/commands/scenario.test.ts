import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {
  scenarioList,
  scenarioNew,
  scenarioSchemaText,
  scenarioValidate,
} from '../../../src/commands/scenario.js';
import {scenarioJsonSchema} from '../../../src/scenario/json-schema.js';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'leakline-scenario-')));
});
afterEach(() => rmSync(root, {recursive: true}));

function write(name: string, text = ''): void {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), {recursive: true});
  writeFileSync(file, text);
}

/** The exit code and what was printed. */
function printed(run: (print: (line: string) => void) => number): [number, ...string[]] {
  const lines: string[] = [];
  const code = run((line) => lines.push(line));
  return [code, ...lines];
}

describe('scenario new', () => {
  const create = (name: string, mode?: 'growth' | 'exit') =>
    printed((print) => scenarioNew({cwd: root, name, ...(mode === undefined ? {} : {mode})}, print));

  it.each(['growth', 'exit'] as const)('writes a %s scenario that is valid', (mode) => {
    expect(create('json/loads', mode)).toEqual([
      0,
      'scenarios/json/loads.yaml is written. Edit its body, then run it: leakline run json/loads',
    ]);
    expect(printed((print) => scenarioValidate({cwd: root}, print))).toEqual([0, '1 scenario is valid']);
    expect(printed((print) => scenarioList({cwd: root}, print))[1]).toMatch(`json/loads  ${mode}`);
  });

  it('points editors to the schema when the project has it', () => {
    create('plain');
    write('scenarios/scenario.schema.json', scenarioJsonSchema());
    create('deep/er/one.yaml');
    const firstLine = (name: string) =>
      readFileSync(path.join(root, 'scenarios', name), 'utf8').split('\n', 1)[0];
    expect(firstLine('plain.yaml')).not.toContain('$schema');
    expect(firstLine('deep/er/one.yaml')).toBe('# yaml-language-server: $schema=../../scenario.schema.json');
  });

  it('never overwrites', () => {
    write('scenarios/a.yaml', 'mine');
    write('scenarios/b.yml', 'mine');
    expect(create('a')).toEqual([2, 'scenarios/a.yaml exists already']);
    expect(create('b')).toEqual([2, 'scenarios/b.yml exists already']);
    expect(readFileSync(path.join(root, 'scenarios/a.yaml'), 'utf8')).toBe('mine');
  });

  it.each(['', '..', '../a', '/a', 'a//b', 'a/../../b', '_a', 'a b', 'a@b', 'a/', 'a\nb', '__baselines__/a'])(
    'refuses the name %j',
    (name) => {
      const [code, message] = create(name);
      expect(code).toBe(2);
      expect(message).toMatch(/^"[^"]*" must begin with a letter or digit/);
    },
  );

  it('does not write through a link out of the folder', () => {
    write('outside/.keep');
    write('scenarios/.keep');
    symlinkSync('../outside', path.join(root, 'scenarios/link'));
    expect(create('link/deeper/a')).toEqual([
      2,
      'scenarios/link/deeper/a.yaml leaves the scenario folder by a link',
    ]);
  });

  it('says what is in the way', () => {
    write('scenarios/a', 'a file');
    const [code, message] = create('a/b');
    expect(code).toBe(2);
    expect(message).toMatch(/^scenarios\/a\/b\.yaml cannot be written: /);
  });
});

describe('scenario list', () => {
  beforeEach(() => {
    write('scenarios/json/loads.yaml', 'description: "Decodes\\ntext"\nbody: f()\ntags: [slow, c]\n');
    write('scenarios/zip.yaml', 'command: [zip]\ncases: {a: {}, b: {}}\n');
  });

  it('shows one scenario a line', () => {
    expect(printed((print) => scenarioList({cwd: root}, print))).toEqual([
      0,
      'json/loads  growth  [slow] [c]  Decodes',
      'zip@a       exit',
      'zip@b       exit',
    ]);
  });

  it('shows the chosen ones only', () => {
    expect(printed((print) => scenarioList({cwd: root, tags: ['!slow'], grep: 'b$'}, print))).toEqual([
      0,
      'zip@b  exit',
    ]);
  });

  it('shows files that cannot be read, too, where they are among the chosen', () => {
    write('scenarios/bad.yaml', 'bdoy: f()\n');
    const chosen = (...paths: string[]) => {
      const [code, ...lines] = printed((print) => scenarioList({cwd: root, paths}, print));
      return [code, ...lines.map((line) => String(line).split('\n')[0])];
    };
    const listed = ['zip@a  exit', 'zip@b  exit'];
    const problem = 'scenarios/bad.yaml:1:1 unknown key "bdoy", did you mean "body"?';
    expect(chosen('zip')).toEqual([0, ...listed]);
    expect(chosen('zip', 'bad')).toEqual([2, ...listed, problem]);
  });

  it('says when a choice or the configuration is wrong', () => {
    expect(printed((print) => scenarioList({cwd: root, paths: ['zap']}, print))).toEqual([
      2,
      'no scenario is called zap, did you mean "zip"?\n  Next: leakline scenario list',
    ]);
    write('leakline.yaml', 'jobs: x\n');
    expect(printed((print) => scenarioList({cwd: root}, print))[0]).toBe(2);
  });
});

describe('scenario validate', () => {
  it('shows the problems of the chosen files', () => {
    write('scenarios/a.yaml', 'mode: growth\n');
    write('scenarios/b.yaml', 'body: f()\nargs: [x]\n');
    write('scenarios/c.yaml', 'body: f()\n');
    const validate = (...paths: string[]) =>
      printed((print) => scenarioValidate({cwd: root, paths}, print)).map((line) => `${line}`.split('\n')[0]);
    const a = 'scenarios/a.yaml:1:7 mode growth needs a body';
    const b =
      'scenarios/b.yaml:2:1 "args" makes no sense beside "body": it belongs to "code", "script" or "module"';
    expect(validate()).toEqual(['2', a, b]);
    expect(validate('b')).toEqual(['2', b]);
    expect(validate('scenarios/c.yaml')).toEqual(['0', '1 scenario is valid']);
    expect(validate('d')).toEqual(['2', expect.stringContaining('no scenario is called d')]);
  });

  it('needs a scenario folder', () => {
    expect(printed((print) => scenarioValidate({cwd: root}, print))).toEqual([
      2,
      'there is no scenario folder scenarios\n  Next: leakline init',
    ]);
  });
});

it('scenario schema prints the JSON Schema', () => {
  const [code, text] = printed(scenarioSchemaText);
  expect(code).toBe(0);
  expect(`${text}\n`).toBe(scenarioJsonSchema());
});
