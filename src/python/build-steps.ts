import {copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {obtainArchive} from './archive.js';
import {downloadsFolder} from './cache.js';
import type {Compiler} from './compiler.js';
import {type CrossSetup, crossSetup, pgenOf} from './cross.js';
import type {BuildStep, OnBuildEvent} from './events.js';
import {type PythonBuild, STOCK_SUPPRESSIONS} from './manifest.js';
import {prunePrefix, pruneSource} from './prune.js';
import {configurePlan, type Recipe} from './recipe.js';
import {copySourceTree} from './source-tree.js';
import {plainEnvironment, runStep} from './step.js';
import {type Findings, missingModulesProblem, verifyBuild} from './verify.js';

/** What the steps of one build share. */
export interface BuildContext {
  readonly recipe: Recipe;
  readonly compiler: Compiler;
  /** The same CPython for this machine, when it is compiled for another one. */
  readonly native: PythonBuild | undefined;
  /** The build's folder, which is also where it is used: prefix and source paths are compiled in. */
  readonly folder: string;
  readonly logs: string;
  readonly cacheRoot: string;
  readonly jobs: number;
  readonly sources?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: OnBuildEvent;
}

/** Makes the build in `context.folder`, everything but the manifest. */
export async function makeBuild(context: BuildContext): Promise<Result<Findings, Problem>> {
  const {recipe, folder, logs, signal, onEvent} = context;
  const sourceFolder = path.join(folder, 'src');
  const prefix = path.join(folder, 'prefix');

  const unpacked = await unpackSource(context, sourceFolder);
  if (!unpacked.ok) return unpacked;
  const compiled = await compile(context, sourceFolder, prefix);
  if (!compiled.ok) return compiled;

  const log = path.join(logs, 'check.log');
  onEvent({type: 'build-step', build: recipe.name, step: 'check', log});
  const findings = await verifyBuild(recipe, prefix, log, signal);
  if (!findings.ok) return findings;
  const warning = missingModulesProblem(recipe, findings.value.missingModules);
  if (warning !== undefined) onEvent({type: 'build-warning', build: recipe.name, problem: warning});

  onEvent({type: 'build-step', build: recipe.name, step: 'prune'});
  copyFileSync(
    path.join(sourceFolder, 'Misc', 'valgrind-python.supp'),
    path.join(folder, STOCK_SUPPRESSIONS),
  );
  pruneSource(sourceFolder);
  prunePrefix(prefix);
  return findings;
}

async function unpackSource(context: BuildContext, target: string): Promise<Result<void, Problem>> {
  const {recipe, logs, cacheRoot, sources, signal, onEvent} = context;
  const build = recipe.name;
  onEvent({type: 'build-step', build, step: 'source'});
  const {source} = recipe;
  const archive =
    source.type === 'path'
      ? ok(source.path)
      : await obtainArchive(source.release, {
          build,
          downloads: downloadsFolder(cacheRoot),
          sources,
          signal,
          onEvent,
        });
  if (!archive.ok) return archive;

  const log = path.join(logs, 'unpack.log');
  onEvent({type: 'build-step', build, step: 'unpack', log});
  const isFolder = !/\.(tar(\.\w+)?|tgz|txz)$/.test(archive.value);
  if (isFolder) {
    copySourceTree(archive.value, target);
  } else {
    mkdirSync(target, {recursive: true});
    const unpacked = await runStep({
      title: `unpacking of ${archive.value}`,
      // Documentation and tests are a third of the files, and no build here installs them.
      argv: [
        ...['tar', '-xf', archive.value, '-C', target, '--strip-components=1', '--no-same-owner'],
        ...['--anchored', '--no-wildcards-match-slash', '--exclude=*/Doc', '--exclude=*/Lib/test'],
      ],
      cwd: target,
      env: plainEnvironment(),
      log,
      signal,
    });
    if (!unpacked.ok) return unpacked;
  }
  if (!existsSync(path.join(target, 'configure'))) {
    return fail({message: `${archive.value} holds no CPython source: it has no "configure"`});
  }
  return applyPatches(context, target);
}

async function applyPatches(context: BuildContext, target: string): Promise<Result<void, Problem>> {
  const {recipe, logs, signal} = context;
  for (const [index, patch] of recipe.patches.entries()) {
    const copy = path.join(target, `leakline-${index}.patch`);
    writeFileSync(copy, patch.text);
    const applied = await runStep({
      title: `patch ${patch.file}`,
      argv: ['patch', '-p1', '--batch', '--forward', '-i', copy],
      cwd: target,
      env: plainEnvironment(),
      log: path.join(logs, `patch-${index}.log`),
      signal,
    });
    if (!applied.ok) return applied;
  }
  return ok(undefined);
}

async function compile(context: BuildContext, cwd: string, prefix: string): Promise<Result<void, Problem>> {
  const {recipe, compiler, native, folder, logs, jobs, signal, onEvent} = context;
  const plan = configurePlan(recipe, process.arch);
  const cross: CrossSetup =
    recipe.host === undefined || native === undefined
      ? {options: [], variables: {}, makeOptions: []}
      : await crossSetup(recipe.host, native, cwd, folder);
  const env = {...plainEnvironment(), CC: compiler.cc, CXX: compiler.cxx, ...cross.variables};
  const steps: readonly (readonly [BuildStep, readonly string[], Record<string, string>])[] = [
    ['configure', ['./configure', `--prefix=${prefix}`, ...cross.options, ...plan.options], plan.variables],
    ['compile', ['make', `-j${jobs}`, ...cross.makeOptions], {}],
    ['install', ['make', 'install', ...cross.makeOptions], {}],
  ];
  for (const [step, argv, variables] of steps) {
    const log = path.join(logs, `${step}.log`);
    onEvent({type: 'build-step', build: recipe.name, step, log});
    const title = `${step} step of ${recipe.name}`;
    const done = await runStep({title, argv, cwd, env: {...env, ...variables}, log, signal});
    if (!done.ok) return done;
  }
  return recipe.host === undefined ? keepPgen(context, cwd, prefix) : ok(undefined);
}

/** Keeps the grammar's compiler of a CPython that has one: a cross build cannot run its own. */
async function keepPgen(
  {recipe, logs, signal}: BuildContext,
  cwd: string,
  prefix: string,
): Promise<Result<void, Problem>> {
  if (!/^PGEN=/m.test(readFileSync(path.join(cwd, 'Makefile'), 'utf8'))) return ok(undefined);
  const made = await runStep({
    title: `compilation of pgen of ${recipe.name}`,
    argv: ['make', 'Parser/pgen'],
    cwd,
    env: plainEnvironment(),
    log: path.join(logs, 'pgen.log'),
    signal,
  });
  if (made.ok) copyFileSync(path.join(cwd, 'Parser', 'pgen'), pgenOf(prefix));
  return made;
}
