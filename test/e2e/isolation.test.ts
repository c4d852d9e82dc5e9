import {cpSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {beforeAll, describe, expect, it} from 'vitest';
import type {ScenarioResult} from '../../src/judge/types.js';
import {createProject, type Judged} from './support/project.js';

const scenarios = fileURLToPath(new URL('../../scenarios', import.meta.url));

/**
 * An interpreter of its own for every scenario of the suite takes a quarter of an hour, so that it
 * is asked for: LEAKLINE_TEST_ALL=1. Else some that leak, which have something to disagree on.
 */
const CHOSEN =
  process.env.LEAKLINE_TEST_ALL === '1'
    ? ['.']
    : [
        'leaky/leaked-list',
        'leaky/lost-every-seventh',
        'leaky/tuple-on-error',
        'leaky/lost-child',
        'known-leaks/hash-result',
        'zlib/errors',
      ];

/** What two isolations have to agree on: the verdict, and every signature with its rate. */
const judgement = ({status, changes}: ScenarioResult) => ({
  status,
  found: changes.flatMap((change) => {
    if (change.verdict === 'fixed') return [];
    const {now} = change;
    return [{id: now.id, blocks: 'blocks' in now ? now.blocks : undefined, verdict: change.verdict}];
  }),
});

describe('fork and process', () => {
  let [fork, own]: Judged[] = [];
  beforeAll(async () => {
    const project = createProject();
    // Without baselines every leak is confirmed, so that the rates are counted over as many iterations.
    cpSync(scenarios, project.at('scenarios'), {
      recursive: true,
      filter: (file) => path.basename(file) !== '__baselines__',
    });
    const paths = CHOSEN.map((chosen) => (chosen === '.' ? 'scenarios' : chosen));
    fork = await project.run([...paths, '--no-cache', '--update', 'none', '--isolation', 'fork']);
    own = await project.run([...paths, '--no-cache', '--update', 'none', '--isolation', 'process']);
  });

  it('give the same signatures and rates', () => {
    const results = fork?.report.results.filter(({mode}) => mode === 'growth') ?? [];
    expect(results.length).toBeGreaterThan(5);
    expect(results.every(({isolation}) => isolation === 'fork')).toBe(true);
    for (const result of results) {
      const other = own?.of(result.scenario);
      expect(other?.isolation).toBe('process');
      expect({[result.scenario]: other && judgement(other)}).toEqual({[result.scenario]: judgement(result)});
    }
  });
});
