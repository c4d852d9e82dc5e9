// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of scenario files
import {mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {loadConfig} from '../../../src/config/load.js';
import type {ConfigFlags} from '../../../src/config/types.js';
import {loadScenarios} from '../../../src/scenario/load.js';
import {formatProblem} from '../../../src/util/problem.js';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'leakline-load-')));
});
afterEach(() => rmSync(root, {recursive: true}));

function write(name: string, text = ''): void {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), {recursive: true});
  writeFileSync(file, text);
}

function load(flags: ConfigFlags = {}, folder = '.') {
  const config = loadConfig(path.join(root, folder), flags);
  if (!config.ok) throw new Error(config.error.map(formatProblem).join('\n'));
  return loadScenarios(config.value);
}

function scenario(text: string, flags: ConfigFlags = {}) {
  write('scenarios/a.yaml', text);
  const {scenarios, problems} = load(flags);
  expect(problems.map(formatProblem)).toEqual([]);
  const [first] = scenarios;
  if (first === undefined) throw new Error('nothing was loaded');
  return first;
}

describe('a scenario', () => {
  it('of mode growth gets the defaults', () => {
    expect(scenario('body: f()\n')).toEqual({
      id: 'a',
      file: path.join(root, 'scenarios/a.yaml'),
      shownAs: 'scenarios/a.yaml',
      tags: [],
      requires: [],
      timeoutMs: 300_000,
      env: {},
      valgrind: [],
      suppressions: [],
      variables: {},
      work: {
        mode: 'growth',
        body: {text: 'f()', line: 1, indent: 0},
        warmup: 10,
        iterations: 10,
        checkpoints: 5,
        preload: [],
        isolation: 'fork',
        tolerance: {},
      },
    });
  });

  it('of mode growth may say everything itself', () => {
    write('scenarios/ext/spam.c');
    write('scenarios/ext/tool.cpp');
    write('scenarios/known.supp');
    const text = `# yaml-language-server: $schema=scenario.schema.json
$schema: scenario.schema.json
description: Everything
tags: [slow, c-api]
builds: [cpython-3.9]
requires:
  - extension: ext/spam.c
  - program: ./ext/tool.cpp
mode: growth
timeout: 1.5
env: {A: 3.10, B: yes, C: true}
valgrind: [--track-origins=yes]
suppressions: [known.supp]
setup: |

    import spam
    if 1:
        pass
body: &body |
  spam.f()
teardown: *body
warmup: 0
iterations: 3
checkpoints: 2
preload: [json, os.path]
isolation: process
tolerance: {possible: 0.5}
trace-children: true
`;
    expect(scenario(text)).toEqual({
      id: 'a',
      file: path.join(root, 'scenarios/a.yaml'),
      shownAs: 'scenarios/a.yaml',
      description: 'Everything',
      tags: ['slow', 'c-api'],
      builds: ['cpython-3.9'],
      requires: [
        {type: 'extension', path: path.join(root, 'scenarios/ext/spam.c')},
        {type: 'program', path: path.join(root, 'scenarios/ext/tool.cpp')},
      ],
      timeoutMs: 1500,
      env: {A: '3.10', B: 'yes', C: 'true'},
      valgrind: ['--track-origins=yes'],
      suppressions: [path.join(root, 'scenarios/known.supp')],
      traceChildren: true,
      variables: {},
      work: {
        mode: 'growth',
        setup: {text: '\nimport spam\nif 1:\n    pass\n', line: 15, indent: 4},
        body: {text: 'spam.f()\n', line: 20, indent: 2},
        teardown: {text: 'spam.f()\n', line: 20, indent: 2},
        warmup: 0,
        iterations: 3,
        checkpoints: 2,
        preload: ['json', 'os.path'],
        isolation: 'process',
        tolerance: {possible: 0.5},
      },
    });
  });

  it.each([
    [
      'code',
      'code: |\n  f()\nsetup: import x\nargs: [1.0, b]\n',
      {
        type: 'code',
        setup: {text: 'import x', line: 3, indent: 0},
        code: {text: 'f()\n', line: 2, indent: 2},
        args: ['1.0', 'b'],
      },
    ],
    ['a script', 'script: _run.py\n', {type: 'script', path: '@/scenarios/_run.py', args: []}],
    ['a module', 'module: json.tool\nargs: [x]\n', {type: 'module', name: 'json.tool', args: ['x']}],
    ['a command', 'command: [prog, -v, 010]\nmode: exit\n', {type: 'command', argv: ['prog', '-v', '010']}],
  ])('of mode exit runs %s', (_, text, run) => {
    write('scenarios/_run.py');
    const expected = 'path' in run ? {...run, path: run.path?.replace('@', root)} : run;
    expect(scenario(text).work).toEqual({mode: 'exit', run: expected});
  });

  it('keeps the lines of a CRLF file', () => {
    const {work} = scenario('description: x\r\nbody: |\r\n  a = 1\r\n  b = 2\r\n');
    expect(work).toMatchObject({body: {text: 'a = 1\nb = 2\n', line: 3, indent: 2}});
  });
});

