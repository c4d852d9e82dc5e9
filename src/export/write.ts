import {chmodSync, cpSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {type Job, taskOf, tracing} from '../run/job.js';
import {agentArgv} from '../run/python-argv.js';
import {memcheckArgv} from '../valgrind/command.js';
import {type ExportedJob, type ExportManifest, filesIn, NAMES, onTarget, VALGRIND} from './layout.js';
import {commandScript, runScript, type ScriptFacts} from './script.js';

/** A file or folder of this machine, and where it goes in the export. */
export interface Copy {
  readonly from: string;
  readonly to: string;
  /** Names within a folder that are left behind. */
  readonly without?: RegExp;
}

/** Something to run on the other machine; all paths in its job begin with the placeholder. */
export interface JobToWrite {
  readonly number: string;
  readonly job: Job;
}

/**
 * Writes an export: a folder that runs scenarios on another machine without leakline.
 *
 * @throws NodeJS.ErrnoException when it cannot be written, or a file to copy cannot be read
 */
export function writeExport(
  folder: string,
  manifest: ExportManifest,
  jobs: readonly JobToWrite[],
  copies: readonly Copy[],
  facts: ScriptFacts,
): void {
  mkdirSync(folder, {recursive: true});
  for (const {from, to, without} of copies) {
    cpSync(from, path.join(folder, to), {
      recursive: true,
      // A bytecode file is known by its source's time.
      preserveTimestamps: true,
      verbatimSymlinks: true,
      filter: (file) => without === undefined || file === from || !without.test(path.basename(file)),
    });
  }
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
  write(NAMES.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
  write(NAMES.list, manifest.jobs.map(listLine).join(''));
  write(NAMES.script, runScript(facts));
  chmodSync(path.join(folder, NAMES.script), 0o755);
  write(NAMES.readme, readme(facts));
  for (const {number, job} of jobs) writeJob(path.join(folder, NAMES.jobs, number), number, job);
}

/** What the script reads of a job: its number, those of its floors, and its name, which may hold spaces. */
function listLine({number, floor, childFloor, scenario}: ExportedJob): string {
  const floors = [floor, childFloor].filter((each) => each !== undefined);
  return `${number} ${floors.length === 0 ? '-' : floors.join(',')} ${scenario}\n`;
}

function writeJob(folder: string, number: string, job: Job): void {
  mkdirSync(folder, {recursive: true});
  const files = filesIn(onTarget(NAMES.results, number));
  const patterns = {
    xml: path.join(files.folder, '%p.xml'),
    map: path.join(files.folder, '%p.map'),
    log: path.join(files.folder, 'valgrind.log'),
  };
  const memcheck = memcheckArgv({
    valgrind: VALGRIND,
    xmlFile: patterns.xml,
    logFile: patterns.log,
    suppressions: job.suppressions,
    // Which valgrind will be there is not known, and older ones tell of them in no XML.
    trackFds: false,
    traceChildren: tracing(job.scenario),
    extra: job.valgrindOptions,
  });
  const {interpreter, scenario} = job;
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
  let program: readonly string[];
  if (scenario.work.mode === 'exit' && scenario.work.run.type === 'command') {
    program = scenario.work.run.argv;
  } else {
    if (interpreter === undefined) throw new Error(`${scenario.id} runs Python and has no interpreter`);
    write(path.basename(files.task), JSON.stringify(taskOf(job, interpreter, files, patterns)));
    program = agentArgv(interpreter, '--task', files.task);
  }
  const argv = [...memcheck, ...program];
  write(NAMES.command, commandScript(files.folder, job.environment(files.work), argv));
  write(NAMES.seconds, `${Math.ceil(job.timeoutMs / 1000)}\n`);
}

const readme = ({build, machine}: ScriptFacts): string => `# ${build}

leakline's scenarios with the CPython that they run on, for ${machine}. Needs valgrind, and the
symbols of the C library's loader:

    apt-get install valgrind libc6-dbg
    ./${NAMES.script}

The script writes ${NAMES.results}.tar.gz. Where the scenarios are from:

    leakline report --import ${NAMES.results}.tar.gz
`;
