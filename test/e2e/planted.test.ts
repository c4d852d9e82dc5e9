import {cpSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {beforeAll, describe, expect, it} from 'vitest';
import type {Finding, ScenarioResult} from '../../src/judge/types.js';
import {createProject, type Judged} from './support/project.js';

const SCENARIOS = fileURLToPath(new URL('../../scenarios', import.meta.url));

/** With LEAKLINE_TEST_ALL=1 every scenario of this repository, which takes a quarter of an hour. */
const isWhole = process.env.LEAKLINE_TEST_ALL === '1';

/** More than the other end-to-end tests are given, which is enough for the sample. */
const TIMEOUT_MS = isWhole ? 4 * 60 * 60_000 : undefined;

/** What is compared in both isolations without that: a fault of each sort. */
const SAMPLE = [
  'known-leaks/hash-result',
  'leaky/cycle',
  'leaky/invalid-read',
  'leaky/leaked-dict',
  'leaky/leaked-exception',
  'leaky/lost-descriptor',
  'leaky/lost-every-seventh',
];

/**
 * What each scenario of leaky/ does on CPython 3.13.5, without a baseline: every finding with its
 * amount (blocks at exit or per iteration, errors, descriptors, bytes of mappings) and the function
 * that is to blame; nobody made the function object that the interpreter runs the body as, which the
 * leaked exception's frame keeps. Scenarios that are not here pass.
 */
const PLANTED: Readonly<Record<string, readonly string[]>> = {
  cycle: ['1 block, make_cycle', '2 blocks, make_cycle'],
  'double-free': ['60 × InvalidFree, double_free'],
  'exit-descriptor': ['1 descriptors', '8 blocks, add_types'],
  'exit-kept-list': ['2 blocks, kept_until_exit', '8 blocks, add_types'],
  'exit-lost-block': ['3 blocks, fresh_block', '8 blocks, add_types'],
  'exit-uninitialised': ['1 × UninitCondition, uninitialised_branch', '8 blocks, add_types'],
  'exit-clean': ['8 blocks, add_types'],
  'growing-block': ['0 blocks, growing_block'],
  'growing-list': ['0 blocks, remember', '1 block, remember'],
  'invalid-read': ['60 × InvalidRead, invalid_read'],
  'invalid-write': ['60 × InvalidWrite, invalid_write'],
  'leaked-argument': ['1 block, send'],
  'leaked-buffer': ['1 block, checksum', '1 block, checksum'],
  'leaked-dict': ['1 block, fresh_str', '1 block, leaked_dict', '1 block, leaked_dict'],
  'leaked-exception': [
    ...Array.from({length: 7}, () => '1 block, leaked_exception'),
    '1 block, nobody',
    '2 blocks, leaked_exception',
  ],
  'leaked-list': ['1 block, fresh_str', '2 blocks, leaked_list'],
  'leaked-string': ['1 block, fresh_str'],
  'leaked-type': ['2 blocks, leaked_type', '9 blocks, leaked_type'],
  'leaked-value': ['1 block, fresh_str'],
  'lost-block': ['1 block, fresh_block'],
  'lost-chain': ['3 blocks, fresh_block'],
  'lost-child': ['1 children'],
  'lost-descriptor': ['1 descriptors'],
  'lost-every-seventh': ['0.143 blocks, fresh_block'],
  'lost-mapping': ['65536 mappings'],
  'lost-thread': ['1 block, lost_thread', '1 threads', '65536 mappings'],
  'tuple-on-error': ['1 block, fresh_str', '1 block, tuple_on_error'],
  uninitialised: ['60 × UninitCondition, uninitialised_branch'],
  'use-after-free': ['60 × InvalidRead, use_after_free'],
};

/** The innermost function of an extension, or else the innermost one of Python. */
function toBlame({stack}: Extract<Finding, {type: 'leak' | 'error'}>): string {
  const frame =
    stack.find(({origin}) => origin === 'extension') ?? stack.find(({origin}) => origin === 'python');
  return frame?.name ?? 'nobody';
}

/** What the interpreter itself leaves at exit differs by a block from script to script. */
function summary(finding: Finding): readonly string[] {
  switch (finding.type) {
    case 'leak': {
      const blocks = Math.round(finding.blocks * 1000) / 1000;
      return [`${blocks} ${blocks === 1 ? 'block' : 'blocks'}, ${toBlame(finding)}`];
    }
    case 'error':
      return [`${finding.count} × ${finding.kind}, ${toBlame(finding)}`];
    case 'resource':
      return [`${finding.count} ${finding.id}`];
    case 'interpreter':
      return [];
  }
}

const found = ({changes}: ScenarioResult) =>
  changes.flatMap((change) => (change.verdict === 'fixed' ? [] : [change.now]));

/** Signatures and rates. */
const rates = (result: ScenarioResult) =>
  found(result)
    .map((finding) =>
      [finding.type, finding.id, 'count' in finding ? finding.count : finding.blocks].join(' '),
    )
    .toSorted();

const project = createProject();
let run: Judged;
beforeAll(async () => {
  cpSync(SCENARIOS, project.at('scenarios'), {
    recursive: true,
    filter: (file) => path.basename(file) !== '__baselines__',
  });
  run = await project.run(isWhole ? ['--isolation', 'fork'] : ['leaky', 'known-leaks/hash-result']);
}, TIMEOUT_MS);

describe('what is planted in leaky/', () => {
  it('is found without a baseline, and nothing else is', () => {
    const results = run.report.results.filter(({scenario}) => scenario.startsWith('leaky/'));
    const summaries = results.map((result) => [
      result.scenario.slice('leaky/'.length),
      found(result).flatMap(summary).toSorted(),
    ]);
    const clean = results
      .filter(({status}) => status === 'passed')
      .map(({scenario}) => [scenario.slice(6), []]);
    expect(Object.fromEntries(summaries)).toEqual({...PLANTED, ...Object.fromEntries(clean)});
    expect(clean.map(([name]) => name)).toEqual([
      ...[
        'cache',
        'clean',
        'doubling-block',
        'doubling-chunks',
        'free-list',
        'late-import',
        'leaked-constant',
      ],
    ]);
    const growing = results.filter(({mode, status}) => mode === 'growth' && status !== 'passed');
    expect(new Set(growing.map(({status}) => status))).toEqual(new Set(['regressed']));
  });

  it('has a stack from the allocation to the Python function that asked for it', () => {
    const lists = found(run.of('leaky/leaked-list')).flatMap((finding) =>
      finding.type === 'leak' ? [finding.frames.map(({name}) => name)] : [],
    );
    expect(lists).toContainEqual(['PyList_New', 'leaked_list', 'read_rows', 'body']);
  });

  it('shows the objects with type, count of references and value', () => {
    const strings = found(run.of('leaky/leaked-string')).flatMap((finding) =>
      finding.type === 'leak' ? (finding.objects ?? []) : [],
    );
    expect(strings).toMatchObject([{type: 'str', refcount: 1}]);
    expect(strings[0]?.values[0]).toMatch(/^'row number \d+'$/);
  });

  it('what only looks like a leak was looked at twice', () => {
    for (const name of ['leaky/free-list', 'leaky/cache']) {
      expect(run.of(name).notes.join()).toMatch(/measured again over \d+ iterations/);
    }
  });
});

it(
  'a fork server and a process of its own find the same signatures and rates',
  async () => {
    const names = isWhole
      ? run.report.results.filter(({isolation}) => isolation === 'fork').map(({scenario}) => scenario)
      : SAMPLE;
    // What is known needs no confirmation, which is half of the time.
    await project.leakline(['baseline', 'update']);
    const alone = await project.run([...names, '--isolation', 'process', '--no-cache']);
    expect(alone.report.results.map(({scenario}) => scenario)).toEqual(names);
    expect(new Set(alone.report.results.map(({isolation}) => isolation))).toEqual(new Set(['process']));
    const of = ({report}: Judged) =>
      Object.fromEntries(
        report.results
          .filter(({scenario}) => names.includes(scenario))
          .map((result) => [result.scenario, rates(result)]),
      );
    expect(of(alone)).toEqual(of(run));
    expect(alone.code).toBe(0);
  },
  TIMEOUT_MS,
);
