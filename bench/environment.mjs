// A second environment on a build that is there, against pip alone.
import {readdirSync, rmSync, statSync} from 'node:fs';
import path from 'node:path';
import {defaultCacheRoot, environmentsFolder} from '../dist/python/cache.js';
import {inTurns, timeCommand} from './measuring.mjs';
import {makeProject, pythonOf, runLeakline, temporaryFolder} from './project.mjs';

const PACKAGE = 'markupsafe==3.0.2';

/** What leakline may take beside pip. */
const BESIDE_SECONDS = 2;

/** Neither of the two may take a compiled package from pip's cache. */
const env = {...process.env, PIP_NO_CACHE_DIR: '1'};

/** Compiles and installs a small package. */
export async function environment({quick}) {
  const project = makeProject({a: `requires: [${PACKAGE}]\nbody: |\n  import markupsafe\n`});
  const run = () => runLeakline(project, ['--no-cache'], {env});
  await run();
  const made = newestEnvironment();
  const venv = temporaryFolder();
  await timeCommand([pythonOf('cpython-3.13'), '-m', 'venv', venv]);
  const pip = [path.join(venv, 'bin', 'python'), '-m', 'pip', 'install', '--no-binary', ':all:'];
  const seconds = await inTurns(
    quick ? 1 : 5,
    async () => {
      rmSync(made, {recursive: true, force: true});
      const cold = await run();
      return cold - (await run());
    },
    () => timeCommand([...pip, '--force-reinstall', PACKAGE], {env}),
  );
  return [
    {
      what: `a second environment, with ${PACKAGE}`,
      ...seconds,
      alternativeName: 'pip install of it',
      secondsAtMost: Number((seconds.alternative + BESIDE_SECONDS).toFixed(1)),
    },
  ];
}

/** The one that was used last. */
function newestEnvironment() {
  const folder = environmentsFolder(defaultCacheRoot());
  const [newest] = readdirSync(folder)
    .filter((name) => name.startsWith('packages-'))
    .map((name) => path.join(folder, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  return newest;
}
