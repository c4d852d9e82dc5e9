import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';

export interface FakeSource {
  /** Shell text that `make` runs. */
  readonly compile?: string;
  /** What the interpreter answers to sys.getallocatedblocks(). */
  readonly allocatedBlocks?: number;
  /** A file that gets one more line each time the source is configured. */
  readonly counter?: string;
}

/**
 * Writes into `folder` what passes for a CPython source: it is configured, made and installed
 * like one, in no time, and its interpreter answers leakline's questions. So the tests can break
 * off, starve and repeat builds as they like.
 */
export function writeFakeSource(folder: string, source: FakeSource = {}): void {
  const {compile = 'true', allocatedBlocks = 0, counter = '/dev/null'} = source;
  const answers = JSON.stringify({
    ...{version: [3, 13, 5], includes: ['/include'], extensionSuffix: '.so', missing: []},
    ...{spacing: 32, objectSize: 16, allocatedBlocks, gil: true},
  });
  const write = (name: string, text: string) => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), {recursive: true});
    writeFileSync(file, text);
  };
  write(
    'configure',
    `#!/bin/sh\necho configured >> ${counter}\nsed "s|@prefix@|\${1#--prefix=}|" Makefile.in > Makefile\n`,
  );
  chmodSync(path.join(folder, 'configure'), 0o755);
  write('Makefile.in', MAKEFILE);
  write('compile.sh', `${compile}\n`);
  write('python.in', `#!/bin/sh\necho 'leakline ${answers}'\n`);
  write('Misc/valgrind-python.supp', '{\n   a rule\n   Memcheck:Cond\n   fun:f\n}\n');
  write('Objects/object.c', 'int object;\n');
}

const MAKEFILE = `prefix = @prefix@
all:
\tsh compile.sh
\ttouch Objects/object.o
install:
\tmkdir -p $(prefix)/bin $(prefix)/lib/python3.13
\tcp python.in $(prefix)/bin/python3.13
\tchmod 755 $(prefix)/bin/python3.13
\tln -s python3.13 $(prefix)/bin/python3
\ttouch $(prefix)/lib/libpython3.13.a
`;
