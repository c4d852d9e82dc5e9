import {shellWord} from '../util/shell-word.js';
import {NAMES, ROOT, VALGRIND} from './layout.js';

/** What the script has to know of the build. */
export interface ScriptFacts {
  readonly build: string;
  /** The interpreter, relative to the export. */
  readonly python: string;
  /** What the build was compiled for, as a person reads it. */
  readonly machine: string;
}

/**
 * The script that runs an export's scenarios. It is for any POSIX shell with coreutils or busybox.
 *
 * The files of a job name the export's folder by a placeholder, which sed replaces: it has to be
 * free of characters that mean something to sed, the shell or JSON.
 */
export const runScript = ({build, python, machine}: ScriptFacts): string => `#!/bin/sh
# Runs leakline's scenarios on ${build} under this machine's valgrind, and packs what
# they leave into ${NAMES.results}.tar.gz for \`leakline report --import\`.
#
#   ./${NAMES.script}                  all scenarios
#   ./${NAMES.script} zlib/compress    the named ones
#   ./${NAMES.script} --list           their names
#
# VALGRIND=/path/to/valgrind takes another valgrind, TIMEOUT_FACTOR=5 gives each scenario five
# times the time it has on the machine that exported it.

fail() {
  echo "${NAMES.script}: $1" >&2
  [ -z "$2" ] || echo "  Next: $2" >&2
  exit 2
}

cd "$(dirname "$0")" || exit 2
if [ "$1" = --list ]; then
  cut -d ' ' -f 3- ${NAMES.list}
  exit 0
fi
for name in "$@"; do
  cut -d ' ' -f 3- ${NAMES.list} | grep -Fqx -e "$name" ||
    fail "there is no scenario $name in this export" "./${NAMES.script} --list"
done
root=$(pwd -P)
case $root in
  *[!A-Za-z0-9/._+-]*) fail "the name of the folder $root has other characters than letters, digits and /._+-" "move it, to /tmp for one" ;;
esac
valgrind=\${VALGRIND:-$(command -v valgrind)}
[ -n "$valgrind" ] || fail 'valgrind is not installed' 'apt-get install valgrind libc6-dbg'
version=$("$valgrind" --version) || fail "$valgrind does not start"
case $version in
  valgrind-*[!A-Za-z0-9.+-]* | [!v]*) fail "$valgrind says that it is $version" ;;
esac
python="$root/${python}"
"$python" -s -S -c pass ||
  fail "the interpreter does not start here: it was compiled for ${machine}, and this is $(uname -m)"
# Kept quiet unless it fails: to valgrind an interpreter with pymalloc makes many errors.
complaint=$("$valgrind" --command-line-only=yes -q "$python" -s -S -c pass 2>&1) ||
  fail "valgrind cannot run the interpreter: $complaint" 'apt-get install libc6-dbg, without which memcheck does not start'
# To compile the agent anew under valgrind would take each scenario a second.
"$python" -s -m compileall -q ${NAMES.agent} >/dev/null

# Valgrind gives up when it may open more descriptors than this.
descriptors=$(ulimit -n)
if [ "$descriptors" = unlimited ] || [ "$descriptors" -gt 1048576 ]; then ulimit -n 1048576; fi
trap 'exit 130' INT TERM
rm -rf ${NAMES.results} ${NAMES.results}.tar.gz
mkdir ${NAMES.results} || exit 2
cp ${NAMES.manifest} ${NAMES.results}/ || exit 2
printf 'root=%s\\nvalgrind=%s\\nmachine=%s\\n' "$root" "$version" "$(uname -m)" >${NAMES.results}/${NAMES.target}

# Succeeds when the scenario $1 is among the rest, or the rest is empty.
is_wanted() {
  id=$1
  shift
  [ $# -eq 0 ] && return 0
  for name in "$@"; do
    [ "$name" = "$id" ] && return 0
  done
  return 1
}

# Runs the job $1, which the user knows as $2, unless it has run.
run_job() {
  folder=${NAMES.results}/$1
  [ ! -d "$folder" ] || return 0
  mkdir -p "$folder/work"
  for file in ${NAMES.jobs}/"$1"/*; do
    sed "s|${ROOT}|$root|g;s|${VALGRIND}|$valgrind|g" "$file" >"$folder/\${file##*/}"
  done
  seconds=$(($(cat ${NAMES.jobs}/"$1"/${NAMES.seconds}) * \${TIMEOUT_FACTOR:-1}))
  limit=
  if command -v timeout >/dev/null; then limit="timeout -s KILL $seconds"; fi
  printf '%s ... ' "$2"
  started=$(date +%s)
  $limit sh "$folder/${NAMES.command}" </dev/null >"$folder/output.txt" 2>&1
  code=$?
  took=$(($(date +%s) - started))
  printf 'code=%s\\nseconds=%s\\nlimit=%s\\n' "$code" "$took" "$seconds" >"$folder/${NAMES.outcome}"
  echo "exit code $code, $took s"
  for file in "$folder"/*; do
    case \${file##*/} in
      *.xml | *.map | status.jsonl | output.txt | ${NAMES.outcome} | ${NAMES.pid}) ;;
      *) rm -rf "$file" ;;
    esac
  done
}

while read -r number floors id <&3; do
  is_wanted "$id" "$@" || continue
  for floor in $(echo "$floors" | tr ',-' '  '); do
    run_job "$floor" 'an empty scenario, for what the interpreter itself leaves'
  done
  run_job "$number" "$id"
done 3<${NAMES.list}

tar -cf - ${NAMES.results} | gzip >${NAMES.results}.tar.gz || exit 2
echo "Take $root/${NAMES.results}.tar.gz home: leakline report --import ${NAMES.results}.tar.gz"
`;

/** Starts a job: the shell becomes valgrind, so that its process id is valgrind's. */
export const commandScript = (
  folder: string,
  environment: Readonly<Record<string, string>>,
  argv: readonly string[],
): string => `echo $$ >${folder}/${NAMES.pid}
cd ${folder}/work || exit 127
exec env -i \\
${Object.entries(environment)
  .map(([name, value]) => `  ${shellWord(`${name}=${value}`)} \\\n`)
  .join('')}  ${argv.map(shellWord).join(' \\\n  ')}
`;
