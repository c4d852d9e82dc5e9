import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';

const CLI = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));

/**
 * Makes the build that the end-to-end tests run on, unless it is there already, and names its
 * interpreter to those that drive the probe without leakline.
 */
export function setup(): void {
  execFileSync(process.execPath, [CLI, 'python', 'build', 'cpython-3.13'], {stdio: 'inherit'});
  process.env.LEAKLINE_TEST_PYTHON ??= execFileSync(
    process.execPath,
    [CLI, 'python', 'path', 'cpython-3.13'],
    {
      encoding: 'utf8',
    },
  ).trim();
}
