import {describe, expect, it} from 'vitest';
import {type Judging, measure} from '../../../../src/commands/run/measure.js';
import type {Target} from '../../../../src/commands/run/target.js';
import {growthsOf} from '../../../../src/judge/findings.js';
import type {Job} from '../../../../src/run/job.js';
import type {Observation} from '../../../../src/run/observation.js';
import type {GrowthWork} from '../../../../src/scenario/types.js';
import {entry, gains, INTERPRETERS, memoryError, observation, place, record} from '../../judge/make.js';
import {codeSection, exitWork, growthWork, job, scenario} from '../../run/make.js';

const growthTarget = (over: Partial<Job> = {}): Target => ({
  build: 'cpython-3.13',
  fingerprint: 'f',
  job: job(over),
  place,
  allocator: 'malloc',
});
const exitTarget = growthTarget({
  scenario: scenario({work: exitWork({type: 'code', code: codeSection('pass\n'), args: []})}),
});

const judging = (over: Partial<Judging> = {}): Judging => ({
  target: growthTarget(),
  expectation: {entries: [], interpreter: []},
  hadBaseline: false,
  floor: {atExit: [], errors: []},
  ...over,
});

const steady = (iterations: number, over: Partial<Observation> = {}) =>
  observation({intervals: gains([iterations, iterations, iterations]), ...over});
const clean = (over: Partial<Observation> = {}) => observation({intervals: [[], [], []], ...over});

const [found] = growthsOf(steady(10), 10, place);
const id = found?.finding.id ?? '';

/** Runs `measure` on these observations, one after another, and keeps the jobs. */
async function run(observations: readonly Observation[], over: Partial<Judging> = {}, note?: string) {
  const jobs: Job[] = [];
  const result = await measure(judging(over), async (asked) => {
    const next = observations[jobs.length];
    jobs.push(asked);
    if (next === undefined) throw new Error(`asked for run ${jobs.length}`);
    return {observation: next, ...(note === undefined ? {} : {note})};
  });
  return {result, jobs};
}

const crash: Partial<Observation> = {outcome: {reason: 'signalled', signal: 'SIGSEGV'}, completed: false};
const late: Partial<Observation> = {outcome: {reason: 'timed-out', timeoutMs: 600_000}, completed: false};
const interrupted: Partial<Observation> = {outcome: {reason: 'aborted'}, completed: false};

describe('a growth scenario', () => {
  it('that is clean passes after one run', async () => {
    const {result, jobs} = await run([clean()]);
    expect(result).toMatchObject({status: 'passed', changes: [], iterations: 10, durationMs: 1000});
    expect(jobs).toHaveLength(1);
  });

  it('that leaks is run again with ten times the iterations, the warm-up and the time', async () => {
    const {result, jobs} = await run([steady(10), steady(100)]);
    expect(result).toMatchObject({
      status: 'regressed',
      changes: [{verdict: 'new', now: {id, blocks: 1}}],
      iterations: 100,
      durationMs: 2000,
    });
    expect(result.notes).toEqual([expect.stringContaining('measured again over 100 iterations')]);
    expect(jobs.map(({warmup, iterations, timeoutMs}) => [warmup, iterations, timeoutMs])).toEqual([
      [10, 10, 60_000],
      [100, 100, 600_000],
    ]);
  });

  it('has its blocks looked into where a leak is confirmed', async () => {
    const {jobs} = await run([steady(10), steady(100)]);
    expect(jobs.map(({inspect}) => inspect)).toEqual([false, true]);
  });

  it('that leaks as known passes after one run', async () => {
    const entries = [entry({id, blocks: 1, bytes: 24})];
    const {result} = await run([steady(10)], {expectation: {entries, interpreter: []}, hadBaseline: true});
    expect(result).toMatchObject({status: 'passed', changes: [{verdict: 'known'}]});
  });

  it('reports memory errors', async () => {
    const errors = [{error: memoryError(), count: 3}];
    const {result} = await run([clean({errors})]);
    expect(result).toMatchObject({
      status: 'regressed',
      changes: [{verdict: 'new', now: {type: 'error', count: 3}}],
    });
  });

  it('says where it ran when that was not where it should', async () => {
    const {result} = await run([steady(10), steady(100)], {}, 'ran in a process of its own');
    expect(result.notes.filter((note) => note === 'ran in a process of its own')).toHaveLength(1);
  });

  it('tells the suppressions that were used, most used first', async () => {
    const suppressions = [
      {type: 'suppression' as const, name: 'few', count: 1},
      {type: 'suppression' as const, name: 'many', count: 9},
    ];
    expect((await run([clean({suppressions})])).result.suppressions).toEqual([
      {name: 'many', count: 9},
      {name: 'few', count: 1},
    ]);
  });

  it.each([
    ['crashes', crash, 'failed', 'signal'],
    ['takes too long', late, 'timed-out', 'timed-out'],
    ['is interrupted', interrupted, 'failed', 'incomplete'],
    ['has another allocator', {allocator: 'pymalloc'}, 'failed', 'allocator'],
    ['stops before its end', {intervals: [[]]}, 'failed', 'incomplete'],
  ] as const)('that %s has failed', async (_, over, status, reason) => {
    const {result} = await run([clean(over)]);
    expect(result).toMatchObject({status, failure: {reason}, changes: []});
  });
});

