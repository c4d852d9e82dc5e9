import {readFileSync} from 'node:fs';
import {findInstaller, installAdvice, installPackages} from '../doctor/apt.js';
import {hasLoaderSymbols} from '../doctor/loader-symbols.js';
import {thisMachine} from '../doctor/machine.js';
import {type Answer, examine, missingPackages, NEEDS} from '../doctor/needs.js';
import {notes} from '../doctor/notes.js';
import {withDescriptorLimit} from '../run/descriptor-limit.js';
import {captureOutput} from '../util/child.js';

type Print = (line: string) => void;

export interface DoctorOptions {
  /** Install what is missing, where that needs no password. */
  readonly fix?: boolean;
  /** Print nothing as long as nothing is missing. */
  readonly quiet?: boolean;
}

/**
 * `leakline doctor`: what builds and runs need, and whether this machine has it.
 *
 * @returns 0 when nothing is missing (any more), else 2
 */
export async function doctor({fix = false, quiet = false}: DoctorOptions, print: Print): Promise<0 | 2> {
  const machine = thisMachine();
  const answers = askMachine();
  const missing = missingPackages(answers);
  if (!quiet || missing.length > 0) await report(answers, print);
  if (missing.length === 0) return 0;

  const installer = await findInstaller(machine.hasCommand);
  if (!fix || installer.type !== 'apt') {
    print(`Next: ${installAdvice(installer, missing)}`);
    return 2;
  }
  print(`Installing ${missing.join(' ')}`);
  const isInstalled = await installPackages(installer, missing);
  const left = missingPackages(askMachine());
  if (left.length === 0) {
    print('Nothing is missing any more');
    return 0;
  }
  print(`${isInstalled ? 'apt-get has run, but' : 'apt-get failed, and'} still missing: ${left.join(' ')}`);
  print(`Next: ${installAdvice({type: 'apt-for-root'}, left)}`);
  return 2;
}

function askMachine(): readonly Answer[] {
  const symbols: Answer = {
    what: "symbols of the C library's loader",
    isThere: hasLoaderSymbols(),
    package: 'libc6-dbg',
    why: 'memcheck does not start without them',
  };
  return [...examine(NEEDS, thisMachine()), symbols];
}

async function report(answers: readonly Answer[], print: Print): Promise<void> {
  const valgrindVersion = await captureOutput(['valgrind', '--version']);
  const width = Math.max(...answers.map(({what}) => what.length));
  for (const {what, isThere, why, package: name} of answers) {
    const version = what === 'valgrind' ? valgrindVersion?.trim() : undefined;
    const remark = isThere ? (version ?? why) : `${why} (Debian package ${name})`;
    print(`${isThere ? 'ok     ' : 'missing'}  ${what.padEnd(width)}  ${remark}`);
  }
  const lines = notes({
    valgrindVersion,
    cpuInfo: readCpuInfo(),
    // It puts a shell before the command exactly when it has to lower the limit.
    isDescriptorLimitLowered: withDescriptorLimit([]).length > 0,
  });
  for (const line of lines) print(`note     ${line}`);
}

function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
