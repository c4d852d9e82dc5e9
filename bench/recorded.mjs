// The valgrind commands that leakline starts: recorded from it, to be run again without it.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {timeCommand} from './measuring.mjs';
import {runLeakline, temporaryFolder} from './project.mjs';

const real = (process.env.PATH ?? '')
  .split(':')
  .map((folder) => path.join(folder, 'valgrind'))
  .find((file) => existsSync(file));

/** Writes down what it was started with, keeps its files and ends: nothing is run. */
const recorder = (valgrind, records) => `#!/bin/sh
[ "$1" = --version ] && exec ${valgrind} --version
record=${records}/$$
mkdir -p "$record"
cat /proc/$$/environ > "$record/environ"
printf '%s\\0' "$@" > "$record/arguments"
pwd -P > "$record/cwd"
cp -r .. "$record/job"
cp ../../*.supp "$record/" 2>/dev/null
exit 1
`;

/** Writes down when it was first started, and becomes valgrind. */
const stamper = (valgrind, stamp) => `#!/bin/sh
[ "$1" = --version ] || [ -e ${stamp} ] || date +%s%N > ${stamp}
exec ${valgrind} "$@"
`;

/** An environment in which `script` is what is called valgrind. */
function environmentWith(script) {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'bin'));
  const program = path.join(folder, 'bin', 'valgrind');
  writeFileSync(program, script);
  chmodSync(program, 0o755);
  // leakline looks for valgrind's own files beside the program.
  const library = path.join(path.dirname(path.dirname(realpathSync(real))), 'libexec');
  if (existsSync(library)) symlinkSync(library, path.join(folder, 'libexec'));
  return {...process.env, PATH: `${folder}/bin:${process.env.PATH}`};
}

export const stampingEnvironment = (stamp) => environmentWith(stamper(real, stamp));

/**
 * Records the commands of a run of leakline in which nothing passes, as valgrind is not there.
 *
 * @param {readonly string[]} args of `leakline run`
 * @returns {Promise<readonly Recorded[]>}
 * @typedef {{argv: readonly string[], env: Record<string, string>, cwd: string, restore: () => void, remove: () => void}} Recorded
 *   `restore` puts the files of the job where they were
 */
export async function recordCommands(project, args) {
  const records = temporaryFolder();
  const env = environmentWith(recorder(real, records));
  await runLeakline(project, ['--no-cache', '--update', 'none', ...args], {env, codes: [1, 2]});
  return readdirSync(records).map((name) => readRecord(path.join(records, name)));
}

function readRecord(record) {
  const texts = (name) => readFileSync(path.join(record, name), 'utf8').split('\0').slice(0, -1);
  const cwd = readFileSync(path.join(record, 'cwd'), 'utf8').trimEnd();
  const job = path.dirname(cwd);
  const workspace = path.dirname(job);
  return {
    argv: [real, ...texts('arguments')],
    env: Object.fromEntries(texts('environ').map((text) => text.split(/=(.*)/s).slice(0, 2))),
    cwd,
    restore: () => {
      rmSync(job, {recursive: true, force: true});
      cpSync(path.join(record, 'job'), job, {recursive: true});
      for (const name of readdirSync(record).filter((file) => file.endsWith('.supp'))) {
        copyFileSync(path.join(record, name), path.join(workspace, name));
      }
    },
    remove: () => rmSync(workspace, {recursive: true, force: true}),
  };
}

/** Runs one recorded command. @returns {Promise<number>} seconds */
export async function timeRecorded({argv, env, cwd, restore, remove}) {
  restore();
  try {
    return await timeCommand(argv, {env, cwd});
  } finally {
    remove();
  }
}

const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Runs recorded commands with `xargs -P`. @returns {Promise<number>} seconds */
export async function timeWithXargs(recorded, processes) {
  const folder = temporaryFolder();
  const scripts = recorded.map(({argv, env, cwd, restore}, index) => {
    restore();
    const variables = Object.entries(env).map(([name, value]) => quote(`${name}=${value}`));
    const command = ['exec env -i', ...variables, ...argv.map(quote)].join(' ');
    const script = path.join(folder, `${index}.sh`);
    writeFileSync(script, `cd ${quote(cwd)} && ${command} > /dev/null 2>&1 < /dev/null\n`);
    return script;
  });
  const list = path.join(folder, 'list');
  writeFileSync(list, scripts.join('\n'));
  try {
    return await timeCommand(['xargs', `-P${processes}`, '-n1', '-a', list, 'sh']);
  } finally {
    for (const {remove} of recorded) remove();
  }
}