describe('settings of the project', () => {
  it('reach scenarios that say nothing themselves', () => {
    write('leakline.yaml', 'timeout: 20\nisolation: process\n');
    expect(scenario('body: f()\n')).toMatchObject({timeoutMs: 20_000, work: {isolation: 'process'}});
    expect(scenario('body: f()\ntimeout: 5\nisolation: fork\n')).toMatchObject({
      timeoutMs: 5000,
      work: {isolation: 'fork'},
    });
  });

  it.each<ConfigFlags>([{}, {isolation: 'fork'}])('do not move what traces its children: %j', (flags) => {
    expect(scenario('body: f()\ntrace-children: true\n', flags)).toMatchObject({
      traceChildren: true,
      work: {isolation: 'process'},
    });
  });

  it('cannot be forked by what traces its children', () => {
    write('scenarios/a.yaml', 'body: f()\ntrace-children: true\nisolation: fork\n');
    expect(load().problems).toMatchObject([
      {line: 3, column: 1, message: expect.stringContaining('in a process of its own')},
    ]);
  });

  it('lose against --isolation, and so does the scenario', () => {
    const {work} = scenario('body: f()\nisolation: fork\n', {isolation: 'process'});
    expect(work).toMatchObject({isolation: 'process'});
  });
});

describe('cases', () => {
  it('make one scenario each, with their variables', () => {
    write(
      'scenarios/zlib.yaml',
      `command: [prog, "--level=\${level}", "\${fast}", "$\${HOME}"]
env: {LEVEL: "\${level}"}
cases:
  level-1: {level: 1.5, fast: true, data: [1, {a: null}]}
  level-9: {level: 0x9, fast: "no"}
`,
    );
    const {scenarios, problems} = load();
    expect(problems).toEqual([]);
    expect(scenarios.map(({id, variables, env, work}) => ({id, variables, env, work}))).toEqual([
      {
        id: 'zlib@level-1',
        variables: {level: 1.5, fast: true, data: [1, {a: null}]},
        env: {LEVEL: '1.5'},
        work: {mode: 'exit', run: {type: 'command', argv: ['prog', '--level=1.5', 'true', '${HOME}']}},
      },
      {
        id: 'zlib@level-9',
        variables: {level: 9, fast: 'no'},
        env: {LEVEL: '0x9'},
        work: {mode: 'exit', run: {type: 'command', argv: ['prog', '--level=0x9', 'no', '${HOME}']}},
      },
    ]);
  });

  it('leave Python text alone', () => {
    const {work} = scenario('body: f("${level}", level)\ncases: {one: {level: 1}}\n');
    expect(work).toMatchObject({body: {text: 'f("${level}", level)'}});
  });
});

