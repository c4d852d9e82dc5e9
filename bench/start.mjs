// How soon leakline answers, and how soon it comes to its work.
import {spawn} from 'node:child_process';
import {existsSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {smallScenarios} from './growth.mjs';
import {inTurns, median, timeCommand} from './measuring.mjs';
import {leaklineArgv, makeProject, runLeakline, temporaryFolder} from './project.mjs';
import {stampingEnvironment} from './recorded.mjs';

/** `leakline --version`. */
export async function version({quick}) {
  const seconds = await inTurns(
    quick ? 5 : 21,
    () => timeCommand(leaklineArgv('--version')),
    () => timeCommand([process.execPath, '-e', '0']),
  );
  return [{what: 'leakline --version', ...seconds, alternativeName: 'node -e 0', secondsAtMost: 0.15}];
}

/** From the start of `leakline run` to the start of its first valgrind. */
export async function firstValgrind({quick}) {
  const project = makeProject(smallScenarios(20));
  // Makes the build, if need be.
  await runLeakline(project);
  const stamp = path.join(temporaryFolder(), 'stamp');
  const env = stampingEnvironment(stamp);
  const seconds = [];
  for (let turn = 0; turn < (quick ? 3 : 11); turn++) seconds.push(await timeToStamp(project, env, stamp));
  return [{what: 'leakline run: first valgrind after', leakline: median(seconds), secondsAtMost: 0.5}];
}

async function timeToStamp(project, env, stamp) {
  rmSync(stamp, {force: true});
  const [file, ...args] = leaklineArgv('run', '--no-cache');
  const start = Date.now();
  const child = spawn(file, args, {cwd: project, env, stdio: 'ignore'});
  const ended = new Promise((resolve) => child.on('exit', resolve));
  while (child.exitCode === null && !(existsSync(stamp) && readFileSync(stamp, 'utf8').endsWith('\n'))) {
    await wait(5);
  }
  child.kill('SIGINT');
  await ended;
  return Number(readFileSync(stamp, 'utf8')) / 1e9 - start / 1000;
}
