import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, it} from 'vitest';

/** The stages, in the order in which they may know each other: types of earlier ones only. */
const STAGES = [
  'util',
  'config',
  'scenario',
  'python',
  'doctor',
  'valgrind',
  'probe',
  'run',
  'judge',
  'report',
  'repro',
  'export',
] as const;

/** Where values of all stages may meet. */
const MEETING_PLACES = ['commands', 'cli.ts'];

/** Imports that the rules forbid and that are right all the same, by module of `to`. */
const EXCEPTIONS: readonly {
  readonly from: string;
  readonly to: string;
  readonly modules: readonly string[];
  readonly why: string;
}[] = [
  {
    from: 'scenario',
    to: 'config',
    modules: ['environment-name', 'schema', 'valgrind-option'],
    why: 'leakline.yaml and scenario files spell names, isolations and options by the same rules',
  },
  {
    from: 'scenario',
    to: 'valgrind',
    modules: ['types'],
    why: "a tolerance is told by memcheck's kinds, and their names are valgrind's, which depends on util alone",
  },
  {
    from: 'run',
    to: 'valgrind',
    modules: ['command', 'perfmap', 'version', 'xml'],
    why: 'run starts memcheck and hands on what it wrote',
  },
  {from: 'judge', to: 'valgrind', modules: ['command'], why: 'signatures end where the stacks of a run do'},
  {from: 'report', to: 'judge', modules: ['status'], why: 'which statuses fail a run is said once'},
  {
    from: 'repro',
    to: 'run',
    modules: ['job'],
    why: 'a reproduction runs the very task and command line of the run',
  },
  {
    from: 'repro',
    to: 'valgrind',
    modules: ['command'],
    why: 'a reproduction is one more way to start memcheck',
  },
  {
    from: 'export',
    to: 'python',
    modules: ['recipe'],
    why: 'results say which profile their build has, and are checked for it',
  },
  {
    from: 'export',
    to: 'run',
    modules: ['job', 'observe', 'python-argv', 'status'],
    why: 'another machine runs the very task of the run, and what it leaves is read in the same way',
  },
  {
    from: 'export',
    to: 'valgrind',
    modules: ['command'],
    why: 'an export is one more way to start memcheck',
  },
];

/** Words that one place alone may use, as patterns over code without comments. */
const RESERVED: readonly {
  readonly word: string;
  readonly pattern: RegExp;
  readonly places: readonly string[];
}[] = [
  {word: 'execa', pattern: /from 'execa'/, places: ['util/child.ts']},
  {word: 'node:child_process', pattern: /'(node:)?child_process'/, places: []},
  {word: 'process.exit', pattern: /\bprocess\.exit\b/, places: ['cli.ts']},
  {word: 'process.exitCode', pattern: /\bprocess\.exitCode\b/, places: ['cli.ts']},
  {word: 'console', pattern: /\bconsole\./, places: ['cli.ts', 'report/']},
  {word: 'export default', pattern: /^export default\b/m, places: []},
  {word: 'any', pattern: /(: |<|\bas )any\b/, places: []},
];

/** What takes values and gives values: no file, no clock, no environment. */
const PURE = [
  'judge/baseline.ts',
  'judge/baseline-text.ts',
  'judge/children.ts',
  'judge/compare.ts',
  'judge/decide.ts',
  'judge/failure.ts',
  'judge/findings.ts',
  'judge/frames.ts',
  'judge/group.ts',
  'judge/growth.ts',
  'judge/signature.ts',
  'judge/status.ts',
  'python/host.ts',
  'python/recipe.ts',
  'valgrind/command.ts',
  'valgrind/perfmap.ts',
  'valgrind/version.ts',
  'commands/exit-code.ts',
  'export/script.ts',
];

const EFFECTS =
  /'node:(fs|os|net|http|child_process)|\bDate\.now\b|\bnew Date\(\)|\bperformance\.|\bMath\.random\b|\bprocess\./;

interface Import {
  /** Both relative to src/, with `.ts`. */
  readonly from: string;
  readonly to: string;
  /** Whether nothing is left of it in JavaScript. */
  readonly isType: boolean;
}

const root = fileURLToPath(new URL('../../src', import.meta.url));

const withoutComments = (text: string) =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');

const sources: ReadonlyMap<string, string> = new Map(
  readdirSync(root, {recursive: true, encoding: 'utf8'})
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .sort()
    .map((file) => [file, withoutComments(readFileSync(path.join(root, file), 'utf8'))]),
);