describe('a growth scenario in a fork server', () => {
  const forked = (over: Partial<GrowthWork> = {}) => ({
    target: growthTarget({scenario: scenario({work: growthWork({isolation: 'fork', ...over})})}),
  });
  const checks = (jobs: readonly Job[]) => jobs.map((each) => each.checks);

  it('that is clean passes after a run that looks at its ends only', async () => {
    const {result, jobs} = await run([clean()], forked());
    expect(result).toMatchObject({status: 'passed', changes: [], iterations: 10});
    expect(checks(jobs)).toEqual(['ends']);
  });

  it('is clean when what one kind gained another one lost', async () => {
    const moved = [
      record({kind: 'reachable', blocks: 0, bytes: 0, blocksChange: -2, bytesChange: -48}),
      record({kind: 'possible', blocks: 2, bytes: 48, blocksChange: 2, bytesChange: 48}),
    ];
    const {result, jobs} = await run([observation({intervals: [[], [], moved]})], forked());
    expect(result.status).toBe('passed');
    expect(checks(jobs)).toEqual(['ends']);
  });

  it('that leaks is measured anew with all checkpoints, and confirmed', async () => {
    const seen = observation({intervals: gains([0, 0, 30])});
    const {result, jobs} = await run([seen, steady(10), steady(100)], forked());
    expect(result).toMatchObject({
      status: 'regressed',
      changes: [{verdict: 'new', now: {id, blocks: 1}}],
      iterations: 100,
      durationMs: 3000,
    });
    expect(checks(jobs)).toEqual(['ends', 'all', 'all']);
    expect(jobs.map(({iterations}) => iterations)).toEqual([10, 10, 100]);
    expect(result.notes).toEqual([expect.stringContaining('measured again over 100 iterations')]);
  });

  it('that lost something is measured anew: a leak may hide in it', async () => {
    const seen = observation({intervals: gains([0, 0, -1])});
    const {result, jobs} = await run([seen, clean()], forked());
    expect(result.status).toBe('passed');
    expect(checks(jobs)).toEqual(['ends', 'all']);
  });

  it.each([
    ['knows a leak', forked(), [entry({id, blocks: 1, bytes: 24})]],
    ['has an interpreter of its own', forked({isolation: 'process'}), []],
  ])('that %s is measured with all checkpoints at once', async (_, over, entries) => {
    const {jobs} = await run([steady(10), steady(100)], {...over, expectation: {entries, interpreter: []}});
    expect(checks(jobs)).not.toContain('ends');
  });

  it('that fails when only its ends are looked at has failed', async () => {
    const {result, jobs} = await run([clean(crash)], forked());
    expect(result).toMatchObject({status: 'failed', failure: {reason: 'signal'}});
    expect(jobs).toHaveLength(1);
  });
});

describe('a leak that could not be confirmed', () => {
  it.each([
    ['crashed', crash, 'could not be confirmed: was ended by SIGSEGV'],
    ['took too long', late, 'could not be confirmed: did not end within 600 s'],
  ] as const)('since the longer run %s is a leak all the same', async (_, over, note) => {
    const {result} = await run([steady(10), steady(100, over)]);
    expect(result).toMatchObject({status: 'regressed', changes: [{verdict: 'new'}], iterations: 10});
    expect(result.notes).toContain(note);
  });

  it('since the run was interrupted is no result', async () => {
    expect((await run([steady(10), steady(100, interrupted)])).result).toMatchObject({
      status: 'failed',
      failure: {reason: 'incomplete'},
    });
  });

  it('does not make what is tolerated one', async () => {
    const work = growthWork({tolerance: {reachable: 1}});
    const target = growthTarget({scenario: scenario({work})});
    const tolerated = gains([10, 10, 10], {stack: INTERPRETERS, kind: 'reachable'});
    const both = gains([10, 10, 10]).map((records, index) => [...records, ...(tolerated[index] ?? [])]);
    const {result} = await run([observation({intervals: both}), clean(crash)], {target});
    expect(result.changes).toMatchObject([{verdict: 'new', now: {id}}]);
  });
});

