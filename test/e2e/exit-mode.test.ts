import {expect, it} from 'vitest';
import {extension} from './support/extension.js';
import {createProject} from './support/project.js';

const LOSER = extension('loser', {
  lose: `    char *volatile block = malloc(40);
    block[0] = 1;
    Py_RETURN_NONE;
`,
});

const SCENARIO = `mode: exit
requires: [{extension: loser.c}]
code: |
  import loser
  for _ in range(3):
      loser.lose(None)
`;

const BASELINE = 'scenarios/__baselines__/cpython-3.13/once.yaml';

it('what a script leaves at exit is the same in every run, and compared with its baseline', async () => {
  const project = createProject({'scenarios/once.yaml': SCENARIO, 'scenarios/loser.c': LOSER});

  const first = await project.run([], {CI: 'true'});
  expect(first.code).toBe(1);
  expect(first.statuses).toEqual({once: 'unbaselined'});
  expect(first.stdout).toContain('Next: leakline run once --build cpython-3.13 --update missing');
  expect(project.has('scenarios', '__baselines__')).toBe(false);

  const second = await project.run(['--update', 'missing']);
  expect(second.code).toBe(0);
  expect(second.statuses).toEqual({once: 'passed'});
  expect(second.stdout).toContain(`wrote 1 baseline: ${BASELINE}`);
  expect(project.read(BASELINE)).toMatch(
    /^ {2}[0-9a-f]{12}: \{kind: definite, blocks: 3, bytes: 120, stack: lose \(loser\) ← code\}$/m,
  );

  const third = await project.run(['--no-cache'], {CI: 'true'});
  expect(third.code).toBe(0);
  expect(third.of('once')).toMatchObject({status: 'passed', cached: false, hadBaseline: true});

  const [found, ...others] = [first, second, third].map((run) =>
    run.of('once').changes.flatMap((change) => (change.verdict === 'fixed' ? [] : [change.now])),
  );
  expect(found).toContainEqual(
    expect.objectContaining({
      type: 'leak',
      kind: 'definite',
      blocks: 3,
      bytes: 120,
      attribution: 'extension',
    }),
  );
  expect(others).toEqual([found, found]);
  expect(second.of('once').totals).toEqual(first.of('once').totals);
  expect(third.of('once').totals).toEqual(first.of('once').totals);
});
