import {describe, expect, it} from 'vitest';
import {type Selection, selectScenarios} from '../../../src/scenario/select.js';
import type {Scenario} from '../../../src/scenario/types.js';
import {formatProblem} from '../../../src/util/problem.js';

function scenario(id: string, tags: readonly string[] = [], description?: string): Scenario {
  const [base = ''] = id.split('@');
  return {
    id,
    file: `/project/scenarios/${base}.yaml`,
    shownAs: `scenarios/${base}.yaml`,
    ...(description === undefined ? {} : {description}),
    tags,
    requires: [],
    timeoutMs: 1000,
    env: {},
    valgrind: [],
    suppressions: [],
    variables: {},
    work: {mode: 'exit', run: {type: 'command', argv: ['true']}},
  };
}

const scenarios = [
  scenario('json/dumps', ['fast']),
  scenario('json/loads', ['fast', 'parser'], 'Decoding of JSON text'),
  scenario('json5'),
  scenario('zlib/compress@level-1', ['slow']),
  scenario('zlib/compress@level-9', ['slow', 'parser']),
];

function select(selection: Selection, cwd = '/project') {
  const broken = [{id: 'broken/file', file: '/project/scenarios/broken/file.yaml'}];
  const result = selectScenarios({cwd, scenarios, broken}, selection);
  return result.ok ? result.value.map(({id}) => id) : result.error.map(formatProblem);
}

const all = scenarios.map(({id}) => id);
const zlib = ['zlib/compress@level-1', 'zlib/compress@level-9'];

describe('paths', () => {
  it.each<[string, string[], string[]]>([
    ['none', [], all],
    ['an id', ['json/loads'], ['json/loads']],
    ['an id with cases', ['zlib/compress'], zlib],
    ['a case', ['zlib/compress@level-9'], ['zlib/compress@level-9']],
    ['a folder of ids, not what begins like it', ['json'], ['json/dumps', 'json/loads']],
    ['a folder with a slash', ['json/'], ['json/dumps', 'json/loads']],
    ['a file', ['scenarios/json/loads.yaml'], ['json/loads']],
    ['a file as the shell completes it', ['./scenarios/json/loads.yaml'], ['json/loads']],
    ['a file without the scenario folder', ['json/loads.yaml'], ['json/loads']],
    ['an absolute path', ['/project/scenarios/zlib'], zlib],
    ['the whole folder', ['scenarios'], all],
    ['here', ['.'], all],
    ['the root', ['/'], all],
    ['a pattern', ['json/*'], ['json/dumps', 'json/loads']],
    ['a pattern for cases', ['zlib/*@level-?'], zlib],
    ['a pattern over folders', ['**/*o*s'], ['json/loads', ...zlib]],
    ['a pattern for files', ['scenarios/*.yaml'], ['json5']],
    ['a pattern that matches a base', ['zlib/comp*'], zlib],
    ['several, in the order of the scenarios', ['zlib', 'json5'], ['json5', ...zlib]],
    ['one twice', ['json5', 'json5'], ['json5']],
    ['a broken file, which is reported elsewhere', ['broken/file'], []],
  ])('%s', (_, paths, expected) => {
    expect(select({paths})).toEqual(expected);
  });

  it('are relative to the working folder', () => {
    expect(select({paths: ['loads.yaml']}, '/project/scenarios/json')).toEqual(['json/loads']);
    expect(select({paths: ['..']}, '/project/scenarios/json')).toEqual(all);
  });

  it.each([
    ['jsno/loads', 'no scenario is called jsno/loads, did you mean "json/loads"?'],
    ['zlib/compres', 'no scenario is called zlib/compres, did you mean "zlib/compress"?'],
    [
      'zlib/compress@level-8',
      'no scenario is called zlib/compress@level-8, did you mean "zlib/compress@level-1"?',
    ],
    ['jso', 'no scenario is called jso, did you mean "json"?'],
    ['entirely/different', 'no scenario is called entirely/different'],
    ['x*', 'no scenario is called x*'],
    ['', 'no scenario is called '],
  ])('that name nothing are a problem: %j', (typed, message) => {
    expect(select({paths: [typed, 'json5']})).toEqual([`${message}\n  Next: leakline scenario list`]);
  });
});

describe('filters', () => {
  it.each<[string, Selection, string[]]>([
    ['grep in ids', {grep: 'LOADS$'}, ['json/loads']],
    ['grep in descriptions', {grep: 'of json'}, ['json/loads']],
    ['a tag', {tags: ['slow']}, zlib],
    ['one of two tags', {tags: ['slow', 'fast']}, ['json/dumps', 'json/loads', ...zlib]],
    ['not a tag', {tags: ['!slow']}, ['json/dumps', 'json/loads', 'json5']],
    ['a tag and not another', {tags: ['parser', '!slow']}, ['json/loads']],
    ['what failed, but for what is gone', {lastFailed: new Set(['json5', 'deleted'])}, ['json5']],
    ['nothing failed', {lastFailed: new Set()}, []],
    ['all of them', {paths: ['zlib'], grep: '9', tags: ['slow'], lastFailed: new Set(zlib)}, zlib.slice(1)],
    ['nothing is left', {paths: ['zlib'], tags: ['fast']}, []],
    ['a shard of what is left', {paths: ['json'], shard: '2/2'}, ['json/loads']],
  ])('%s', (_, selection, expected) => {
    expect(select(selection)).toEqual(expected);
  });

  it.each<[string, Selection, string]>([
    ['no expression', {grep: '('}, '--grep (: Invalid regular expression: /(/i: Unterminated group'],
    ['an expression that fits nothing', {grep: 'xml'}, "--grep xml: no scenario's id or description fits it"],
    ['an unknown tag', {tags: ['slwo']}, '--tag slwo: no scenario has this tag, did you mean "slow"?'],
    [
      'an unknown tag to leave out',
      {tags: ['!slwo']},
      '--tag !slwo: no scenario has this tag, did you mean "slow"?',
    ],
    ['no shard', {shard: '0/2'}, '--shard 0/2: expected a part and the number of parts, such as 1/4'],
  ])('%s is a problem', (_, selection, message) => {
    expect(select(selection)).toEqual([message]);
  });

  it('names all problems at once', () => {
    expect(select({paths: ['x1'], tags: ['y1'], shard: '5/4', grep: '['})).toHaveLength(4);
  });
});