/** The imports and re-exports of a file of this project, dynamic ones among them. */
function importsOf(file: string, text: string): readonly Import[] {
  const statics = [...text.matchAll(/^(?:import|export)\s(?:([^'";]*?)\sfrom\s)?'(\.[^']+)'/gm)];
  const dynamics = [...text.matchAll(/\bimport\('(\.[^']+)'\)/g)];
  return [
    ...statics.map(([, names, target]) => ({target, isType: names !== undefined && isTypeOnly(names)})),
    ...dynamics.map(([, target]) => ({target, isType: false})),
  ].map(({target = '', isType}) => ({
    from: file,
    to: path.join(path.dirname(file), target.replace(/\.js$/, '.ts')),
    isType,
  }));
}

function isTypeOnly(names: string): boolean {
  if (/^type\s/.test(names)) return true;
  const braced = /^\{([\s\S]*)\}$/.exec(names)?.[1];
  const single = (braced ?? '').split(',').filter((name) => name.trim() !== '');
  return single.length > 0 && single.every((name) => /^\s*type\s/.test(name));
}

const stageOf = (file: string) => file.split('/')[0] ?? '';

/** Why the import breaks the rules, undefined when it does not. */
function violation({from, to, isType}: Import): string | undefined {
  const [importer, imported] = [stageOf(from), stageOf(to)];
  if (importer === imported || MEETING_PLACES.includes(importer)) return undefined;
  const order = STAGES.indexOf(imported as (typeof STAGES)[number]);
  if (order === -1) return `${from} imports ${to}, which is no stage`;
  if (exceptionFor({from, to, isType}) !== undefined) return undefined;
  if (order > STAGES.indexOf(importer as (typeof STAGES)[number])) {
    return `${from} imports ${to} of a later stage`;
  }
  // A constant in a types.ts is the list that a type is made from.
  if (isType || imported === 'util' || path.basename(to) === 'types.ts') return undefined;
  return `${from} imports values of ${to}`;
}

function exceptionFor({from, to}: Import) {
  return EXCEPTIONS.find(
    (exception) =>
      exception.from === stageOf(from) &&
      exception.to === stageOf(to) &&
      exception.modules.some((module) => to === `${exception.to}/${module}.ts`),
  );
}

const imports = [...sources].flatMap(([file, text]) => importsOf(file, text));

describe('the imports', () => {
  it('are found, each of them', () => {
    for (const [file, text] of sources) {
      const relative = text.match(/\bfrom '\.|^import '\.|\bimport\('\./gm) ?? [];
      expect(importsOf(file, text), file).toHaveLength(relative.length);
    }
    expect(imports.filter(({to}) => !sources.has(to))).toEqual([]);
  });

  it.each([
    ["import type {A} from '../b/c.js';", true],
    ["import {type A, type B} from '../b/c.js';", true],
    ["import {\n  type A,\n  type B,\n} from '../b/c.js';", true],
    ["import {a, type B} from '../b/c.js';", false],
    ["import * as c from '../b/c.js';", false],
    ["import '../b/c.js';", false],
    ["export {a} from '../b/c.js';", false],
    ["export type {A} from '../b/c.js';", true],
    ["const c = await import('../b/c.js');", false],
  ])('%j: types alone: %s', (text, isType) => {
    expect(importsOf('a/x.ts', text)).toEqual([{from: 'a/x.ts', to: 'b/c.ts', isType}]);
  });

  it.each([
    ['a value of util', {from: 'judge/x.ts', to: 'util/y.ts', isType: false}, undefined],
    ['a type of an earlier stage', {from: 'judge/x.ts', to: 'run/y.ts', isType: true}, undefined],
    ['a constant beside types', {from: 'report/x.ts', to: 'judge/types.ts', isType: false}, undefined],
    ['an exception', {from: 'run/x.ts', to: 'valgrind/xml.ts', isType: false}, undefined],
    ['anything in a command', {from: 'commands/x.ts', to: 'judge/y.ts', isType: false}, undefined],
    [
      'a value of another stage',
      {from: 'judge/x.ts', to: 'run/y.ts', isType: false},
      'judge/x.ts imports values of run/y.ts',
    ],
    [
      'a value that no exception names',
      {from: 'run/x.ts', to: 'valgrind/suppression/print.ts', isType: false},
      'run/x.ts imports values of valgrind/suppression/print.ts',
    ],
    [
      'a type of a later stage',
      {from: 'run/x.ts', to: 'judge/types.ts', isType: true},
      'run/x.ts imports judge/types.ts of a later stage',
    ],
    [
      'a value of a later stage',
      {from: 'util/x.ts', to: 'config/types.ts', isType: false},
      'util/x.ts imports config/types.ts of a later stage',
    ],
    [
      'a command',
      {from: 'report/x.ts', to: 'commands/exit-code.ts', isType: false},
      'report/x.ts imports commands/exit-code.ts, which is no stage',
    ],
  ])('judges %s', (_, made, expected) => {
    expect(violation(made)).toBe(expected);
  });

  it('go one way', () => {
    expect(imports.map(violation).filter((found) => found !== undefined)).toEqual([]);
  });

  it('need each exception', () => {
    const unused = EXCEPTIONS.flatMap(({from, to, modules}) =>
      modules
        .filter(
          (module) =>
            !imports.some((each) => stageOf(each.from) === from && each.to === `${to}/${module}.ts`),
        )
        .map((module) => `${from} → ${to}/${module}`),
    );
    expect(unused).toEqual([]);
  });

  it('make no circle', () => {
    const next = new Map<string, readonly string[]>(
      [...sources.keys()].map((file) => [
        file,
        imports.filter(({from, isType}) => from === file && !isType).map(({to}) => to),
      ]),
    );
    expect([...sources.keys()].flatMap((file) => circleFrom(file, next))).toEqual([]);
  });
});

/** The files that can be reached from `file` and lead back to it. */
function circleFrom(file: string, next: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const seen = new Set<string>();
  const waiting = [...(next.get(file) ?? [])];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at === file) return [file];
    if (seen.has(at)) continue;
    seen.add(at);
    waiting.push(...(next.get(at) ?? []));
  }
  return [];
}

it('names every folder of src a stage', () => {
  const known: readonly string[] = [...STAGES, ...MEETING_PLACES, 'types'];
  expect(readdirSync(root).filter((name) => !known.includes(name))).toEqual([]);
});

describe('the code', () => {
  it.each(RESERVED)('leaves $word to $places', ({pattern, places}) => {
    const users = [...sources].filter(([, text]) => pattern.test(text)).map(([file]) => file);
    const strangers = users.filter((file) => !places.some((place) => file.startsWith(place)));
    expect(strangers).toEqual([]);
  });

  it.each(PURE)('%s has no effects', (file) => {
    expect(sources.get(file)).toBeTypeOf('string');
    expect(EFFECTS.exec(sources.get(file) ?? '')?.[0]).toBeUndefined();
  });
});
