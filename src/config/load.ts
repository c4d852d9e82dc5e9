import os from 'node:os';
import path from 'node:path';
import {defined} from '../util/defined.js';
import {fileKind} from '../util/file-kind.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {shownPath} from '../util/shown-path.js';
import {parseYamlDocument, readYamlDocument, type YamlDocument} from '../util/yaml-document.js';
import {CONFIG_NAME, findConfigFile, MISSPELT_NAME} from './find.js';
import {checkFlags} from './flags.js';
import {configSchema} from './schema.js';
import type {Config, ConfigFlags} from './types.js';

type ConfigDocument = YamlDocument<ReturnType<typeof configSchema.parse>>;

/**
 * The settings of the project that `cwd` is in: the nearest leakline.yaml in it or above it (or
 * `flags.config`), with the command line's flags on top; defaults when there is no such file.
 *
 * @param cwd absolute path of the folder where leakline was started
 */
export function loadConfig(cwd: string, flags: ConfigFlags = {}): Result<Config, readonly Problem[]> {
  const checked = checkFlags(flags);
  const file = flags.config === undefined ? findConfigFile(cwd) : path.resolve(cwd, flags.config);
  if (file !== undefined && path.basename(file) === MISSPELT_NAME && flags.config === undefined) {
    const message = `is not read; leakline looks for ${CONFIG_NAME}`;
    const next = `mv ${MISSPELT_NAME} ${CONFIG_NAME}`;
    return fail([{file: shownPath(cwd, file), message, next}]);
  }
  const document: Result<ConfigDocument, readonly Problem[]> =
    file === undefined
      ? parseYamlDocument('', configSchema, CONFIG_NAME)
      : readYamlDocument(file, configSchema, shownPath(cwd, file));
  if (!document.ok || !checked.ok) {
    return fail([...(document.ok ? [] : document.error), ...(checked.ok ? [] : checked.error)]);
  }
  const root = file === undefined ? cwd : path.dirname(file);
  const problems = pathProblems(document.value, root);
  if (problems.length > 0) return fail(problems);
  return ok({...settings(document.value.value, root), ...checked.value, cwd, ...defined({file})});
}

function settings(given: ConfigDocument['value'], root: string): Omit<Config, 'cwd'> {
  const scenarios = path.resolve(root, given.scenarios ?? 'scenarios');
  const recipes = path.resolve(root, given.pythonBuild ?? 'python-build');
  return {
    root,
    scenarios,
    baselines: given.baselines ? path.resolve(root, given.baselines) : path.join(scenarios, '__baselines__'),
    ...(fileKind(recipes) === 'folder' ? {pythonBuild: recipes} : {}),
    builds: given.builds ?? ['cpython-3.13'],
    jobs: given.jobs ?? os.availableParallelism(),
    timeoutMs: (given.timeout ?? 300) * 1000,
    isolation: given.isolation ?? 'fork',
    suppressions: (given.suppressions ?? []).map((file) => path.resolve(root, file)),
    valgrind: given.valgrind ?? [],
    passEnv: given.passEnv ?? [],
    stateDirectory: path.join(root, '.leakline'),
  };
}

/** What leakline.yaml names has to exist; defaults need not, and baselines are made when needed. */
function pathProblems({value, problemAt}: ConfigDocument, root: string): readonly Problem[] {
  const folders = (['scenarios', 'pythonBuild'] as const).flatMap((key) => {
    const written = value[key];
    if (written === undefined || fileKind(path.resolve(root, written)) === 'folder') return [];
    return [problemAt([key], `${key}: there is no folder ${written}`)];
  });
  const files = (value.suppressions ?? []).flatMap((written, index) => {
    if (fileKind(path.resolve(root, written)) === 'file') return [];
    return [problemAt(['suppressions', index], `suppressions: there is no file ${written}`)];
  });
  return [...folders, ...files];
}
