// What `npm start` and `npm test` do first: makes a fresh clone ready, and takes next to no time
// when it is. Nothing may be installed yet, so this uses nothing but Node itself.
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {compile, isCompiled} from './compile.mjs';

const self = fileURLToPath(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const inRoot = (...parts) => path.join(root, ...parts);

/** Given to the second self that {@link prepareAlone} starts. */
const PREPARE = '--prepare';

/** Ends with exit code 2, leakline's code for what the environment lacks. */
function stop(message) {
  console.error(message);
  process.exit(2);
}

function requireNode() {
  const {engines} = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const [major, minor] = engines.node.match(/\d+/g).map(Number);
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  stop(
    `leakline needs Node ${major}.${minor} or later, and this is ${process.versions.node}.\n` +
      'Next: install a current Node LTS release.',
  );
}

/** npm writes node_modules/.package-lock.json last; an older one belongs to another package-lock.json. */
function isInstalled() {
  const installed = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  return statSync(installed).mtimeMs >= statSync(inRoot('package-lock.json')).mtimeMs;
}

function install() {
  if (isInstalled()) return;
  console.error('Installing the dependencies (npm ci)');
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {cwd: root, stdio: ['ignore', 2, 2]});
  if (done.error) stop(`npm could not be started: ${done.error.message}`);
  if (done.status !== 0) stop('npm ci failed, see above. Next: mend that, then try again.');
}

function prepare() {
  install();
  if (!compile()) stop('The sources do not compile, see above.');
}

/**
 * Runs {@link prepare} while no other bootstrap does: they would take node_modules from under each
 * other. The lock is flock(1)'s on package.json, which ends with its holder.
 */
function prepareAlone() {
  const [flock, ...args] = ['flock', inRoot('package.json'), process.execPath, self, PREPARE];
  const done = spawnSync(flock, args, {stdio: 'inherit'});
  if (done.error) prepare();
  else if (done.status !== 0) process.exit(done.status ?? 2);
}

requireNode();
if (process.argv.includes(PREPARE)) {
  prepare();
} else {
  if (!isInstalled() || !isCompiled()) prepareAlone();
  const {doctor} = await import('../dist/commands/doctor.js');
  process.exitCode = await doctor({fix: true, quiet: true}, (line) => console.error(line));
}
