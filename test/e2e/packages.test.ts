import {cpSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {beforeAll, describe, expect, it} from 'vitest';
import {parse} from 'yaml';
import type {LeakFinding} from '../../src/judge/types.js';
import {createProject, type Judged} from './support/project.js';

const SCENARIOS = fileURLToPath(new URL('../../scenarios', import.meta.url));
const BASELINE = '__baselines__/cpython-3.13/packages/multidict/6.7.0.yaml';
const LEAKING = 'packages/multidict/6.7.0';
const FIXED = 'packages/multidict/6.7.1';

const PACKAGES = path.join(SCENARIOS, 'packages');

it.each(readdirSync(PACKAGES))('the two releases of %s run the same code', (name) => {
  const folder = path.join(PACKAGES, name);
  const scenarios = readdirSync(folder).map((file) => parse(readFileSync(path.join(folder, file), 'utf8')));
  const isLeaking = ({tags}: {readonly tags: readonly string[]}) => tags.includes('package-leak');
  const codeOf = ({setup, body}: {readonly setup: string; readonly body: string}) => ({setup, body});
  const fixed = scenarios.filter((scenario) => !isLeaking(scenario)).map(codeOf);
  expect(fixed).toHaveLength(1);
  expect(scenarios.filter(isLeaking).map(codeOf)).toContainEqual(fixed[0]);
});

describe('a release with a known leak and the one that mended it', () => {
  const project = createProject();
  const copy = (name: string) =>
    cpSync(path.join(SCENARIOS, name), project.at('scenarios', name), {recursive: true});
  let run: Judged;
  beforeAll(async () => {
    copy('packages/multidict');
    run = await project.run();
  });

  it('are told apart', () => {
    expect(run.statuses).toEqual({[LEAKING]: 'regressed', [FIXED]: 'passed'});
    expect(run.code).toBe(1);
  });

  it('the leak has its rate, the line of the package and the function that called it', () => {
    const leaks = run
      .of(LEAKING)
      .changes.flatMap((change): readonly LeakFinding[] =>
        change.verdict === 'new' && change.now.type === 'leak' ? [change.now] : [],
      );
    expect(leaks).toMatchObject([{blocks: 1, objects: [{type: 'str', values: ["'x-row-7'"]}]}]);
    const frames = leaks.flatMap(({stack}) => stack);
    expect(frames).toContainEqual(
      expect.objectContaining({
        origin: 'extension',
        name: 'md_pop_one',
        path: expect.stringMatching(/multidict\/_multilib\/hashtable\.h$/),
      }),
    );
    expect(frames).toContainEqual(expect.objectContaining({origin: 'python', name: 'drop'}));
  });

  it('with the baseline of this repository both are as expected', async () => {
    copy(BASELINE);
    const {code, statuses} = await project.run();
    expect({code, statuses}).toEqual({code: 0, statuses: {[LEAKING]: 'passed', [FIXED]: 'passed'}});
  });
});
