import {captureOutput, runInForeground} from '../util/child.js';
import {unreachable} from '../util/unreachable.js';

/** How packages can be installed here. */
export type Installer =
  | {readonly type: 'apt'; readonly prefix: readonly string[]}
  /** apt is there, but nobody may use it without being asked for a password. */
  | {readonly type: 'apt-for-root'}
  | {readonly type: 'none'};

/** Finds out whether apt can be used: as root, or through a sudo that asks nothing. */
export async function findInstaller(
  hasCommand: (name: string) => boolean,
  uid: number = process.getuid?.() ?? -1,
): Promise<Installer> {
  if (!hasCommand('apt-get')) return {type: 'none'};
  if (uid === 0) return {type: 'apt', prefix: []};
  if (hasCommand('sudo') && (await captureOutput(['sudo', '-n', 'true'])) !== undefined) {
    return {type: 'apt', prefix: ['sudo', '-n']};
  }
  return {type: 'apt-for-root'};
}

/** What to type, or to install by other means, when leakline does not do it. */
export function installAdvice(installer: Installer, packages: readonly string[]): string {
  const names = packages.join(' ');
  switch (installer.type) {
    case 'apt':
      return 'leakline doctor --fix';
    case 'apt-for-root':
      return `sudo apt-get update && sudo apt-get install -y ${names}`;
    case 'none':
      return `install what Debian calls ${names} with this system's package manager`;
    default:
      return unreachable(installer);
  }
}

/** Installs `packages`, with apt's own output on the terminal; gives whether apt says that it did. */
export async function installPackages(
  installer: Extract<Installer, {readonly type: 'apt'}>,
  packages: readonly string[],
): Promise<boolean> {
  const apt = [...installer.prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q'];
  // One unreachable archive of several makes an update fail and may not matter: install tells.
  await runInForeground([...apt, 'update']);
  const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  return (await runInForeground([...apt, 'install', ...options, ...packages])) === 0;
}
