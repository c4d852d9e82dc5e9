import {chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {type Interpreter, type Job, taskOf, tracing} from '../run/job.js';
import type {Scenario, Section} from '../scenario/types.js';
import {shellWord} from '../util/shell-word.js';
import {memcheckArgv} from '../valgrind/command.js';

/** Names within the folder; the scripts run in it, so they are relative. */
const NAMES = {
  agent: 'agent',
  extensions: 'extensions',
  suppressions: 'suppressions',
  task: 'task.json',
  python: 'scenario.py',
  script: 'run.sh',
  readme: 'README.md',
} as const;

/**
 * Writes a folder that reproduces a scenario without leakline: the exact command as a shell
 * script, the Python text, the compiled requirements, the suppressions, and a README. Only the
 * interpreter, valgrind and programs of the scenario stay where they are.
 *
 * @param findings what the scenario leaves behind, one line each, for the README
 * @throws NodeJS.ErrnoException when it cannot be written, or when `folder` is not empty
 */
export function writeBundle(folder: string, job: Job, findings: readonly string[]): void {
  mkdirSync(folder, {recursive: true});
  if (readdirSync(folder).length > 0) {
    throw new Error(`${folder} is not empty`);
  }
  const suppressions = job.suppressions.map((file, index) => {
    mkdirSync(path.join(folder, NAMES.suppressions), {recursive: true});
    const name = path.join(NAMES.suppressions, `${index + 1}-${path.basename(file)}`);
    copyFileSync(file, path.join(folder, name));
    // Whole, since a program that the scenario starts reads it too and may be somewhere else.
    return path.join('$PWD', name);
  });
  const memcheck = memcheckArgv({
    valgrind: 'valgrind',
    suppressions,
    trackFds: false,
    trackOrigins: true,
    traceChildren: tracing(job.scenario),
    extra: job.valgrindOptions,
  });
  const {interpreter} = job;
  const program = interpreter === undefined ? programOf(job.scenario) : writePython(folder, job, interpreter);
  write(folder, NAMES.script, shellScript(environmentIn(folder, job), memcheck, program, interpreter));
  chmodSync(path.join(folder, NAMES.script), 0o755);
  write(folder, NAMES.readme, readme(job.scenario, findings, interpreter));
}

/**
 * The job's variables as `NAME=value`. What they name for the processes that the scenario starts
 * lies in the folder: the compiled requirements, and the library that is preloaded.
 */
function environmentIn(folder: string, {environment, interpreter, scenario}: Job): readonly string[] {
  const variables = environment('$PWD/work');
  const moved = new Map((interpreter?.path ?? []).map((from) => [from, `$PWD/${NAMES.extensions}`]));
  const [library] = tracing(scenario) === 'leaks' ? (variables.LD_PRELOAD ?? '').split(':') : [];
  if (library) {
    copyFileSync(library, path.join(folder, path.basename(library)));
    moved.set(library, `$PWD/${path.basename(library)}`);
  }
  const inFolder = (value: string) => value.split(':').map((part) => moved.get(part) ?? part);
  return Object.entries(variables).map(([name, value]) => `${name}=${inFolder(value).join(':')}`);
}

const write = (folder: string, name: string, text: string) => writeFileSync(path.join(folder, name), text);

function programOf({work}: Scenario): readonly string[] {
  return work.mode === 'exit' && work.run.type === 'command' ? work.run.argv : [];
}

/** Copies everything the interpreter needs and gives its command line. */
function writePython(folder: string, job: Job, interpreter: Interpreter): readonly string[] {
  const {scenario} = job;
  const agent = path.join(folder, NAMES.agent);
  cpSync(interpreter.agent, agent, {recursive: true, filter: (file) => !file.includes('__pycache__')});
  cpSync(interpreter.probe, agent, {recursive: true});
  for (const extension of interpreter.path) {
    cpSync(extension, path.join(folder, NAMES.extensions), {recursive: true});
  }
  const hasExtensions = existsSync(path.join(folder, NAMES.extensions));
  const task = taskOf(
    job,
    {...interpreter, probe: NAMES.agent, path: hasExtensions ? [`../${NAMES.extensions}`] : []},
    {folder: '.', work: 'work', task: NAMES.task, status: 'status.jsonl', output: ''},
    {},
  );
  const withScript = task.script === undefined ? task : {...task, script: copyScript(folder, task.script)};
  write(folder, NAMES.task, `${JSON.stringify({...withScript, inspect: false, environment: {}}, null, 2)}\n`);
  write(folder, NAMES.python, plainPython(scenario, job.iterations));
  return ['$PYTHON', '-s', '-B', `${NAMES.agent}/agent.py`, '--task', NAMES.task];
}

/** A script may import its neighbours, so its whole folder comes along. */
function copyScript(folder: string, script: string): string {
  cpSync(path.dirname(script), path.join(folder, 'script'), {recursive: true});
  return path.join('..', 'script', path.basename(script));
}

/** The scenario as a plain script, for a debugger or another tool. */
function plainPython({id, variables, work}: Scenario, iterations: number): string {
  const assignments = Object.entries(variables).map(([name, value]) => `${name} = ${pythonLiteral(value)}\n`);
  const head = [`# ${id}, as a plain script.\n`, ...assignments];
  if (work.mode === 'growth') {
    const loop = `\nfor _leakline_iteration in range(${iterations}):\n${indented(work.body)}`;
    return [...head, work.setup?.text ?? '', loop, work.teardown?.text ?? ''].join('');
  }
  const {run} = work;
  if (run.type === 'command') return '';
  const setup = run.setup?.text ?? '';
  switch (run.type) {
    case 'code':
      return [...head, setup, run.code.text].join('');
    case 'script':
      return [
        ...head,
        setup,
        `import runpy\nrunpy.run_path(${JSON.stringify(run.path)}, run_name='__main__')\n`,
      ].join('');
    case 'module':
      return [
        ...head,
        setup,
        `import runpy\nrunpy.run_module(${JSON.stringify(run.name)}, run_name='__main__')\n`,
      ].join('');
  }
}

const indented = ({text}: Section) => `${text.trimEnd().replaceAll(/^(?=.)/gm, '    ')}\n`;

/** JSON is Python but for three names. */
function pythonLiteral(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(', ')}]`;
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}: ${pythonLiteral(item)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value);
}

/** Words with a variable of the script in them keep it; no other word is touched by the shell. */
function quoted(word: string): string {
  if (/\$(PWD|PYTHON)\b/.test(word)) return `"${word.replaceAll(/["`\\]|\$(?!(PWD|PYTHON)\b)/g, '\\$&')}"`;
  return shellWord(word);
}

