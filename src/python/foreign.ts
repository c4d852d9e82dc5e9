import {statSync} from 'node:fs';
import path from 'node:path';
import {z} from 'zod';
import {captureOutput} from '../util/child.js';
import {fileSha256, shortHash} from '../util/hash.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import type {PythonBuild} from './manifest.js';
import type {ForeignRecipe} from './recipe.js';

/** What an interpreter says about itself. Runs on 2.7 and on 3.x, and prints one line of JSON. */
const QUESTIONS = `
import json, os, platform, sys, sysconfig
get = sysconfig.get_config_var
base = getattr(sys, "base_prefix", sys.prefix)
paths = sysconfig.get_paths()
includes = sorted(set([paths["include"], paths["platinclude"]]))
library = os.path.join(get("LIBDIR") or "", get("INSTSONAME") or get("LDLIBRARY") or "")
print("leakline " + json.dumps({
    "implementation": platform.python_implementation(),
    "version": list(sys.version_info[:3]),
    "details": sys.version,
    "executable": sys.executable if base != sys.prefix else os.path.realpath(sys.executable),
    "prefix": os.path.realpath(base),
    "library": library if get("Py_ENABLE_SHARED") and os.path.isfile(library) else None,
    "includes": includes,
    "hasHeaders": True in [os.path.exists(os.path.join(folder, "Python.h")) for folder in includes],
    "extensionSuffix": get("EXT_SUFFIX") or get("SO"),
    "compiler": platform.python_compiler(),
    "allocatedBlocks": getattr(sys, "getallocatedblocks", lambda: None)(),
}))
`;

const answersSchema = z.object({
  implementation: z.string(),
  version: z.tuple([z.number(), z.number(), z.number()]),
  details: z.string(),
  executable: z.string(),
  prefix: z.string(),
  library: z.string().nullable(),
  includes: z.array(z.string()),
  hasHeaders: z.boolean(),
  extensionSuffix: z.string(),
  compiler: z.string(),
  allocatedBlocks: z.number().nullable(),
});

type Answers = z.output<typeof answersSchema>;

/** The variable without which an interpreter that was not built for leakline hides small leaks. */
export const FOREIGN_ENVIRONMENT = {PYTHONMALLOC: 'malloc'} as const;

/** What is weaker on an interpreter that leakline did not build, for those who run scenarios on it. */
export const foreignNotice = ({name, python}: PythonBuild): Problem => ({
  message: `${name} is ${python}, which leakline did not build: freed objects that it keeps in lists are handed on under the stack of their first owner, and its own frames may have no lines`,
  next: 'take a leak to a build of the same version to see more (docs/builds.md)',
});

/**
 * The user's interpreter as a build: asked what it is, which takes some hundredths of a second, so
 * that an upgrade is noticed. Shims and links are seen through by asking for `sys.executable`.
 */
export async function askForeign(recipe: ForeignRecipe): Promise<Result<PythonBuild, Problem>> {
  const {name, file, python} = recipe;
  const output = await captureOutput([python, '-s', '-c', QUESTIONS], {env: askingEnvironment()});
  const answers = parseAnswers(output ?? '');
  if (answers === undefined) {
    return fail({file, message: `${python} does not answer as CPython does when PYTHONMALLOC is malloc`});
  }
  const unusable = whyUnusable(python, answers);
  if (unusable !== undefined) return fail({file, ...unusable});
  const {executable, library} = answers;
  try {
    const content = await Promise.all([executable, ...(library === null ? [] : [library])].map(fileSha256));
    return ok(buildFrom(name, answers, shortHash([executable, answers.details, answers.prefix, ...content])));
  } catch (error) {
    return fail({file, message: `${executable} cannot be read: ${(error as Error).message}`});
  }
}

/** Shims of version managers go by variables of their own. */
function askingEnvironment(): Readonly<Record<string, string>> {
  const kept = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || name.startsWith('PYTHON') ? [] : [[name, value] as const],
  );
  return {...Object.fromEntries(kept), ...FOREIGN_ENVIRONMENT, PYTHONDONTWRITEBYTECODE: '1'};
}

function parseAnswers(output: string): Answers | undefined {
  const line = output.split('\n').find((candidate) => candidate.startsWith('leakline {'));
  if (line === undefined) return undefined;
  const parsed = answersSchema.safeParse(JSON.parse(line.slice('leakline '.length)));
  return parsed.success ? parsed.data : undefined;
}

/** Why scenarios cannot run on it, undefined when they can. */
export function whyUnusable(
  python: string,
  {
    implementation,
    version,
    allocatedBlocks,
    hasHeaders,
  }: Pick<Answers, 'implementation' | 'version' | 'allocatedBlocks' | 'hasHeaders'>,
): Problem | undefined {
  const [major, minor] = version;
  if (implementation !== 'CPython') return {message: `${python} is ${implementation}, not CPython`};
  // sys.getallocatedblocks() counts what pymalloc serves.
  if (allocatedBlocks !== 0) {
    return {
      message: `${python} (${version.join('.')}) keeps its own allocator though PYTHONMALLOC says malloc, which would hide leaks of small objects`,
      next: 'let leakline build this version: source: {version: …} in the recipe',
    };
  }
  if (!hasHeaders) {
    return {
      message: `${python} has no Python.h, which the probe is compiled against`,
      next: `apt-get install python${major}.${minor}-dev, or the headers that belong to it`,
    };
  }
  return undefined;
}

function buildFrom(name: string, answers: Answers, fingerprint: string): PythonBuild {
  const {version, executable, prefix, includes, extensionSuffix, compiler} = answers;
  return {
    name,
    version,
    profile: 'foreign',
    fingerprint,
    compiler,
    folder: path.dirname(executable),
    prefix,
    python: executable,
    suppressions: [],
    suppressionReference: '',
    includes,
    extensionSuffix,
    missingModules: [],
    log: '',
    bytes: 0,
    builtAt: statSync(executable).mtime.toISOString(),
  };
}
