import {readFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Task} from '../../src/probe/protocol.js';
import {
  buildProbe,
  eventOf,
  growthOf,
  type Probe,
  runInProcess,
  startServer,
  statusOf,
  type TestServer,
  writeTask,
  xmlOf,
} from './probe-harness.js';

/** A CPython built `--without-pymalloc`; the others only have to compile the probe and pass. */
/** Set by the global set-up. */
const python = process.env.LEAKLINE_TEST_PYTHON ?? '';
const others = (process.env.LEAKLINE_TEST_PYTHONS ?? '').split(':').filter((other) => other !== '');

const setup = (text: string) => ({setup: {text, line: 3, indent: 4}});
const isThreeTimes = (interval: Record<string, number>) => [interval, interval, interval];

describe('probe', {timeout: 120_000}, () => {
  let probe: Probe;
  let server: TestServer;

  /** Runs a task in a child of the server, to its end. */
  async function runInFork(body: string | undefined, change: Partial<Task> = {}) {
    const {file, task} = writeTask(probe, body, {xml: path.join(server.folder, '%p.xml'), ...change});
    server.send(file);
    const ended = await server.wait((message) => message.event === 'ended' && message.task === file);
    return {task, ended};
  }

  beforeAll(async () => {
    probe = buildProbe(python);
    server = startServer(probe, {preload: ['leaking'], map: path.join(probe.folder, '%p.map')});
    await server.wait((message) => message.event === 'ready');
  }, 120_000);

  afterAll(() => void server?.child.stdin?.end());

  describe('growth', () => {
    it.each([
      ['nothing', 'pass', {}],
      ['a list and its array', 'leaking.hold([n])', {blocks: 20}],
      ['a str', 'leaking.hold("a%d" % n)', {blocks: 10}],
      ['a dict and its keys', 'leaking.hold({"a": n})', {blocks: 20}],
      ['a tuple', 'leaking.hold((n, str))', {blocks: 10}],
      ['memory of malloc', 'leaking.raw()', {blocks: 10}],
      ['a descriptor', 'os.open("/dev/null", os.O_RDONLY)', {descriptors: 10}],
      ['a mapping and its object', 'leaking.hold(mmap.mmap(-1, 8192))', {blocks: 10, mappedBytes: 81_920}],
      ['an ended child process', 'os.fork() or os._exit(0)', {children: 10}],
    ])('finds %s', async (_, body, interval) => {
      const code = setup('import leaking, mmap, os\nstr = str(n)');
      const {task, ended} = await runInFork(body, {code});
      expect(ended).toMatchObject({code: 0, signal: null});
      expect(growthOf(task)).toEqual(isThreeTimes(interval));
      expect(statusOf(task).at(-1)).toEqual({event: 'complete'});
    });

    it('finds a thread and the mapping of its stack', async () => {
      const body = 'threading.Thread(target=time.sleep, args=(600,), daemon=True).start()';
      const {task} = await runInFork(body, {code: setup('import threading, time')});
      for (const interval of growthOf(task)) {
        expect(interval).toMatchObject({threads: 10});
        expect(interval.mappedBytes).toBeGreaterThan(0);
      }
    });

    it('is the same in a process of its own', async () => {
      const body = 'import leaking\nn += 1\nleaking.hold([n])\nleaking.hold("a%d" % n)';
      const {task, code} = runInProcess(probe, body);
      const fork = await runInFork(body);
      expect(code).toBe(0);
      expect(growthOf(task)).toEqual(isThreeTimes({blocks: 40}));
      expect(growthOf(fork.task)).toEqual(growthOf(task));
      expect(eventOf(task, 'started')).toMatchObject({allocator: 'malloc', valgrind: true});
    });

    it('marks each checkpoint in the XML and writes nothing else when nothing leaks', async () => {
      const {task} = await runInFork('pass');
      const xml = xmlOf(task, server.folder);
      expect([...xml.matchAll(/leakline (.*)\n/g)].map(([, text]) => text)).toEqual([
        'checkpoint 0 of 3',
        'checkpoint 1 of 3',
        'checkpoint 2 of 3',
        'checkpoint 3 of 3',
        'complete',
      ]);
      expect(xml).not.toContain('<kind>');
      expect(xml.length).toBeLessThan(10_000);
    });

    it('gives the body its variables, arguments and seed, and runs setup and teardown once', async () => {
      const {task} = await runInFork('numbers.append(random.random())', {
        variables: {word: 'é/"\n', flags: [true, false, null]},
        argv: ['--fast'],
        code: {
          ...setup('import random, sys\nnumbers = []'),
          teardown: {
            text: 'print([word, flags, sys.argv, __name__, len(numbers), numbers[0]])',
            line: 20,
            indent: 4,
          },
        },
      });
      expect(readFileSync(task.stdout ?? '', 'utf8')).toBe(
        `['é/"\\n', [True, False, None], ['scenario.yaml', '--fast'], '__main__', 33, 0.8444218515250481]\n`,
      );
    });
  });

  describe('exceptions', () => {
    it.each([
      ['x = (1 +', {type: 'SyntaxError', line: 10, section: 'body'}],
      ['ok = 1\nif ok:\n  raise KeyError("é")', {type: 'KeyError', line: 12, iteration: 0}],
      ['def f():\n  return 1 / 0\n\nf()', {type: 'ZeroDivisionError', line: 11}],
      [
        'import sys\nn += 1\nn > 1020 and sys.exit(3)',
        {type: 'SystemExit', line: 12, code: 3, iteration: 20},
      ],
      ['import json\njson.loads("{")', {type: 'JSONDecodeError', line: 11}],
    ])('of %j', async (body, expected) => {
      const {task, ended} = await runInFork(body);
      expect(statusOf(task).at(-1)).toMatchObject({event: 'exception', ...expected});
      expect(ended).toMatchObject({code: 'code' in expected ? expected.code : 1});
      const traceback = eventOf(task, 'exception')?.traceback;
      expect(traceback).toContain('File "scenario.yaml", line 1');
      expect(traceback).not.toContain('leakline_agent');
    });

    it('in setup and teardown name the section', async () => {
      const failing = {text: 'raise OSError(2, "gone")', line: 30, indent: 0};
      for (const section of ['setup', 'teardown']) {
        const {task} = await runInFork('pass', {code: {[section]: failing}});
        expect(eventOf(task, 'exception')).toMatchObject({section, line: 30, type: 'FileNotFoundError'});
        expect(eventOf(task, 'complete')).toBeUndefined();
      }
    });
  });

  describe('fork server', () => {
    it('lets no child hurt another', async () => {
      const bodies = [
        'import os\nos.abort()',
        'import os\nos.closerange(0, 1000)',
        'import leaking\nleaking.raw()',
      ];
      const hanging = writeTask(probe, 'import time\ntime.sleep(600)');
      server.send(hanging.file);
      const forked = await server.wait(
        (message) => message.event === 'forked' && message.task === hanging.file,
      );
      const [crashed, closed, leaked] = await Promise.all(bodies.map((body) => runInFork(body)));
      expect(crashed?.ended).toMatchObject({code: null, signal: 6});
      expect(closed && growthOf(closed.task)).toEqual(isThreeTimes({}));
      expect(leaked && growthOf(leaked.task)).toEqual(isThreeTimes({blocks: 10}));
      process.kill(-(forked.event === 'forked' ? forked.pid : 0), 'SIGKILL');
      const ended = await server.wait(
        (message) => message.event === 'ended' && message.task === hanging.file,
      );
      expect(ended).toMatchObject({code: null, signal: 9});
    });

    it('says which task file it could not read', async () => {
      server.send('/nowhere/task.json');
      expect(await server.wait((message) => message.event === 'failed')).toMatchObject({
        task: '/nowhere/task.json',
      });
    });

    it('ends with its children when its input ends', async () => {
      const brief = startServer(probe);
      await brief.wait((message) => message.event === 'ready');
      const {file, task} = writeTask(probe, 'import time\ntime.sleep(600)');
      brief.send(file);
      const forked = await brief.wait((message) => message.event === 'forked');
      brief.child.stdin?.end();
      expect(await brief.exited).toBe(0);
      expect(() => process.kill(forked.event === 'forked' ? forked.pid : 0, 0)).toThrow('ESRCH');
      expect(eventOf(task, 'complete')).toBeUndefined();
    });

    it.each([
      ['nothing_of_this_name', 4, {event: 'preload-failed', type: 'ModuleNotFoundError'}],
      ['threaded_module', 5, {event: 'threads', modules: ['threaded_module']}],
    ])('refuses to preload %s', async (module, code, message) => {
      const folder = path.join(import.meta.dirname, '../fixtures/probe');
      const refusing = startServer(probe, {preload: [module], path: [folder]});
      expect(await refusing.exited).toBe(code);
      expect(refusing.messages).toEqual([expect.objectContaining(message)]);
    });
  });

  describe('exit mode', () => {
    const code = (text: string): Partial<Task> => ({mode: 'exit', code: {code: {text, line: 7, indent: 4}}});

    it('leaves the exit check to valgrind and lists open descriptors', () => {
      const {task, code: exitCode} = runInProcess(
        probe,
        undefined,
        code('import os\nos.open("/dev/zero", os.O_RDONLY)\nraise SystemExit(0)'),
      );
      expect(exitCode).toBe(0);
      expect(eventOf(task, 'complete')?.descriptors?.left).toEqual(['/dev/zero']);
      expect(xmlOf(task, task.directory)).toContain('<kind>Leak_DefinitelyLost</kind>');
    });

    it.each([
      ['os._exit', 'import os\nos._exit(0)', 0, undefined],
      ['a failing exit code', 'raise SystemExit("no")', 1, {type: 'SystemExit', code: 1, line: 7}],
      ['an exception', '\n\n1 / 0', 1, {type: 'ZeroDivisionError', section: 'code', line: 9}],
    ])('takes %s for no complete run', (_, text, exitCode, exception) => {
      const run = runInProcess(probe, undefined, code(text));
      expect(run.code).toBe(exitCode);
      expect(eventOf(run.task, 'complete')).toBeUndefined();
      if (exception) expect(eventOf(run.task, 'exception')).toMatchObject(exception);
      else expect(eventOf(run.task, 'exception')).toBeUndefined();
    });

    it.each([
      ['script', {script: path.join(import.meta.dirname, '../fixtures/probe/script.py')}],
      ['module', {module: 'script', path: [path.join(import.meta.dirname, '../fixtures/probe')]}],
    ])('runs a %s', async (_, what) => {
      const {task, ended} = await runInFork(undefined, {mode: 'exit', argv: ['one'], ...what});
      expect(ended).toMatchObject({code: 0});
      expect(readFileSync(task.stdout ?? '', 'utf8')).toBe("__main__ script.py ['one'] beside\n");
      expect(eventOf(task, 'complete')).toBeDefined();
    });
  });

  it('names Python functions in stacks', async () => {
    const body = 'import leaking\ndef outer():\n  leaking.raw()\n\nouter()';
    const {task} = await runInFork(body, {map: path.join(probe.folder, '%p.map')});
    const pid = eventOf(task, 'started')?.pid;
    const names = readFileSync(path.join(probe.folder, `${pid}.map`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    const nameOf = (ip: string) => {
      const at = Number.parseInt(ip, 16);
      return names.find(([start = '', size = '']) => {
        const from = Number.parseInt(start, 16);
        return from <= at && at < from + Number.parseInt(size, 16);
      })?.[2];
    };
    const error = xmlOf(task, server.folder).split('<error>').at(-1) ?? '';
    const pythonFrames = [...error.matchAll(/<ip>(.*?)<\/ip>/g)].map(([, ip = '']) => nameOf(ip));
    expect(pythonFrames.filter((name) => name?.endsWith('scenario.yaml'))).toEqual([
      'py::outer:scenario.yaml',
      'py::body:scenario.yaml',
    ]);
  });

  it('tells what the leaked blocks are', async () => {
    const body = [
      'import leaking',
      'n += 1',
      'leaking.hold([n])',
      'leaking.hold("a%d" % n)',
      'leaking.hold(n * 10**12)',
      'leaking.hold(bytes([n % 200, 1]))',
      'leaking.raw()',
    ].join('\n');
    const {task} = await runInFork(body, {inspect: true});
    const inspected = statusOf(task).flatMap((line) => (line.event === 'inspected' ? [line] : []));
    const types = new Map(inspected.flatMap((record) => record.types.map((entry) => [entry.type, entry])));
    expect(types.get('list')).toMatchObject({refcount: {min: 1, max: 1}, values: []});
    expect(types.get('str')?.values[0]).toMatch(/^'a10\d\d'$/);
    expect(types.get('bytes')?.values[0]).toMatch(/^b'.*\\x01'$/);
    expect(inspected.some(({types: [entry]}) => entry?.values[0]?.match(/^10\d\d0{12}$/))).toBe(true);
    expect(inspected.some(({raw, blocks}) => raw === blocks && raw >= 30)).toBe(true);
    expect(eventOf(task, 'complete')).toBeDefined();
  });
});

describe.skipIf(others.length === 0)('probe on other versions', {timeout: 120_000}, () => {
  it.each(others)('%s', (other) => {
    const probe = buildProbe(other);
    const code = {setup: {text: 'import leaking', line: 1, indent: 0}};
    const clean = runInProcess(probe, 'pass', {code});
    expect(clean).toMatchObject({code: 0});
    expect(growthOf(clean.task)).toEqual([{}, {}, {}]);
    const leaking = runInProcess(probe, 'leaking.hold([n])', {code, map: `${probe.folder}/%p.map`});
    expect(growthOf(leaking.task).at(-1)).toEqual({blocks: 20});
    const failing = runInProcess(probe, '\n1 // 0', {code});
    expect(failing).toMatchObject({code: 1});
    expect(eventOf(failing.task, 'exception')).toMatchObject({type: 'ZeroDivisionError', line: 11});
  });
});