function shellScript(
  environment: readonly string[],
  memcheck: readonly string[],
  program: readonly string[],
  interpreter: Interpreter | undefined,
): string {
  return `#!/bin/sh
# The exact command, with valgrind's report as text on standard error. Further options for
# valgrind can be given as arguments.
cd "$(dirname "$0")" || exit 2
${interpreter === undefined ? '' : `PYTHON=\${PYTHON:-${quoted(interpreter.python)}}\n`}mkdir -p work
rm -f status.jsonl
exec env -i \\
${environment.map((variable) => `  ${quoted(variable)} \\`).join('\n')}
  ${memcheck.map(quoted).join(' \\\n  ')} \\
  "$@" \\
  ${program.map(quoted).join(' \\\n  ')}
`;
}

function readme(
  {id, description, work, traceChildren}: Scenario,
  findings: readonly string[],
  interpreter: Interpreter | undefined,
): string {
  const growth =
    work.mode === 'growth'
      ? `\nvalgrind checks for leaks after each line \`leakline checkpoint\`: behind the first there are the
blocks that ${'`body`'} left behind since the one before, as \`+N\`. The body is in ${NAMES.python} as a plain loop.\n`
      : '';
  const children = traceChildren
    ? `\nThe processes that it starts run under valgrind too; each line begins with the id of its process.${
        work.mode === 'growth'
          ? ''
          : ` A
fork lists behind its \`leakline checkpoint 1\` what has changed since it was made, as \`+N\`.`
      }\n`
    : '';
  const python =
    interpreter === undefined
      ? ''
      : `\nThe interpreter is ${interpreter.python}; another one can be named: \`PYTHON=… ./${NAMES.script}\`.\n`;
  return `# ${id}
${description === undefined ? '' : `\n${description}\n`}
Needs valgrind. Run it:

    ./${NAMES.script}

What leakline found:

${findings.length === 0 ? '    nothing' : findings.map((line) => `    ${line}`).join('\n')}
${growth}${children}${python}`;
}
