import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, it} from 'vitest';
import {loadConfig} from '../../../src/config/load.js';
import {loadScenarios} from '../../../src/scenario/load.js';
import {formatProblem} from '../../../src/util/problem.js';

/** Each folder is a scenario folder, and its expected.txt is what loading it says. */
const fixtures = fileURLToPath(new URL('../../fixtures/scenarios/', import.meta.url));

function load(folder: string): string {
  const config = loadConfig(folder);
  if (!config.ok) throw new Error(config.error.map(formatProblem).join('\n'));
  const {scenarios, problems} = loadScenarios({...config.value, cwd: folder, scenarios: folder});
  const ids = scenarios.map(({id}) => `loaded: ${id}`);
  return `${[...problems.map(formatProblem), ...ids].join('\n')}\n`;
}

describe('scenario folders', () => {
  it.each(readdirSync(fixtures))('%s', (name) => {
    const folder = path.join(fixtures, name);
    expect(load(folder)).toBe(readFileSync(path.join(folder, 'expected.txt'), 'utf8'));
  });
});
