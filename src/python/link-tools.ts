import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';

/** Takes the folder of these tools out of PATH, wherever pip's build environments left it there. */
const WITHOUT_TOOLS = `#!/bin/sh
set -f
others=
IFS=:
for folder in $PATH; do
    [ "$folder" = "\${0%/*}" ] || others=$others:$folder
done
unset IFS
PATH=\${others#:}
`;

/** A linker that is told to strip, and does not. */
const LINKER = `${WITHOUT_TOOLS}
for argument; do
    shift
    case $argument in
        -s|-S|--strip-all|--strip-debug) ;;
        *) set -- "$@" "$argument" ;;
    esac
done
exec "\${0##*/}" "$@"
`;

/** A strip that leaves files as they are; one that writes to another file is the real one's work. */
const STRIP = `${WITHOUT_TOOLS}
case " $* " in
    *" -o "*) exec strip "$@" ;;
esac
`;

const LINKERS = ['ld', 'ld.bfd', 'ld.gold', 'ld.lld'];

/**
 * Writes tools to `folder` that keep debug information where a project's own build drops it, for
 * the sake of small wheels (ujson since 5.2, for one). A compiler finds them through COMPILER_PATH
 * (GCC manual, "Environment Variables"; clang too), others through PATH.
 *
 * @throws NodeJS.ErrnoException when they cannot be written
 */
export function writeLinkTools(folder: string): void {
  mkdirSync(folder, {recursive: true});
  for (const [name, text] of [
    ...LINKERS.map((linker) => [linker, LINKER] as const),
    ['strip', STRIP] as const,
  ]) {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  }
}
