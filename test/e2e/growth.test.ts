import {readFileSync} from 'node:fs';
import {expect, it} from 'vitest';
import type {Change, ScenarioResult} from '../../src/judge/types.js';
import {createProject} from './support/project.js';

const LEAKY = readFileSync(new URL('../../scenarios/ext/leaky.c', import.meta.url), 'utf8');

/** Loses so many blocks in each iteration, always on the same way. */
const loses = (blocks: number) => `requires: [{extension: leaky.c}]
setup: |
  import leaky
body: |
  for _ in range(${blocks}):
      leaky.lost_block()
`;

/** Python code that keeps more and more objects: no extension has to do with it. */
const keeps = (what: string) => `setup: |
  kept = set()
body: |
  kept.add("${what} %d" % len(kept))
iterations: 20
`;

const BASELINES = 'scenarios/__baselines__/cpython-3.13';

const verdicts = ({changes}: ScenarioResult) => changes.map(({verdict}: Change) => verdict);

it('a rate that changes, and leaks of the interpreter that are known in every scenario', async () => {
  const project = createProject({
    'scenarios/leaky.c': LEAKY,
    'scenarios/loses-more.yaml': loses(2),
    'scenarios/loses-less.yaml': loses(2),
    'scenarios/keeps.yaml': keeps('row'),
  });
  const first = await project.run();
  expect(first.code).toBe(1);
  expect(first.statuses).toEqual({
    'loses-more': 'regressed',
    'loses-less': 'regressed',
    keeps: 'regressed',
  });
  expect(first.of('loses-more').changes).toMatchObject([{verdict: 'new', now: {blocks: 2, bytes: 80}}]);
  for (const change of first.of('keeps').changes) {
    expect(change).toMatchObject({verdict: 'new', now: {attribution: 'interpreter'}});
  }

  // Whoever accepts the interpreter's leaks has accepted nothing of an extension.
  const interpreter = await project.leakline(['baseline', 'update', '--interpreter']);
  expect(interpreter).toMatchObject({code: 0, stdout: `updated ${BASELINES}/_interpreter.yaml\n`});
  expect(project.read(BASELINES, '_interpreter.yaml')).not.toContain('leaky');
  const rest = await project.leakline(['baseline', 'update']);
  expect(rest.code).toBe(0);
  expect(project.files(BASELINES)).toEqual(['_interpreter.yaml', 'loses-less.yaml', 'loses-more.yaml']);

  project.write({
    'scenarios/loses-more.yaml': loses(3),
    'scenarios/loses-less.yaml': loses(1),
    'scenarios/keeps.yaml': undefined,
    'scenarios/keeps-as-well.yaml': keeps('column'),
  });
  const second = await project.run();
  expect(second.code).toBe(1);
  expect(second.statuses).toEqual({
    'loses-more': 'regressed',
    'loses-less': 'improved',
    'keeps-as-well': 'passed',
  });
  expect(second.of('loses-more').changes).toMatchObject([
    {verdict: 'grown', now: {blocks: 3}, before: {blocks: 2}},
  ]);
  expect(second.of('loses-less').changes).toMatchObject([
    {verdict: 'shrunk', now: {blocks: 1}, before: {blocks: 2}},
  ]);
  expect(new Set(verdicts(second.of('keeps-as-well')))).toEqual(new Set(['known']));
  expect(second.stdout).toContain(
    'regressed: loses-more on cpython-3.13: +3 blocks (120 bytes) per iteration, was +2 blocks (80 bytes)',
  );
});
