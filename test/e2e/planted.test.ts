import {cpSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {beforeAll, describe, expect, it} from 'vitest';
import type {Finding} from '../../src/judge/types.js';
import {createProject, type Judged} from './support/project.js';

const scenarios = fileURLToPath(new URL('../../scenarios', import.meta.url));

/** What is found of one planted fault. */
interface Planted {
  /** Blocks, bytes of a growing block, or a count, over all signatures: per iteration, or at exit. */
  readonly amount: number;
  /** A function that stands in the stack, or the name of a resource. */
  readonly where: string;
}

/** The faults of scenarios/ext/leaky.c, with their rates on 3.13. */
const LEAKS: readonly (readonly [scenario: string, Planted])[] = [
  ['lost-block', {amount: 1, where: 'lost_block'}],
  ['lost-chain', {amount: 3, where: 'lost_chain'}],
  ['lost-every-seventh', {amount: 1 / 7, where: 'lost_every_seventh'}],
  ['leaked-string', {amount: 1, where: 'leaked_string'}],
  ['leaked-value', {amount: 1, where: 'leaked_value'}],
  ['leaked-argument', {amount: 1, where: 'send'}],
  ['leaked-list', {amount: 3, where: 'leaked_list'}],
  ['leaked-dict', {amount: 3, where: 'leaked_dict'}],
  ['leaked-buffer', {amount: 2, where: 'checksum'}],
  ['leaked-type', {amount: 11, where: 'leaked_type'}],
  ['leaked-exception', {amount: 10, where: 'leaked_exception'}],
  ['tuple-on-error', {amount: 2, where: 'tuple_on_error'}],
  ['cycle', {amount: 3, where: 'make_cycle'}],
  ['lost-descriptor', {amount: 1, where: 'descriptors'}],
  ['lost-child', {amount: 1, where: 'children'}],
  ['lost-mapping', {amount: 65_536, where: 'mappings'}],
  ['exit-lost-block', {amount: 3, where: 'lost_block'}],
  ['exit-kept-list', {amount: 2, where: 'kept_until_exit'}],
  ['exit-descriptor', {amount: 1, where: 'descriptors'}],
];

const ERRORS: readonly (readonly [scenario: string, kind: string, where: string])[] = [
  ['invalid-read', 'InvalidRead', 'invalid_read'],
  ['invalid-write', 'InvalidWrite', 'invalid_write'],
  ['use-after-free', 'InvalidRead', 'use_after_free'],
  ['uninitialised', 'UninitCondition', 'uninitialised_branch'],
  ['double-free', 'InvalidFree', 'double_free'],
  ['exit-uninitialised', 'UninitCondition', 'uninitialised_branch'],
];

/** Habits that look like leaks. */
const CLEAN = ['clean', 'cache', 'free-list', 'doubling-block', 'doubling-chunks', 'late-import'];

const functionsOf = (finding: Finding) =>
  'frames' in finding ? finding.frames.map(({name}) => name) : [finding.id];

const amountOf = (finding: Finding) => ('blocks' in finding ? finding.blocks : finding.count);

describe('the planted faults of the sample extension, without their baselines', () => {
  let run: Judged;
  beforeAll(async () => {
    const project = createProject();
    cpSync(scenarios, project.at('scenarios'), {
      recursive: true,
      filter: (file) => path.basename(file) !== '__baselines__',
    });
    run = await project.run(['leaky', '--no-cache', '--update', 'none']);
  });

  const found = (scenario: string) =>
    run.of(`leaky/${scenario}`).changes.flatMap((change) => (change.verdict === 'new' ? [change.now] : []));

  it.each(LEAKS)('%s is found with its rate and its place', (scenario, {amount, where}) => {
    const {status, mode} = run.of(`leaky/${scenario}`);
    expect(status).toBe(mode === 'growth' ? 'regressed' : 'unbaselined');
    // At exit there is also what the interpreter keeps, and the extension's types.
    const there = found(scenario).filter(
      (finding) => mode === 'growth' || functionsOf(finding).includes(where),
    );
    expect(there.flatMap(functionsOf)).toContain(where);
    expect(there.reduce((sum, finding) => sum + amountOf(finding), 0)).toBeCloseTo(amount, 2);
  });

  it.each(ERRORS)('%s is a memory error of the kind %s', (scenario, kind, where) => {
    const errors = found(scenario).filter(({type}) => type === 'error');
    expect(errors).toMatchObject([{kind}]);
    expect(errors.flatMap(functionsOf)).toContain(where);
  });

  it('a block that only grows is found by its bytes', () => {
    expect(found('growing-block')).toMatchObject([{type: 'leak', blocks: 0, bytes: 16}]);
  });

  it('a thread that never ends is found as a thread', () => {
    expect(found('lost-thread')).toContainEqual(expect.objectContaining({id: 'threads', count: 1}));
  });

  it.each(CLEAN)('%s passes', (scenario) => {
    expect(run.of(`leaky/${scenario}`)).toMatchObject({status: 'passed', changes: []});
  });

  it('stacks lead from the allocation to the Python function that asked for it', () => {
    const lists = found('leaked-list').flatMap((finding) => ('frames' in finding ? [finding.frames] : []));
    const names = lists.map((frames) => frames.map(({name}) => name));
    expect(names).toContainEqual(['PyList_New', 'leaked_list', 'read_rows', 'body']);
  });

  it('the leaked objects are named by type, count of references and value', () => {
    const strings = found('leaked-string').flatMap((finding) =>
      finding.type === 'leak' ? (finding.objects ?? []) : [],
    );
    expect(strings).toMatchObject([{type: 'str', refcount: 1}]);
    expect(strings[0]?.values[0]).toMatch(/^'row number \d+'$/);
  });
});
