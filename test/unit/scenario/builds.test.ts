import {describe, expect, it} from 'vitest';
import {buildsOf, needVersions} from '../../../src/scenario/builds.js';
import {CONDITION, fulfils} from '../../../src/scenario/version-condition.js';

describe('a condition', () => {
  it.each([
    ['3.13.5', '>=3.11', true],
    ['3.9.2', '>=3.11', false],
    ['3.11.2', '>=3.11.3', false],
    ['3.11.2', '<=3.11', true],
    ['3.11.2', '>3.11', false],
    ['3.12.0', '>3.11', true],
    ['3.11.2', '<3.11', false],
    ['3.11.2', '==3.11', true],
    ['3.11.2', '!=3.11', false],
    ['2.7.18', '<3', true],
    ['3.15.0a1', '>=3.15', true],
    ['3.10.1', '>=3.9', true],
    ['3.11.2', '>=3.9,<3.13', true],
    ['3.13.5', '>=3.9, <3.13', false],
  ])('%s %s: %s', (version, condition, expected) => {
    expect(fulfils(version, condition)).toBe(expected);
  });

  it.each(['>=3.11', '== 3', '!=2.7.18', '>=3.9,<3.13'])('%s is one', (text) => {
    expect(CONDITION.test(text)).toBe(true);
  });

  it.each(['>=', '=3.11', '>=3.x', '~=3.11', '>=3.1.2.3', '>=3.9,', 'cpython-3.13', ''])(
    '%j is none',
    (text) => {
      expect(CONDITION.test(text)).toBe(false);
    },
  );
});

describe('buildsOf', () => {
  const versions: Record<string, string> = {old: '2.7.18', mid: '3.11.2', new: '3.13.5', other: '3.12.1'};
  const of = (own: readonly string[] | undefined, only?: readonly string[]) => {
    const config = {builds: ['old', 'new'], ...(only === undefined ? {} : {onlyBuilds: only})};
    const {builds, skipped} = buildsOf(
      config,
      own === undefined ? {} : {builds: own},
      (name) => versions[name],
    );
    return [builds, skipped.map(({build}) => build)];
  };

  it.each([
    ['nothing: the configured ones', undefined, undefined, ['old', 'new'], []],
    ['nothing: those of --build', undefined, ['mid'], ['mid'], []],
    ['names: these, configured or not', ['new', 'mid'], undefined, ['new', 'mid'], []],
    ['names: those of --build among them', ['new', 'mid'], ['mid', 'other'], ['mid'], ['other']],
    ['names that --build does not ask for', ['mid'], ['new'], [], ['new']],
    ['a condition: the configured ones that fulfil it', ['>=3'], undefined, ['new'], ['old']],
    ['a condition: those of --build that fulfil it', ['>=3.12'], ['mid', 'other'], ['other'], ['mid']],
    ['a condition that none fulfils', ['>=3.14'], undefined, [], ['old', 'new']],
    ['conditions: any of them', ['<3', '>=3.13'], ['old', 'mid', 'new'], ['old', 'new'], ['mid']],
    ['a name and a condition', ['mid', '>=3.13'], undefined, ['mid', 'new'], ['old']],
    ['what is named and fulfils, once', ['new', '>=3'], undefined, ['new'], ['old']],
    ['an unknown version, which fails later', ['>=3'], ['nope'], ['nope'], []],
  ])('%s', (_, own, only, builds, skipped) => {
    expect(of(own, only)).toEqual([builds, skipped]);
  });

  it('says why a build is skipped', () => {
    const {skipped} = buildsOf({builds: ['old']}, {builds: ['>=3.11', 'mid']}, () => '2.7.18');
    expect(skipped).toEqual([{build: 'old', why: 'runs on >=3.11, mid only; this is 2.7.18'}]);
  });
});

it.each([
  [[{}], false],
  [[{builds: ['a']}], false],
  [[{}, {builds: ['a', '>=3']}], true],
])('versions are needed by %j: %s', (scenarios, expected) => {
  expect(needVersions(scenarios)).toBe(expected);
});
