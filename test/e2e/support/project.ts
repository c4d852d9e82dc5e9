import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import pLimit from 'p-limit';
import {afterAll} from 'vitest';
import type {ScenarioResult} from '../../../src/judge/types.js';
import type {JsonReport} from '../../../src/report/json.js';

const CLI = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));

/** What makes one build and names no other. */
const LEAKLINE_YAML = 'builds: [cpython-3.13]\n';

type Environment = Readonly<Record<string, string>>;

/** How a leakline ended. */
export interface Ended {
  /** Its exit code, or the signal that ended it. */
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `leakline run` that came to its end. */
export interface Judged extends Ended {
  readonly report: JsonReport;
  /** The result of a scenario; fails when there is none. */
  readonly of: (scenario: string) => ScenarioResult;
  /** The status of every scenario. */
  readonly statuses: Readonly<Record<string, string>>;
}

/** A leakline that is running. */
export interface Running {
  readonly child: ChildProcess;
  /** What it wrote to standard output so far. */
  readonly output: () => string;
  readonly ended: Promise<Ended>;
}

/** A folder with a leakline.yaml and scenarios, removed when the tests of the file are done. */
export interface Project {
  readonly root: string;
  readonly at: (...parts: readonly string[]) => string;
  /** Writes files by their path within the project; undefined removes one. */
  readonly write: (files: Readonly<Record<string, string | undefined>>) => void;
  readonly read: (...parts: readonly string[]) => string;
  readonly has: (...parts: readonly string[]) => boolean;
  /** Every file below a folder, sorted; none when there is no such folder. */
  readonly files: (folder: string) => readonly string[];
  /** Runs leakline to its end, at most two at a time. */
  readonly leakline: (args: readonly string[], env?: Environment) => Promise<Ended>;
  /** Runs `leakline run` with the terminal's and a JSON report. */
  readonly run: (args?: readonly string[], env?: Environment) => Promise<Judged>;
  readonly start: (args: readonly string[], env?: Environment) => Running;
}

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, {recursive: true, force: true});
});

/** As many leaklines as keep two processors busy. */
const inTurn = pLimit(2);

/** The variables that tell leakline where it runs. */
const OF_THE_CALLER = /^(CI|GITHUB_.*|FORCE_COLOR|NO_COLOR|LEAKLINE_(?!CACHE|SOURCES).*)$/;

function environment(added: Environment): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !OF_THE_CALLER.test(name));
  return {...Object.fromEntries(kept), ...added};
}

/** A new project with these files beside its leakline.yaml. */
export function createProject(files: Readonly<Record<string, string>> = {}): Project {
  const root = mkdtempSync(path.join(os.tmpdir(), 'leakline-e2e-'));
  roots.push(root);
  const at = (...parts: readonly string[]) => path.join(root, ...parts);
  const write: Project['write'] = (written) => {
    for (const [name, text] of Object.entries(written)) {
      mkdirSync(path.dirname(at(name)), {recursive: true});
      if (text === undefined) rmSync(at(name));
      else writeFileSync(at(name), text);
    }
  };
  write({'leakline.yaml': LEAKLINE_YAML, ...files});
  const start: Project['start'] = (args, env = {}) => startLeakline(root, args, env);
  const leakline: Project['leakline'] = (args, env) => inTurn(() => start(args, env).ended);
  return {
    root,
    at,
    write,
    start,
    leakline,
    read: (...parts) => readFileSync(at(...parts), 'utf8'),
    has: (...parts) => existsSync(at(...parts)),
    files: (folder) => filesBelow(at(folder)),
    run: async (args = [], env) => {
      rmSync(at('.leakline', 'report.json'), {force: true});
      const reporters = ['--reporter', 'terminal', '--reporter', 'json=.leakline/report.json'];
      const ended = await leakline(['run', ...args, ...reporters], env);
      return judged(ended, at('.leakline', 'report.json'));
    },
  };
}

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** Starts leakline in `folder`. */
export function startLeakline(folder: string, args: readonly string[], env: Environment = {}): Running {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: folder,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({code: code ?? signal, stdout, stderr}));
  });
  return {child, output: () => stdout, ended};
}

function judged(ended: Ended, file: string): Judged {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (text === '') throw new Error(`leakline wrote no report:\n${ended.stdout}\n${ended.stderr}`);
  const report = JSON.parse(text) as JsonReport;
  return {
    ...ended,
    report,
    of: (scenario) => {
      const result = report.results.find((one) => one.scenario === scenario);
      if (result === undefined) throw new Error(`${scenario} did not run:\n${ended.stdout}\n${ended.stderr}`);
      return result;
    },
    statuses: Object.fromEntries(report.results.map(({scenario, status}) => [scenario, status])),
  };
}

/** Comes when `condition` holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}
