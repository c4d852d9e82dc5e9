import type {Interpreter, Job} from '../../../src/run/job.js';
import type {ExitWork, GrowthWork, Scenario, Section} from '../../../src/scenario/types.js';

export const codeSection = (text: string, line = 1): Section => ({text, line, indent: 2});

export const growthWork = (over: Partial<GrowthWork> = {}): GrowthWork => ({
  mode: 'growth',
  body: codeSection('f()\n', 4),
  warmup: 10,
  iterations: 10,
  checkpoints: 3,
  preload: [],
  isolation: 'process',
  tolerance: {},
  ...over,
});

export const exitWork = (run: ExitWork['run']): ExitWork => ({mode: 'exit', run});

export const scenario = (over: Partial<Scenario> = {}): Scenario => ({
  id: 'leaky/list',
  file: '/project/scenarios/leaky/list.yaml',
  shownAs: 'scenarios/leaky/list.yaml',
  tags: [],
  requires: [],
  timeoutMs: 60_000,
  env: {},
  valgrind: [],
  suppressions: [],
  variables: {},
  work: growthWork(),
  ...over,
});

export const interpreter: Interpreter = {
  python: '/cache/builds/cpython-3.13/prefix/bin/python3.13',
  version: [3, 13, 5],
  probe: '/cache/probes/9f',
  agent: '/cache/agents/3c',
  path: ['/env/1a2b'],
};

export const job = (over: Partial<Job> = {}): Job => ({
  scenario: scenario(),
  interpreter,
  environment: (workingFolder) => ({HOME: workingFolder, PYTHONHASHSEED: '0'}),
  suppressions: [],
  valgrindOptions: [],
  warmup: 10,
  iterations: 10,
  timeoutMs: 60_000,
  inspect: true,
  ...over,
});
