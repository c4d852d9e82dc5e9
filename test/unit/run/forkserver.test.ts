import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {type ForkServer, type ServerSettings, startForkServer} from '../../../src/run/forkserver.js';
import {complete, contextIn, ended, forked, NOBODY, READY, RUNS, writeFakeValgrind} from './fake-valgrind.js';
import {interpreter, job} from './make.js';

let root: string;
let abort: AbortController;
let servers: ForkServer[];
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'leakline-server-'));
  abort = new AbortController();
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  rmSync(root, {recursive: true, force: true});
});

function start(onStart: string, onTask = '', over: Partial<ServerSettings> = {}): ForkServer {
  const context = contextIn(root, writeFakeValgrind(root, onStart, onTask), abort.signal);
  const settings: ServerSettings = {
    interpreter,
    preload: [],
    environment: () => ({PATH: process.env.PATH ?? ''}),
    suppressions: [],
    valgrindOptions: [],
    timeoutMs: 10_000,
    ...over,
  };
  const server = startForkServer(settings, context);
  servers.push(server);
  return server;
}

describe('a job', () => {
  it('is run in a child, and what it left is collected and removed', async () => {
    const server = start(READY, RUNS);
    expect(await server.run(job())).toMatchObject({
      ok: true,
      value: {
        outcome: {reason: 'exited', code: 0},
        isolation: 'fork',
        output: 'printed',
        completed: true,
        intervals: [],
      },
    });
    const [own = ''] = readdirSync(root).filter((name) => name.startsWith('1-'));
    expect(readdirSync(root).filter((name) => name.startsWith('2-'))).toEqual([]);
    expect(readdirSync(path.join(root, own)).filter((name) => name.startsWith(`${NOBODY}`))).toEqual([]);
  });

  it('waits until the server is ready', async () => {
    const server = start(`setTimeout(() => { ${READY} }, 100);`, RUNS);
    expect(await server.run(job())).toMatchObject({ok: true});
  });

  it('runs beside others', async () => {
    const server = start(READY, RUNS);
    const served = await Promise.all([1, 2, 3].map(() => server.run(job())));
    expect(served.every(({ok}) => ok)).toBe(true);
  });

  it.each([
    ['with a code', [7, null], {reason: 'exited', code: 7}],
    ['by a signal', [null, 11], {reason: 'signalled', signal: 'SIGSEGV'}],
    ['by a signal without a name', [null, 40], {reason: 'signalled', signal: 'signal 40'}],
  ] as const)('that ended %s is told so', async (_, [code, signal], outcome) => {
    const server = start(READY, `${forked(NOBODY)} ${complete} ${ended(code, signal)}`);
    expect(await server.run(job())).toMatchObject({ok: true, value: {outcome}});
  });

  it('is not complete when the agent did not say so, nor when a signal ended it', async () => {
    const early = start(READY, `${forked(NOBODY)} leave(task, ${NOBODY}, ['started']); ${ended(0, null)}`);
    expect(await early.run(job())).toMatchObject({ok: true, value: {completed: false}});
    const killed = start(READY, `${forked(NOBODY)} ${complete} ${ended(null, 9)}`);
    expect(await killed.run(job())).toMatchObject({ok: true, value: {completed: false}});
  });

  it('left no file: it is no measurement', async () => {
    const server = start(READY, `${forked(NOBODY)} ${ended(0, null)}`);
    expect(await server.run(job())).toMatchObject({
      ok: true,
      value: {completed: false, xmlProblem: expect.stringContaining('cannot be read')},
    });
  });

  it('that takes too long is killed with its group', async () => {
    const sleeper = `
      const child = spawn('sh', ['-c', 'sleep 600 & wait'], {detached: true, stdio: 'ignore'});
      child.on('exit', (code, signal) => { say('ended', {task: file, pid: child.pid, code: null, signal: 9}); });
      say('forked', {task: file, pid: child.pid});`;
    const server = start(READY, sleeper);
    expect(await server.run(job({timeoutMs: 200}))).toMatchObject({
      ok: true,
      value: {outcome: {reason: 'timed-out', timeoutMs: 200}, completed: false},
    });
  });
});

