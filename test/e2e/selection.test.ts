import {describe, expect, it} from 'vitest';
import {createProject} from './support/project.js';

const GOOD = 'body: |\n  "row %d" % 7\n';
const RAISES = 'body: |\n  raise ValueError("no")\n';

describe('what is chosen', () => {
  const project = createProject({
    'scenarios/json/decode.yaml': `tags: [fast]\ndescription: Decoding of text\n${GOOD}`,
    'scenarios/json/encode.yaml': `tags: [fast, text]\n${GOOD}`,
    'scenarios/zlib/compress.yaml': `tags: [slow]\ncases:\n  low: {level: 1}\n  high: {level: 9}\n${GOOD}`,
    'scenarios/zlib/errors.yaml': GOOD,
  });
  const list = async (...args: readonly string[]) => {
    const {code, stdout} = await project.leakline(['run', '--list', ...args]);
    return code === 0 ? stdout.trim().split('\n') : code;
  };
  const ALL = ['json/decode', 'json/encode', 'zlib/compress@low', 'zlib/compress@high', 'zlib/errors'];

  it.concurrent.each<readonly [readonly string[], readonly string[] | number]>([
    [[], ALL],
    [['json'], ['json/decode', 'json/encode']],
    [['zlib/compress'], ['zlib/compress@low', 'zlib/compress@high']],
    [
      ['--grep', '^zlib.*(rr|gh)'],
      ['zlib/compress@high', 'zlib/errors'],
    ],
    [['--tag', 'fast', '--tag', '!text'], ['json/decode']],
    [['nothing/here'], 2],
    [['--grep', '('], 2],
  ])('run --list %j', async (args, expected) => {
    expect(await list(...args)).toEqual(expected);
  });

  it.concurrent('shards hold each scenario once', async () => {
    const shards = await Promise.all(['1/2', '2/2'].map((shard) => list('--shard', shard)));
    expect(shards.map((shard) => Array.isArray(shard) && shard.length > 0)).toEqual([true, true]);
    expect(shards.flat().toSorted()).toEqual(ALL.toSorted());
  });

  it.concurrent('a shard without any has nothing to do, other choices without any are mistakes', async () => {
    const shard = await project.leakline(['run', '--shard', '6/6']);
    expect({code: shard.code, stdout: shard.stdout}).toEqual({code: 0, stdout: ''});
    expect(shard.stderr).toContain('Nothing falls to shard 6/6');
    const both = await project.leakline(['run', 'json', '--tag', 'slow']);
    expect(both.code).toBe(2);
    expect(both.stderr).toContain('No scenario fits all that was asked for');
    const failed = await project.leakline(['run', '--last-failed']);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain('There is no run to work from');
  });

  it.concurrent('scenario list says what each is', async () => {
    const {stdout} = await project.leakline(['scenario', 'list', 'json']);
    expect(stdout).toBe(
      'json/decode  growth  [fast]  Decoding of text\njson/encode  growth  [fast] [text]\n',
    );
  });
});

it.concurrent('a run stops at its first failure, and the next one begins with what failed', async () => {
  const project = createProject({
    'scenarios/a-raises.yaml': RAISES,
    'scenarios/b-good.yaml': GOOD,
    'scenarios/c-good.yaml': GOOD,
  });
  const first = await project.run(['--fail-fast', '--jobs', '1', '--isolation', 'process']);
  expect(first.code).toBe(1);
  expect(first.statuses).toEqual({'a-raises': 'failed'});
  expect(first.report.jobs).toBe(1);
  expect(first.of('a-raises').isolation).toBe('process');

  project.write({'scenarios/a-raises.yaml': GOOD});
  const second = await project.run(['--last-failed']);
  expect(second.code).toBe(0);
  expect(second.statuses).toEqual({'a-raises': 'passed'});
  expect(second.of('a-raises').isolation).toBe('fork');

  const nothing = await project.leakline(['run', '--last-failed']);
  expect(nothing).toEqual({code: 0, stdout: '', stderr: 'Nothing of that failed in the last run.\n'});
});
