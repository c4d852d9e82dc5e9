import {type ChildProcess, execFileSync, spawn, spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';
import type {Readable} from 'node:stream';
import {fileURLToPath} from 'node:url';
import type {ServerFile, ServerMessage, StatusEvent, Task} from '../../src/probe/protocol.js';

const PROBE_SOURCE = fileURLToPath(new URL('../../src/probe', import.meta.url));
const AGENT = path.join(PROBE_SOURCE, 'agent.py');

/** Leaks what it is told to: a reference, some memory, a str that was never filled. */
const LEAKING_EXTENSION = `
#include <Python.h>
#include <stdlib.h>
static PyObject *hold(PyObject *m, PyObject *o) { Py_INCREF(o); Py_RETURN_NONE; }
static PyObject *raw(PyObject *m, PyObject *o) {
    volatile char *volatile block = malloc(48); block[0] = 1; block = NULL; Py_RETURN_NONE;
}
static PyMethodDef methods[] = {
    {"hold", hold, METH_O, NULL}, {"raw", raw, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL},
};
#if PY_MAJOR_VERSION >= 3
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "leaking", NULL, -1, methods};
PyMODINIT_FUNC PyInit_leaking(void) { return PyModule_Create(&module); }
#else
PyMODINIT_FUNC initleaking(void) { Py_InitModule("leaking", methods); }
#endif
`;

const VALGRIND = [
  ...['-q', '--tool=memcheck', '--vgdb=no', '--xml=yes', '--leak-check=full', '--show-leak-kinds=all'],
  ...['--num-callers=40', '--error-limit=no'],
];

const ENVIRONMENT = {PATH: process.env.PATH ?? '', PYTHONHASHSEED: '0', PYTHONDONTWRITEBYTECODE: '1'};

/** A probe compiled for one interpreter, with the leaking extension beside it. */
export interface Probe {
  readonly python: string;
  readonly folder: string;
}

export function buildProbe(python: string): Probe {
  const folder = mkdtempSync(path.join(tmpdir(), 'probe-'));
  const include = execFileSync(python, [
    '-c',
    'import sysconfig; print(sysconfig.get_path("include"))',
  ]).toString();
  const extension = path.join(folder, 'leaking.c');
  writeFileSync(extension, LEAKING_EXTENSION);
  const flags = ['-shared', '-fPIC', '-g', '-O1', '-fno-omit-frame-pointer', `-I${include.trim()}`];
  for (const [source, warnings, name] of [
    [path.join(PROBE_SOURCE, 'leakline_probe.c'), ['-Wall', '-Wextra', '-Werror'], 'leakline_probe.so'],
    [extension, [], 'leaking.so'],
  ] as const) {
    execFileSync('gcc', [...flags, ...warnings, source, '-o', path.join(folder, name)], {stdio: 'pipe'});
  }
  return {python, folder};
}

let taskCount = 0;

/** Writes a task file with the defaults of these tests and gives its path and its content. */
export function writeTask(
  probe: Probe,
  body: string | undefined,
  change: Partial<Task> = {},
): {readonly file: string; readonly task: Task} {
  const directory = path.join(probe.folder, `task-${taskCount++}`);
  mkdirSync(directory);
  const task: Task = {
    mode: 'growth',
    status: path.join(directory, 'status.jsonl'),
    directory,
    probe: probe.folder,
    path: [probe.folder],
    file: 'scenario.yaml',
    argv: [],
    environment: {},
    variables: {n: 1000},
    warmup: 3,
    iterations: 10,
    checkpoints: 3,
    inspect: false,
    seed: 0,
    stdout: path.join(directory, 'stdout'),
    stderr: path.join(directory, 'stderr'),
    ...change,
    code: {...(body === undefined ? {} : {body: {text: body, line: 10, indent: 4}}), ...change.code},
  };
  const file = path.join(directory, 'task.json');
  writeFileSync(file, JSON.stringify(task));
  return {file, task};
}

export function statusOf(task: Task): readonly StatusEvent[] {
  if (!existsSync(task.status)) return [];
  const lines = readFileSync(task.status, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as StatusEvent);
}

export const eventOf = <E extends StatusEvent['event']>(task: Task, event: E) =>
  statusOf(task).find((line): line is Extract<StatusEvent, {event: E}> => line.event === event);

/** What each interval added, leaving out what stayed the same; bytes of memory are left out too. */
export function growthOf(task: Task): readonly Readonly<Record<string, number>>[] {
  const rows = statusOf(task).flatMap((line) => (line.event === 'checkpoint' ? [line.counters] : []));
  return rows.slice(1).map((row, index) => {
    const before = rows[index] ?? row;
    const sum = (counters: typeof row) =>
      counters.leakedBlocks + counters.dubiousBlocks + counters.reachableBlocks + counters.suppressedBlocks;
    const all = {
      blocks: sum(row) - sum(before),
      descriptors: row.descriptors - before.descriptors,
      threads: row.threads - before.threads,
      children: row.children - before.children,
      mappedBytes: row.mappedBytes - before.mappedBytes,
    };
    return Object.fromEntries(Object.entries(all).filter(([, change]) => change !== 0));
  });
}

/** valgrind's XML of the process that ran the task. */
export function xmlOf(task: Task, folder: string): string {
  const started = eventOf(task, 'started');
  return readFileSync(path.join(folder, `${started?.pid}.xml`), 'utf8');
}

const valgrind = (xmlFolder: string, probe: Probe, ...args: string[]) => [
  ...VALGRIND,
  `--xml-file=${xmlFolder}/%p.xml`,
  probe.python,
  AGENT,
  ...args,
];

/** Runs a task in a process of its own. The XML goes to the task's folder. */
export function runInProcess(
  probe: Probe,
  body: string | undefined,
  change: Partial<Task> = {},
): {readonly task: Task; readonly code: number | null; readonly log: string} {
  const {file, task} = writeTask(probe, body, change);
  const log = path.join(task.directory, 'log');
  const stream = openSync(log, 'w');
  const {status} = spawnSync('valgrind', valgrind(task.directory, probe, '--task', file), {
    env: ENVIRONMENT,
    stdio: ['ignore', stream, stream],
  });
  return {task, code: status, log: readFileSync(log, 'utf8')};
}

export interface TestServer {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly messages: ServerMessage[];
  readonly send: (file: string) => void;
  /** The first message that the test accepts, past ones among them. */
  readonly wait: (accept: (message: ServerMessage) => boolean) => Promise<ServerMessage>;
  readonly exited: Promise<number | null>;
}

/** Starts a fork server. XML and maps go to `folder`. */
export function startServer(probe: Probe, change: Partial<ServerFile> = {}): TestServer {
  const folder = mkdtempSync(path.join(probe.folder, 'server-'));
  const file = path.join(folder, 'server.json');
  writeFileSync(file, JSON.stringify({probe: probe.folder, path: [probe.folder], preload: [], ...change}));
  const log = openSync(path.join(folder, 'log'), 'w');
  const child = spawn('valgrind', valgrind(folder, probe, '--server', file), {
    env: ENVIRONMENT,
    stdio: ['pipe', log, log, 'pipe'],
    detached: true,
  });
  const messages: ServerMessage[] = [];
  const waiting = new Set<() => void>();
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  createInterface({input: child.stdio[3] as Readable}).on('line', (line) => {
    messages.push(JSON.parse(line) as ServerMessage);
    for (const wake of waiting) wake();
  });
  const wait = async (accept: (message: ServerMessage) => boolean): Promise<ServerMessage> => {
    for (;;) {
      const found = messages.find(accept);
      if (found) return found;
      await new Promise<void>((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
      });
    }
  };
  const send = (task: string) => void child.stdin?.write(`${JSON.stringify(task)}\n`);
  return {child, folder, messages, send, wait, exited};
}