describe('a server', () => {
  const died = (message: unknown) => ({ok: false, error: {reason: 'died', message}});

  it('that starts threads runs no job', async () => {
    const server = start(`say('threads', {modules: ['numpy', 'grpc']}); process.exit(5);`);
    const expected = {
      ok: false,
      error: {reason: 'threads', message: 'importing numpy, grpc starts threads, which a fork would lose'},
    };
    expect(await server.run(job())).toEqual(expected);
    await server.close();
    expect(await server.run(job())).toEqual(expected);
  });

  it('that cannot import what it is to import says why', async () => {
    const fields = `{module: 'nothing', type: 'ImportError', message: 'No module named nothing', traceback: ''}`;
    const server = start(`say('preload-failed', ${fields}); process.exit(4);`);
    expect(await server.run(job())).toEqual({
      ok: false,
      error: {
        reason: 'preload-failed',
        message: 'importing nothing failed: ImportError: No module named nothing',
      },
    });
  });

  it('that ends before it is ready says what it printed', async () => {
    const server = start(`console.log('cannot start'); process.exit(3);`);
    expect(await server.run(job())).toEqual(died('the fork server ended with exit code 3: cannot start'));
  });

  it('that does not exist is told', async () => {
    const server = start(READY);
    await server.close();
    rmSync(path.join(root, 'valgrind'));
    const missing = startForkServer(
      {
        interpreter,
        preload: [],
        environment: () => ({}),
        suppressions: [],
        valgrindOptions: [],
        timeoutMs: 1000,
      },
      contextIn(root, path.join(root, 'valgrind')),
    );
    servers.push(missing);
    expect(await missing.run(job())).toEqual(died(expect.stringContaining('did not start')));
  });

  it('that is not ready in time is killed', async () => {
    const server = start('setInterval(() => {}, 1000);', '', {timeoutMs: 200});
    expect(await server.run(job())).toMatchObject(died(expect.stringContaining('SIGKILL')));
  });

  it('that does not answer to a task in time is killed', async () => {
    const server = start(READY, '', {timeoutMs: 300});
    expect(await server.run(job())).toMatchObject(died(expect.stringContaining('SIGKILL')));
  });

  it('that dies takes all its jobs along', async () => {
    const server = start(`let count = 0; ${READY}`, `${forked(NOBODY)} if (++count === 3) process.exit(1);`);
    const served = await Promise.all([1, 2, 3].map(() => server.run(job())));
    expect(served).toMatchObject([1, 2, 3].map(() => died('the fork server ended with exit code 1')));
    expect(await server.run(job())).toMatchObject(died(expect.any(String)));
  });

  it('that could not fork one task runs the next', async () => {
    const failing = `if (!global.failed) { global.failed = true; say('failed', {task: file, message: 'no memory'}); continue; }`;
    const server = start(READY, `${failing} ${RUNS}`);
    expect(await server.run(job())).toEqual(died('no memory'));
    expect(await server.run(job())).toMatchObject({ok: true});
  });

  it('that writes what is no message goes on', async () => {
    const noise = `fs.writeSync(3, 'no JSON\\nnull\\n5\\n{"event":"unheard-of"}\\n{"event":"ended"}\\n{"event":\\n');`;
    const server = start(`${noise} ${READY} ${noise}`, `${noise} ${RUNS}`);
    expect(await server.run(job())).toMatchObject({ok: true});
  });

  it('that is cut off in a message has died', async () => {
    const server = start(
      READY,
      `fs.writeSync(3, '{"event":"ended","task":'); process.kill(process.pid, 'SIGKILL');`,
    );
    expect(await server.run(job())).toEqual(died('the fork server was ended by SIGKILL'));
  });

  it('that is aborted answers every job', async () => {
    const server = start(READY, forked(NOBODY));
    const running = server.run(job());
    setTimeout(() => abort.abort(), 100);
    expect(await running).toEqual(died('the fork server was interrupted'));
  });

  it('closes by itself, with its folder', async () => {
    const server = start(READY, RUNS);
    await server.run(job());
    await server.close();
    expect(readdirSync(root)).toEqual(['valgrind']);
  });

  it('that does not close is killed', async () => {
    const server = start(
      `${READY} process.stdin.removeAllListeners('end'); setInterval(() => {}, 1000);`,
      RUNS,
    );
    await server.run(job());
    await server.close();
    expect(readdirSync(root)).toEqual(['valgrind']);
  });
});
