import path from 'node:path';
import type {Config} from '../../config/types.js';
import type {Change, ScenarioResult} from '../../judge/types.js';
import type {ReportIo} from '../../report/io.js';
import {changeBlock} from '../../report/text/change-block.js';
import {harmless} from '../../report/text/harmless.js';
import {changeText, headline} from '../../report/text/headline.js';
import {coloured, plain, wantsColour} from '../../report/text/paint.js';
import {writeBundle} from '../../repro/bundle.js';
import {sourceLines} from '../../repro/source-lines.js';
import type {RunContext} from '../../run/job.js';
import type {Problem} from '../../util/problem.js';
import {fail, ok, type Result} from '../../util/result.js';
import {EXIT} from '../exit-code.js';
import type {ReproOptions} from '../repro.js';
import type {Target} from '../run/target.js';
import {debug} from './debug.js';
import {shrinkBody} from './shrink-body.js';

/** What showing a result needs beside it. */
export interface Reporting {
  readonly io: ReportIo;
  readonly refuse: (problems: readonly Problem[]) => number;
  readonly config: Config;
  readonly context: RunContext;
}

type Present = Exclude<Change, {verdict: 'fixed'}>;

/** Shows what was found, and does with it what else was asked for. */
export async function showResult(
  result: ScenarioResult,
  target: Target,
  options: ReproOptions,
  reporting: Reporting,
): Promise<number> {
  const {io, refuse} = reporting;
  const print = (line: string) => io.stdout.write(`${line}\n`);
  const {failure} = result;
  if (failure !== undefined) {
    print(headline(result));
    if (failure.output !== '') for (const line of harmless(failure.output).split('\n')) print(`  ${line}`);
    if (failure.reason === 'environment') return EXIT.usage;
    for (const change of result.changes) if (change.verdict !== 'fixed') showChange(result, change, io);
    const problem =
      options.out === undefined ? undefined : bundle(options.out, [headline(result)], target, print);
    return problem === undefined ? EXIT.regressed : refuse([problem]);
  }
  const present = result.changes.filter((change): change is Present => change.verdict !== 'fixed');
  const {leak} = options;
  const shown = leak === undefined ? present : present.filter(({now}) => now.id.startsWith(leak));
  for (const change of shown) showChange(result, change, io);
  if (shown.length === 0) {
    const others = present.length === 0 ? '' : `; it has ${present.map(({now}) => now.id).join(', ')}`;
    const what = leak === undefined ? 'nothing' : `no ${leak}`;
    print(`${result.scenario} on ${result.build} leaves ${what} behind${others}.`);
    return EXIT.ok;
  }
  const findings = shown.map((change) => changeText(result, change));
  const reduced = options.shrink ? await printShrunk(shown, target, reporting) : ok(target);
  if (!reduced.ok) return refuse([reduced.error]);
  const problem =
    (options.out === undefined ? undefined : bundle(options.out, findings, reduced.value, print)) ??
    (options.gdb ? await debug(shown, reduced.value, options, io) : undefined);
  return problem === undefined ? EXIT.regressed : refuse([problem]);
}

/** Prints what still leaks of the body, and gives the target with it instead. */
async function printShrunk(
  shown: readonly Present[],
  target: Target,
  {io, config, context}: Reporting,
): Promise<Result<Target, Problem>> {
  const {scenario} = target.job;
  const {work} = scenario;
  const leaks = shown.flatMap(({now}) => (now.type === 'leak' ? [now.id] : []));
  if (work.mode !== 'growth' || leaks.length === 0) {
    return fail({message: '--shrink needs a growth scenario with a leak'});
  }
  const startedAt = io.now();
  // What does not leak in every iteration may need as many as confirmed it.
  let shrunk = await shrinkBody(target, leaks, work.iterations, config.jobs, context);
  if (!shrunk.ok) shrunk = await shrinkBody(target, leaks, 10 * work.iterations, config.jobs, context);
  if (!shrunk.ok) return shrunk;
  const {text, tries} = shrunk.value;
  const seconds = ((io.now() - startedAt) / 1000).toFixed(1);
  io.stdout.write(
    tries === 0
      ? 'Nothing of the body can be left out:\n'
      : `What still leaks of the body, after ${tries} tries in ${seconds} s:\n`,
  );
  for (const line of text.trimEnd().split('\n')) io.stdout.write(`    ${line}\n`);
  const body = {text: `${text.trimEnd()}\n`, line: 1, indent: 0};
  return ok({...target, job: {...target.job, scenario: {...scenario, work: {...work, body}}}});
}

function bundle(
  folder: string,
  findings: readonly string[],
  target: Target,
  print: (line: string) => void,
): Problem | undefined {
  try {
    writeBundle(folder, target.job, findings);
  } catch (error) {
    const next = 'name a new or empty folder that you may write to';
    return {file: folder, message: (error as Error).message, next};
  }
  print(`Written to ${folder}; run it: ${path.join(folder, 'run.sh')}`);
  return undefined;
}

function showChange(result: ScenarioResult, change: Present, io: ReportIo): void {
  const {now} = change;
  const paint = wantsColour(io.env, io.stdout.isTTY === true) ? coloured() : plain;
  const columns = io.stdout.isTTY === true ? (io.stdout.columns ?? 80) : Number.POSITIVE_INFINITY;
  const lines = [
    paint.strong(headline(result, change)),
    `  id        ${now.id}`,
    ...changeBlock(result, change, {paint, columns}),
  ];
  const frames = 'stack' in now ? now.stack.filter(({origin}) => origin === 'extension') : [];
  for (const frame of frames.slice(0, 2)) {
    const source = sourceLines(frame);
    if (source.length > 0)
      lines.push(
        `  ${paint.extension(`${frame.path}:${frame.line}`)}`,
        ...source.map((line) => `  ${harmless(line)}`),
      );
  }
  io.stdout.write(`${lines.join('\n')}\n\n`);
}
