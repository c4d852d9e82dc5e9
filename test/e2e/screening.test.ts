import {execFileSync} from 'node:child_process';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Task} from '../../src/probe/protocol.js';
import {collect} from '../../src/run/collect.js';
import {buildProbe, eventOf, type Probe, startServer, type TestServer, writeTask} from './probe-harness.js';

const python = process.env.LEAKLINE_TEST_PYTHON ?? '';
const AGENT = fileURLToPath(new URL('../../src/probe', import.meta.url));

describe('a fork server', {timeout: 120_000}, () => {
  let probe: Probe;
  let server: TestServer;

  beforeAll(async () => {
    probe = buildProbe(python);
    server = startServer(probe, {preload: ['leaking']});
    await server.wait((message) => message.event === 'ready');
  }, 120_000);
  afterAll(async () => {
    server.child.stdin?.end();
    await server.exited;
  });

  async function intervalsOf(body: string, change: Partial<Task>) {
    const {file, task} = writeTask(probe, body, change);
    server.send(file);
    await server.wait((message) => message.event === 'ended' && message.task === file);
    const xml = path.join(server.folder, `${eventOf(task, 'started')?.pid}.xml`);
    return (await collect({xml, status: task.status, maps: []})).intervals;
  }

  const blocks = (intervals: Awaited<ReturnType<typeof intervalsOf>>) =>
    intervals.map((records) => records.reduce((sum, {blocksChange = 0}) => sum + blocksChange, 0));

  const leak = 'import leaking\nleaking.raw()';

  it('that looks at the ends only finds there what all intervals gained', async () => {
    expect(blocks(await intervalsOf(leak, {checks: 'all'}))).toEqual([10, 10, 10]);
    expect(blocks(await intervalsOf(leak, {checks: 'ends'}))).toEqual([0, 0, 30]);
  });

  it('finds no change at all in a body that replaces what it made before', async () => {
    const body = 'kept = [str(each) for each in range(n)]\ntable = {each: each for each in kept}';
    expect(await intervalsOf(body, {checks: 'all'})).toEqual([[], [], []]);
    expect(await intervalsOf(body, {checks: 'ends'})).toEqual([[], [], []]);
  });

  it('rehearses with a body that this interpreter can run', () => {
    const program = 'import sys; sys.path[:0] = sys.argv[1:]; from leakline_agent import rehearsal, sections';
    const run = "exec(sections.compile_section('body', rehearsal.BODY, 'rehearsal'), {})";
    execFileSync(python, ['-c', `${program}\n${run}`, AGENT, probe.folder], {stdio: 'pipe'});
  });
});
