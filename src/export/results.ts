import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {z} from 'zod';
import type {Job} from '../run/job.js';
import type {Observation} from '../run/observation.js';
import {observe} from '../run/observe.js';
import type {ChildOutcome} from '../util/child.js';
import {defined} from '../util/defined.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {listArchive, type TarOptions, unpackArchive} from '../util/tar.js';
import {type ExportManifest, FORMAT, filesIn, manifestSchema, NAMES} from './layout.js';
import {wrongStatusLine} from './status-schema.js';

/** What an export's script brought home, unpacked. */
export interface Results {
  readonly manifest: ExportManifest;
  /** The folder that the export was in on the machine where it ran. */
  readonly root: string;
  /** What its valgrind answered to `--version`. */
  readonly valgrind: string;
  /**
   * What a job left; undefined when it was not run.
   *
   * @param job what was run
   */
  readonly observationOf: (number: string, job: Job) => Promise<Observed> | undefined;
}

type Observed = Result<Observation, Problem>;

/** Everything that the script packs: nothing else is unpacked. */
const ENTRY = /^results\/(|export\.json|target\.txt|\d{4}\/([\w-]+\.(xml|map|jsonl|txt)|pid)?)$/;

/**
 * Unpacks the archive `file`, which may come from anywhere, into the empty `options.folder`, and
 * reads what it says of itself.
 *
 * @param shownAs the file as messages name it
 */
export async function openResults(
  file: string,
  shownAs: string,
  options: TarOptions,
): Promise<Result<Results, Problem>> {
  const refuse = (message: string, more: Omit<Problem, 'message'> = {}) =>
    fail({file: shownAs, message, ...more});
  if (!existsSync(file)) return refuse('does not exist');
  const listed = await listArchive(file, options);
  const notWhole = (detail: string) =>
    refuse('cannot be unpacked: it is no whole archive', {
      detail,
      next: `bring ${NAMES.results}.tar.gz over once more`,
    });
  if (!listed.ok) return notWhole(listed.error);
  const stranger = listed.value.find((name) => !ENTRY.test(name));
  if (stranger !== undefined) {
    return refuse(`holds ${JSON.stringify(stranger)}, which no ${NAMES.script} puts there`);
  }
  const unpacked = await unpackArchive(file, options);
  if (!unpacked.ok) return notWhole(unpacked.error);
  const folder = path.join(options.folder, NAMES.results);
  const link = notAFile(options.folder);
  if (link !== undefined)
    return refuse(`holds ${JSON.stringify(link)}, which is neither a file nor a folder`);

  const manifest = readManifest(path.join(folder, NAMES.manifest));
  if (!manifest.ok) return refuse(manifest.error, {next: 'leakline python export, with this leakline'});
  const target = keysIn(path.join(folder, NAMES.target));
  const [root = '', valgrind = ''] = [target.get('root'), target.get('valgrind')];
  if (!path.isAbsolute(root) || valgrind === '') {
    return refuse(`does not say on what machine it was made: ${NAMES.target} is missing or incomplete`);
  }
  const observationOf: Results['observationOf'] = (number, job) => {
    const own = path.join(folder, number);
    return existsSync(own) ? readObservation(own, job, {shownAs, number}) : undefined;
  };
  return ok({manifest: manifest.value, root, valgrind, observationOf});
}

/** The first thing below a folder that is neither a file nor a folder; no link is followed. */
function notAFile(folder: string): string | undefined {
  return readdirSync(folder, {recursive: true, withFileTypes: true}).find(
    (entry) => !entry.isFile() && !entry.isDirectory(),
  )?.name;
}

const versionSchema = z.object({format: z.number(), leakline: z.string()});

/** The manifest in `file`, or why it is none. */
function readManifest(file: string): Result<ExportManifest, string> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return fail(`has no readable ${NAMES.manifest}: it does not come from an export`);
  }
  const version = versionSchema.safeParse(content);
  if (version.success && version.data.format !== FORMAT) {
    const {format, leakline} = version.data;
    return fail(`was exported by leakline ${leakline} in format ${format}; this one reads format ${FORMAT}`);
  }
  const manifest = manifestSchema.safeParse(content);
  if (!manifest.success) return fail(`has an ${NAMES.manifest} that is not as an export writes it`);
  return ok(manifest.data);
}

/** The lines `key=value` of a file; none when it cannot be read. */
function keysIn(file: string): ReadonlyMap<string, string> {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return new Map(lines.map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]));
  } catch {
    return new Map();
  }
}

const numberSchema = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);
const outcomeSchema = z.object({code: numberSchema, seconds: numberSchema, limit: numberSchema});

/** What `timeout -s KILL` and shells say of a process that SIGKILL ended. */
const KILLED = 137;

async function readObservation(
  folder: string,
  job: Job,
  {shownAs, number}: {readonly shownAs: string; readonly number: string},
): Promise<Observed> {
  const within = (name: string) => `${shownAs}:${NAMES.results}/${number}/${name}`;
  const outcome = outcomeSchema.safeParse(Object.fromEntries(keysIn(path.join(folder, NAMES.outcome))));
  if (!outcome.success) {
    return fail({file: within(NAMES.outcome), message: 'does not say how the scenario ended'});
  }
  const {code, seconds, limit} = outcome.data;
  const files = filesIn(folder);
  const wrong = wrongStatusLine(files.status);
  if (wrong !== undefined) {
    return fail({file: within('status.jsonl'), line: wrong, message: "is no event of leakline's agent"});
  }
  const ended: ChildOutcome =
    code === KILLED && seconds >= limit
      ? {reason: 'timed-out', timeoutMs: limit * 1000}
      : {reason: 'exited', code};
  const pid = readPid(path.join(folder, NAMES.pid));
  const observed = await observe(files, pid, ended, job);
  const hasXml = existsSync(path.join(folder, `${pid}.xml`));
  return ok({
    ...observed,
    durationMs: seconds * 1000,
    isolation: 'process',
    ...defined({xmlProblem: hasXml ? observed.xmlProblem : `${within(`${pid}.xml`)} is not there`}),
  });
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}
