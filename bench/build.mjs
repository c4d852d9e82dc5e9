// A build of CPython by leakline against the commands that it is made of.
import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {defaultCacheRoot, downloadsFolder} from '../dist/python/cache.js';
import {findCompiler} from '../dist/python/compiler.js';
import {configurePlan} from '../dist/python/recipe.js';
import {loadRecipe, recipeFolders} from '../dist/python/recipe-file.js';
import {inTurns, timeCommand} from './measuring.mjs';
import {JOBS, leaklineArgv, temporaryFolder} from './project.mjs';

const BUILD = 'cpython-3.13';

/** A cold build; only when it is asked for by name, since it takes minutes. */
export async function build({quick}) {
  const downloads = downloadsFolder(defaultCacheRoot());
  const {value: recipe} = loadRecipe(BUILD, recipeFolders());
  const archive = path.join(downloads, recipe.source.release.archive);
  const seconds = await inTurns(
    quick ? 1 : 3,
    () => timeLeakline(downloads),
    () => timePlain(recipe, archive),
  );
  return [
    {
      what: `a cold build of ${BUILD}`,
      ...seconds,
      alternativeName: `configure, make -j${JOBS} and make install`,
      ratioAtMost: 1.1,
    },
  ];
}

/** In an empty cache, with the archive already downloaded. */
function timeLeakline(downloads) {
  const cwd = temporaryFolder();
  return timeCommand(leaklineArgv('python', 'build', BUILD, '--jobs', String(JOBS)), {
    cwd,
    env: {...process.env, LEAKLINE_CACHE: path.join(cwd, 'cache'), LEAKLINE_SOURCES: downloads},
    output: path.join(cwd, 'output.txt'),
  });
}

/** The same source, options and flags; unpacking is not counted. */
async function timePlain(recipe, archive) {
  const folder = temporaryFolder();
  const source = path.join(folder, 'src');
  mkdirSync(source);
  await timeCommand(['tar', '-xf', archive, '-C', source, '--strip-components=1']);
  const {options, variables} = configurePlan(recipe, process.arch);
  const {cc, cxx} = await findCompiler();
  const env = {...process.env, CC: cc, CXX: cxx};
  const run = (argv, more = {}) =>
    timeCommand(argv, {cwd: source, env: {...env, ...more}, output: path.join(folder, 'output.txt')});
  const configured = await run(
    ['./configure', `--prefix=${path.join(folder, 'prefix')}`, ...options],
    variables,
  );
  const made = await run(['make', `-j${JOBS}`]);
  return configured + made + (await run(['make', 'install']));
}
