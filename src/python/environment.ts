import type {PackageRequirement, Requirement} from '../scenario/types.js';
import type {Problem} from '../util/problem.js';
import {ok, type Result} from '../util/result.js';
import type {PythonBuild} from './manifest.js';
import {ensureNative} from './native.js';
import type {Packages, PackagesOptions} from './packages.js';

/** What scenarios require on one build, ready to use. All paths are absolute. */
export interface Environment {
  /** The interpreter to run: that of the build, or the link to it in a virtual environment. */
  readonly python: string;
  /** Folders for PYTHONPATH, one per extension. */
  readonly pythonPath: readonly string[];
  /** Folders for PATH, one per program. */
  readonly binPath: readonly string[];
  /** The compiled files: a stack with a frame in one of them is the extension's. */
  readonly objects: readonly string[];
}

type FileRequirement = Exclude<Requirement, PackageRequirement>;

/**
 * Makes what `requirements` name, each from the cache when it has not changed. The order and
 * repetition of requirements do not matter.
 */
export async function ensureEnvironment(
  build: PythonBuild,
  requirements: readonly Requirement[],
  options: PackagesOptions,
): Promise<Result<Environment, Problem>> {
  const packages = await packagesFor(build, requirements, options);
  if (!packages.ok) return packages;
  const pythonPath = new Set<string>();
  const binPath = new Set<string>();
  const objects = new Set<string>();
  const files = requirements.filter((each) => isFile(each)).sort((a, b) => compareText(a.path, b.path));
  for (const {type, path} of files) {
    const object = await ensureNative(build, type, path, options);
    if (!object.ok) return object;
    (type === 'extension' ? pythonPath : binPath).add(object.value.folder);
    objects.add(object.value.file);
  }
  const {python = build.python, ...found} = packages.value;
  return ok({
    python,
    pythonPath: [...pythonPath, ...found.pythonPath],
    binPath: [...binPath, ...found.binPath],
    objects: [...objects, ...found.objects],
  });
}

const NO_PACKAGES: Packages = {pythonPath: [], binPath: [], objects: []};

async function packagesFor(
  build: PythonBuild,
  requirements: readonly Requirement[],
  options: PackagesOptions,
): Promise<Result<Packages, Problem>> {
  const packages = requirements.filter((each) => !isFile(each));
  if (packages.length === 0) return ok(NO_PACKAGES);
  // Loaded for those who need it: pip and all that comes with it.
  const {ensurePackages} = await import('./packages.js');
  return ensurePackages(build, packages, options);
}

const isFile = (requirement: Requirement): requirement is FileRequirement =>
  requirement.type === 'extension' || requirement.type === 'program';

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
