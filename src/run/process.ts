import {rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {Task} from '../probe/protocol.js';
import {runChild} from '../util/child.js';
import {memcheckArgv} from '../valgrind/command.js';
import {featuresOf} from '../valgrind/version.js';
import {withDescriptorLimit} from './descriptor-limit.js';
import {endGuarded, guarded, readPid} from './guard.js';
import {type Job, type JobFiles, makeJobFiles, type RunContext, taskOf, tracing} from './job.js';
import {notStarted} from './not-started.js';
import type {Observation} from './observation.js';
import {agentArgv} from './python-argv.js';
import {RUN_MARKER} from './watchdog.js';

/** Runs the job in a valgrind process of its own. */
export async function runInProcess(job: Job, context: RunContext): Promise<Observation> {
  try {
    return await run(job, context);
  } catch (error) {
    return notStarted(error, context);
  }
}

async function run(job: Job, context: RunContext): Promise<Observation> {
  const files = makeJobFiles(context.workspace);
  const pidFile = path.join(files.folder, 'pid');
  const argv = guarded(commandLine(job, context, files), pidFile);
  const running = context.whenFree(() =>
    runChild(argv, {
      cwd: files.work,
      env: {...job.environment(files.work), [RUN_MARKER]: context.marker},
      log: files.output,
      timeoutMs: job.timeoutMs,
      signal: context.signal,
    }),
  );
  const [{durationMs, ...child}, {observe}] = await Promise.all([
    running,
    // Loaded while valgrind is at work.
    import('./observe.js'),
  ]);
  const pid = readPid(pidFile);
  if (pid !== undefined && child.outcome.reason !== 'exited') endGuarded(pid);
  const observed = await observe(files, pid, child.outcome, job);
  rmSync(files.folder, {recursive: true, force: true});
  return {durationMs, isolation: 'process', ...observed};
}

/** The whole command line of a job; the task file is written on the way. */
function commandLine(job: Job, context: RunContext, files: JobFiles): readonly string[] {
  const [xml, map] = [path.join(files.folder, '%p.xml'), path.join(files.folder, '%p.map')];
  // No `%p` here: valgrind 3.19 gives a forked child its own log or its own XML file, not both.
  const log = path.join(files.folder, 'valgrind.log');
  const memcheck = memcheckArgv({
    valgrind: context.valgrind,
    xmlFile: xml,
    logFile: log,
    suppressions: job.suppressions,
    ...(job.scenario.work.mode === 'growth' ? {defaultSuppressions: context.growthSuppressions} : {}),
    trackFds: featuresOf(context.valgrindVersion).hasDescriptorsInXml && job.interpreter === undefined,
    traceChildren: tracing(job.scenario),
    extra: job.valgrindOptions,
  });
  return withDescriptorLimit([...memcheck, ...programOf(job, files, {xml, log, map})]);
}

function programOf(
  job: Job,
  files: JobFiles,
  patterns: Pick<Task, 'xml' | 'log' | 'map'>,
): readonly string[] {
  const {interpreter, scenario} = job;
  if (scenario.work.mode === 'exit' && scenario.work.run.type === 'command') return scenario.work.run.argv;
  if (interpreter === undefined) throw new Error(`${scenario.id} runs Python and has no interpreter`);
  writeFileSync(files.task, JSON.stringify(taskOf(job, interpreter, files, patterns)));
  return agentArgv(interpreter, '--task', files.task);
}