describe('the scenario folder', () => {
  it('is read in order, whatever one file holds', () => {
    write('scenarios/b/z.yaml', 'body: f()\n');
    write('scenarios/b/a.yml', 'body: f()\n');
    write('scenarios/c.yaml', 'oops: 1\n');
    write('scenarios/a.yaml', 'body: f()\n');
    const {scenarios, problems, broken} = load();
    expect(scenarios.map(({id}) => id)).toEqual(['a', 'b/a', 'b/z']);
    expect(problems).toMatchObject([{file: 'scenarios/c.yaml', line: 1, column: 1}]);
    expect(broken.map(({id}) => id)).toEqual(['c']);
  });

  it('is shown as seen from where leakline was started', () => {
    write('leakline.yaml');
    write('scenarios/b/c.yaml', 'oops: 1\n');
    expect(load({}, 'scenarios/b').problems).toMatchObject([{file: 'c.yaml'}]);
  });

  it('may be absent', () => {
    const {scenarios, problems} = load();
    expect(scenarios).toEqual([]);
    expect(problems).toEqual([{message: 'there is no scenario folder scenarios', next: 'leakline init'}]);
  });

  it('may be the project itself, whose other YAML files are no scenarios', () => {
    write('leakline.yaml', 'scenarios: .\nbaselines: expected\n');
    write('python-build/own.yaml', '- no scenario');
    write('expected/a.yaml', '- no scenario');
    write('.leakline/last.yaml', '- no scenario');
    write('a.yaml', 'body: f()\n');
    const {scenarios, problems} = load();
    expect(problems).toEqual([]);
    expect(scenarios.map(({id}) => id)).toEqual(['a']);
  });

  it('may be a link', () => {
    write('elsewhere/a.yaml', 'script: _a.py\n');
    write('elsewhere/_a.py');
    symlinkSync('elsewhere', path.join(root, 'scenarios'));
    const {scenarios, problems} = load();
    expect(problems).toEqual([]);
    expect(scenarios.map(({id}) => id)).toEqual(['a']);
  });

  it('refuses ids that some file systems take for one', () => {
    write('scenarios/json.yaml', 'body: f()\n');
    write('scenarios/JSON.yaml', 'body: f()\n');
    const {scenarios, problems} = load();
    expect(scenarios.map(({id}) => id)).toEqual(['JSON']);
    expect(problems.map(formatProblem)).toEqual([
      'scenarios/json.yaml has the same name as scenarios/JSON.yaml, but for upper and lower case',
    ]);
  });

  it('refuses files that are named by a link out of it', () => {
    write('outside/spam.c');
    write('scenarios/.keep');
    symlinkSync('../outside', path.join(root, 'scenarios/ext'));
    write('scenarios/a.yaml', 'body: f()\nrequires: [{extension: ext/spam.c}]\n');
    expect(load().problems.map(formatProblem).join('\n')).toContain(
      'scenarios/a.yaml:2:24 requires: ext/spam.c leaves the scenario folder',
    );
  });
});

describe('requires', () => {
  const requires = (entry: string) => `body: f()\nrequires: [${entry}]\n`;

  it('takes packages, projects and wheels', () => {
    write('setup.py');
    write('lib/pyproject.toml');
    write('dist/Spam-1.0-py3-none-any.whl');
    const entries =
      'ujson==5.10.0, {project: ..}, {project: ../lib}, {wheel: numpy>=2}, {wheel: ../dist/Spam-1.0-py3-none-any.whl}';
    expect(scenario(requires(entries)).requires).toEqual([
      {type: 'package', name: 'ujson', requirement: 'ujson==5.10.0'},
      {type: 'project', path: root},
      {type: 'project', path: path.join(root, 'lib')},
      {type: 'wheel', name: 'numpy', requirement: 'numpy>=2'},
      {type: 'wheel-file', name: 'spam', path: path.join(root, 'dist/Spam-1.0-py3-none-any.whl')},
    ]);
  });

  it.each([
    ['{project: ../..}', 'requires: ../.. leaves the project, which is the folder of leakline.yaml'],
    ['{project: /srv}', "requires: /srv must be relative to the scenario's own folder"],
    ['{project: ../none}', 'requires: there is no folder ../none'],
    ['{project: ../bare}', 'requires: ../bare holds neither pyproject.toml nor setup.py'],
    ['{project: ../bare/a.txt}', 'requires: ../bare/a.txt is not a folder'],
    ['{project: ../link}', 'requires: ../link leaves the project, which is the folder of leakline.yaml'],
    [
      '{wheel: ../../x.whl}',
      'requires: ../../x.whl leaves the project, which is the folder of leakline.yaml',
    ],
    ['{wheel: ../x.whl}', 'requires: there is no file ../x.whl'],
    ['{wheel: ./x}', 'requires.0.wheel: a folder stands under a key: "project"'],
    ['--pre', 'requires.0: is no requirement such as ujson==5.10.0'],
    ['Ujson, ujson==1', 'requires: two entries make the package ujson'],
    ['ujson, {wheel: ujson}', 'requires: two entries make the package ujson'],
  ])('refuses %s', (entry, expected) => {
    write('bare/a.txt');
    write('outside/setup.py');
    symlinkSync(path.dirname(root), path.join(root, 'link'));
    write('scenarios/a.yaml', requires(entry));
    expect(load().problems.map(formatProblem).join('\n')).toContain(expected);
  });
});

describe('builds', () => {
  it('takes names and conditions', () => {
    expect(scenario('body: f()\nbuilds: [cpython-3.9, ">=3.11,<3.14"]\n').builds).toEqual([
      'cpython-3.9',
      '>=3.11,<3.14',
    ]);
  });

  it.each([
    ['">3.x"', 'is no condition on versions'],
    ['"a b"', 'must begin with a letter or digit'],
  ])('refuses %s', (entry, expected) => {
    write('scenarios/a.yaml', `body: f()\nbuilds: [${entry}]\n`);
    expect(load().problems.map(formatProblem).join('\n')).toContain(expected);
  });
});
