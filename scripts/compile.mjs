// Compiles src/ into dist/, with the probe's C and Python files beside the compiled modules, and
// does nothing when dist/ is what the sources make. Two at once do no harm: each compiles into a
// folder of its own, which takes the place of dist/ when it is complete.
import {spawnSync} from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = path.join(root, 'dist');

/** Holds {@link stateOfSources} of the sources that dist/ was made of. */
const stamp = path.join(dist, '.stamp');

/** The names, sizes and times of everything that dist/ is made of. */
function stateOfSources() {
  const sources = readdirSync(path.join(root, 'src'), {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
  return ['tsconfig.json', 'package-lock.json', 'scripts/compile.mjs', ...sources.sort()]
    .map((file) => {
      const {size, mtimeMs} = statSync(path.join(root, file));
      return `${file} ${size} ${mtimeMs}\n`;
    })
    .join('');
}

/** Whether dist/ is what the sources make. */
export function isCompiled() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === stateOfSources();
}

/** Brings dist/ up to date. Gives false when the compiler complains; dist/ is then as it was. */
export function compile() {
  if (isCompiled()) return true;
  const state = stateOfSources();
  const target = mkdtempSync(path.join(root, 'node_modules', '.leakline-dist-'));
  try {
    if (!runCompiler(target)) return false;
    copyProbe(target);
    chmodSync(target, 0o755);
    chmodSync(path.join(target, 'cli.js'), 0o755);
    writeFileSync(path.join(target, '.stamp'), state);
    exchange(target);
    return true;
  } finally {
    rmSync(target, {recursive: true, force: true});
  }
}

function runCompiler(target) {
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const argv = [tsc, '--project', root, '--outDir', target];
  return spawnSync(process.execPath, argv, {stdio: 'inherit'}).status === 0;
}

function copyProbe(target) {
  const isPart = (file) => statSync(file).isDirectory() || /\.(c|h|py)$/.test(file);
  cpSync(path.join(root, 'src', 'probe'), path.join(target, 'probe'), {
    recursive: true,
    filter: (file) => path.basename(file) !== '__pycache__' && isPart(file),
  });
}

/** Puts `target` in the place of dist/, also when another process does the same at this moment. */
function exchange(target) {
  const old = `${target}.old`;
  for (let attempt = 1; ; attempt++) {
    try {
      rmSync(old, {recursive: true, force: true});
      if (existsSync(dist)) renameSync(dist, old);
      renameSync(target, dist);
      break;
    } catch (error) {
      if (attempt === 10) throw error;
    }
  }
  rmSync(old, {recursive: true, force: true});
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = compile() ? 0 : 2;
