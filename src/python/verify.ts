import {appendFileSync, mkdirSync, readFileSync, realpathSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {z} from 'zod';
import {captureOutput} from '../util/child.js';
import type {Problem} from '../util/problem.js';
import {findProgram} from '../util/program.js';
import {fail, ok, type Result} from '../util/result.js';
import {unreachable} from '../util/unreachable.js';
import {debianArchitecture, emulatorsOf, sysrootOf} from './host.js';
import {findingsFromFiles, type InstalledFiles} from './installed-files.js';
import type {Profile, Recipe} from './recipe.js';
import {runStep} from './step.js';

/** Standard modules that need a library of the system, with the Debian package of its headers. */
const MODULE_PACKAGES: Readonly<Record<string, string>> = {
  zlib: 'zlib1g-dev',
  bz2: 'libbz2-dev',
  lzma: 'liblzma-dev',
  ssl: 'libssl-dev',
  sqlite3: 'libsqlite3-dev',
  ctypes: 'libffi-dev',
};

/** What the interpreter says about itself. Runs on 2.7 and on 3.x, and prints one line of JSON. */
const QUESTIONS = `
import json, sys, sysconfig
missing = []
for name in sys.argv[1:]:
    try:
        __import__(name)
    except ImportError:
        missing.append(name)
objects = [object() for _ in range(1000)]
addresses = sorted(map(id, objects))
paths = sysconfig.get_paths()
get = sysconfig.get_config_var
print("leakline " + json.dumps({
    "version": list(sys.version_info[:3]),
    "includes": sorted(set([paths["include"], paths["platinclude"]])),
    "extensionSuffix": get("EXT_SUFFIX") or get("SO"),
    "spacing": min(b - a for a, b in zip(addresses, addresses[1:])),
    "objectSize": object.__basicsize__,
    "allocatedBlocks": getattr(sys, "getallocatedblocks", lambda: None)(),
    "gil": getattr(sys, "_is_gil_enabled", lambda: True)(),
    "missing": missing,
}))
`;

const answersSchema = z.object({
  version: z.tuple([z.number(), z.number(), z.number()]),
  includes: z.array(z.string()),
  extensionSuffix: z.string(),
  spacing: z.number(),
  objectSize: z.number(),
  allocatedBlocks: z.number().nullable(),
  gil: z.boolean(),
  missing: z.array(z.string()),
});

/** What was found out about a new build by running it. */
export interface Findings {
  readonly python: string;
  readonly version: [number, number, number];
  readonly includes: string[];
  readonly extensionSuffix: string;
  readonly missingModules: string[];
}

/**
 * Runs the interpreter under `prefix` and fails unless the allocator that is live in it is the
 * one that `profile` promises. Builds with pymalloc are asked under valgrind, where it counts,
 * those for another machine under qemu; without qemu their files have to do.
 */
export async function verifyBuild(
  {name, profile, host}: Pick<Recipe, 'name' | 'profile' | 'host'>,
  prefix: string,
  log: string,
  signal?: AbortSignal,
): Promise<Result<Findings, Problem>> {
  const python = findInterpreter(prefix);
  if (python === undefined) return fail({message: `${name} has no interpreter in ${prefix}/bin`});
  const emulator = host === undefined ? [] : emulatorFor(host);
  if (emulator === undefined) return readFindings({name, profile, python, prefix, log});
  const underValgrind =
    host === undefined &&
    profile === 'memory-debugger' &&
    (await captureOutput(['valgrind', '--version'])) !== undefined;
  const before = underValgrind ? ['valgrind', '--tool=none', '-q'] : emulator;
  const ran = await runStep({
    title: `first start of ${name}`,
    argv: [...before, python, '-s', '-c', QUESTIONS, ...Object.keys(MODULE_PACKAGES)],
    cwd: prefix,
    env: {PATH: process.env.PATH ?? '', PYTHONDONTWRITEBYTECODE: '1'},
    log,
    signal,
  });
  if (emulator.length > 0) appendFileSync(log, `It was started under ${emulator.join(' ')}\n`);
  if (!ran.ok) return ran;
  const output = readFileSync(log, 'utf8');
  const answers = parseAnswers(output);
  if (answers === undefined)
    return fail({message: `${name} does not answer as CPython does`, detail: output});

  const wrong = wrongAllocator(profile, answers);
  if (wrong !== undefined) {
    return fail({message: `${name} is not what profile ${profile} promises: ${wrong}`, detail: `see ${log}`});
  }
  const {version, includes, extensionSuffix} = answers;
  // lzma came with 3.3.
  const missingModules = answers.missing.filter((module) => module !== 'lzma' || version[0] >= 3);
  return ok({python, version, includes, extensionSuffix, missingModules});
}

/** The command before the host's programs that lets them run here, undefined without a qemu for it. */
function emulatorFor(host: string): readonly string[] | undefined {
  const qemu = emulatorsOf(host)
    .map((name) => findProgram(name))
    .find((found) => found !== undefined);
  return qemu === undefined ? undefined : [qemu, '-L', sysrootOf(host)];
}

/** What the files of an interpreter say that cannot be started here. */
function readFindings(files: InstalledFiles & {readonly log: string}): Result<Findings, Problem> {
  mkdirSync(path.dirname(files.log), {recursive: true});
  writeFileSync(files.log, 'Its files were read: there is no qemu-user that could start it\n');
  return findingsFromFiles(files, Object.keys(MODULE_PACKAGES));
}

/** The interpreter's own file: `python3` and `python` are links to it. */
function findInterpreter(prefix: string): string | undefined {
  for (const name of ['python3', 'python2', 'python']) {
    try {
      return realpathSync(path.join(prefix, 'bin', name));
    } catch {
      // The next name.
    }
  }
  return undefined;
}

function parseAnswers(output: string): z.output<typeof answersSchema> | undefined {
  const line = output.split('\n').find((candidate) => candidate.startsWith('leakline {'));
  if (line === undefined) return undefined;
  const parsed = answersSchema.safeParse(JSON.parse(line.slice('leakline '.length)));
  return parsed.success ? parsed.data : undefined;
}

/** What an interpreter shows of its allocator. */
export interface AllocatorSigns {
  /** The smallest distance between the addresses of two plain objects, and their size, in bytes. */
  readonly spacing: number;
  readonly objectSize: number;
  /** sys.getallocatedblocks(), which pymalloc counts; 2.7 has none. */
  readonly allocatedBlocks: number | null;
  readonly gil: boolean;
}

/** Why what was observed does not fit `profile`, undefined when it does. */
export function wrongAllocator(profile: Profile, signs: AllocatorSigns): string | undefined {
  // malloc puts its own words between blocks; in a pool of pymalloc there is nothing between them.
  const isPymalloc =
    signs.allocatedBlocks === null ? signs.spacing <= signs.objectSize : signs.allocatedBlocks > 0;
  switch (profile) {
    case 'malloc':
      return isPymalloc ? 'pymalloc is live in it' : undefined;
    case 'memory-debugger':
      return isPymalloc ? undefined : 'pymalloc is not live in it under valgrind';
    case 'free-threaded':
      return signs.gil ? 'it has a GIL (free threading needs CPython 3.13 or later)' : undefined;
    default:
      return unreachable(profile);
  }
}

/** What to tell the user about modules that were not built, undefined when none is missing. */
export function missingModulesProblem(
  {name, host}: Pick<Recipe, 'name' | 'host'>,
  modules: readonly string[],
): Problem | undefined {
  if (modules.length === 0) return undefined;
  const architecture = host === undefined ? undefined : debianArchitecture(host);
  const suffix = architecture === undefined ? '' : `:${architecture}`;
  const packages = modules.map((module) => `${MODULE_PACKAGES[module] ?? module}${suffix}`);
  return {
    message: `${name} has no ${modules.join(', ')}: scenarios that import ${modules.length === 1 ? 'it' : 'them'} will fail`,
    next: `${suffix === '' ? '' : `dpkg --add-architecture ${architecture} && apt-get update && `}apt-get install ${packages.join(' ')}, then leakline python remove ${name}: ${host === undefined ? 'the next run builds it again' : `leakline python build ${name} makes it again`}`,
  };
}