describe('a longer run that failed', () => {
  const entries = [entry({id, blocks: 1, bytes: 24})];
  const known = {expectation: {entries, interpreter: []}, hadBaseline: true};
  const unsteady = observation({intervals: gains([0, 9, 0])});

  it.each([
    ['crashed', crash, 'failed', 'signal'],
    ['took too long', late, 'timed-out', 'timed-out'],
  ] as const)('is no pass: one that %s after unsteady growth', async (_, over, status, reason) => {
    expect((await run([unsteady, clean(over)])).result).toMatchObject({status, failure: {reason}});
  });

  it('does not make a known leak fixed that did not show at first', async () => {
    expect((await run([clean(), clean(crash)], known)).result).toMatchObject({
      status: 'failed',
      failure: {reason: 'signal'},
      changes: [],
    });
  });

  it('says nothing of what is missing where it found a new leak', async () => {
    const missing = [entry({id: 'dddddddddddd'})];
    const {result} = await run([steady(10), clean(crash)], {
      expectation: {entries: missing, interpreter: []},
      hadBaseline: true,
    });
    expect(result).toMatchObject({status: 'regressed', changes: [{verdict: 'new', now: {id}}]});
    expect(result.changes).toHaveLength(1);
  });
});

describe('an exit scenario', () => {
  const atExit = [record({blocks: 2, bytes: 48})];

  it('is run once, with the totals of what was left and of the floor', async () => {
    const floor = [record({stack: INTERPRETERS, blocks: 5, bytes: 500})];
    const {result, jobs} = await run([observation({atExit: [...floor, ...atExit]})], {
      target: exitTarget,
      floor: {atExit: floor, errors: []},
    });
    expect(jobs).toHaveLength(1);
    expect(result).toMatchObject({
      status: 'unbaselined',
      mode: 'exit',
      changes: [{verdict: 'new', now: {blocks: 2}}],
      totals: {definite: {blocks: 7, bytes: 548}},
      floor: {definite: {blocks: 5, bytes: 500}},
    });
  });

  it('passes when its baseline knows what is left', async () => {
    const entries = [entry({id, blocks: 2, bytes: 48})];
    const {result} = await run([observation({atExit})], {
      target: exitTarget,
      expectation: {entries, interpreter: []},
      hadBaseline: true,
    });
    expect(result).toMatchObject({status: 'passed', changes: [{verdict: 'known'}]});
  });

  it('adds what its child processes left behind, and tells which of them did not exit', async () => {
    const child = {name: 'overrun', atExit: [], sinceFork: [], wasKilled: false};
    const children = [
      {...child, atExit: [record({blocks: 9, bytes: 216})]},
      {...child, name: 'a fork of python3.13', sinceFork: gains([3])[0] ?? []},
      {...child, wasKilled: true},
    ];
    const ofChildren = [record({blocks: 5, bytes: 120})];
    const {result} = await run([observation({children})], {
      target: exitTarget,
      floor: {atExit: [], errors: [], ofChildren},
    });
    expect(result).toMatchObject({
      changes: [{verdict: 'new', now: {blocks: 7, bytes: 168, child: 'overrun'}}],
      notes: ['1 child process did not exit, so what was left behind there is not known'],
    });
  });

  it('that crashes has failed', async () => {
    expect((await run([observation(crash)], {target: exitTarget})).result).toMatchObject({
      status: 'failed',
      failure: {reason: 'signal'},
    });
  });

  it('has no floor when it is a program', async () => {
    const {interpreter: _, ...program} = job({
      scenario: scenario({work: exitWork({type: 'command', argv: ['overrun']})}),
    });
    const {allocator: __, ...target} = growthTarget();
    const {allocator: ___, ...seen} = observation({atExit});
    const {result} = await run([seen], {target: {...target, job: program}});
    expect(result).not.toHaveProperty('floor');
    expect(result).toMatchObject({status: 'unbaselined', totals: {definite: {blocks: 2}}});
  });
});

describe('memory errors', () => {
  const errors = [{error: memoryError(), count: 3}];

  it('of the interpreter itself, which an empty scenario has too, are not judged', async () => {
    const floor = {atExit: [], errors};
    expect((await run([clean({errors})], {floor})).result).toMatchObject({status: 'passed', changes: []});
    expect((await run([clean({errors})])).result).toMatchObject({status: 'regressed'});
  });

  it('that came before a crash are told with it', async () => {
    const {result} = await run([observation({...crash, errors})]);
    expect(result).toMatchObject({
      status: 'failed',
      failure: {reason: 'signal'},
      changes: [{verdict: 'new', now: {type: 'error', kind: 'InvalidRead'}}],
    });
  });

  it('that only the longer run met are told, not judged', async () => {
    const {result} = await run([steady(10), steady(100, {errors})]);
    expect(result.changes).toHaveLength(1);
    expect(result.notes).toContainEqual(expect.stringContaining('Invalid read of size 4 in read_past_end'));
  });
});
