#!/usr/bin/env node
import {Command, Option} from 'commander';
import {run} from './commands/run.js';
import type {ConfigFlags} from './config/types.js';
import {UPDATE_MODES, type UpdateMode} from './judge/update.js';
import {processIo} from './report/io.js';
import {REPORTER_NAMES} from './report/registry.js';
import {defined} from './util/defined.js';
import {packageVersion} from './util/package-root.js';

const collect = (value: string, previous: readonly string[] = []) => [...previous, value];
const list = (value: string, previous: readonly string[] = []) => [
  ...previous,
  ...value.split(',').filter((part) => part !== ''),
];

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interruption.abort());
}

const program = new Command('leakline')
  .description('Finds memory regressions of Python extensions with valgrind.')
  .version(packageVersion)
  .showHelpAfterError('(leakline --help tells more)')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

interface RunFlags {
  readonly config?: string;
  readonly build?: readonly string[];
  readonly jobs?: string;
  readonly isolation?: string;
  readonly grep?: string;
  readonly tag?: readonly string[];
  readonly shard?: string;
  readonly lastFailed?: boolean;
  readonly update?: UpdateMode;
  readonly reporter?: readonly string[];
  readonly cache: boolean;
  readonly failFast?: boolean;
  readonly list?: boolean;
}

const configFlags = ({config, build, jobs, isolation}: RunFlags): ConfigFlags =>
  defined({config, builds: build, jobs, isolation});

program
  .command('run')
  .description('run scenarios under valgrind and compare them with their baselines')
  .argument('[paths...]', 'scenarios, folders of them, or patterns; all without any')
  .option('--build <names>', 'builds to run on, comma-separated or repeated', list)
  .option('--jobs <n>', 'scenarios at a time (default: processors)')
  .option('--grep <pattern>', 'only scenarios whose id or description fits')
  .option('--tag <tag>', 'only scenarios with this tag, !tag for those without; repeatable', collect)
  .option('--last-failed', 'only what failed in the last run')
  .option('--shard <i/n>', 'only the i-th of n parts')
  .addOption(new Option('--update <mode>', 'baselines to write').choices(UPDATE_MODES))
  .option('--reporter <name[=file]>', `${REPORTER_NAMES.join(', ')}; repeatable`, collect)
  .option('--isolation <where>', 'fork or process, for all growth scenarios')
  .option('--no-cache', 'run what passed unchanged before, too')
  .option('--fail-fast', 'stop at the first failure')
  .option('--list', 'only say what would run')
  .option('--config <file>', 'instead of the nearest leakline.yaml')
  .action(async (paths: readonly string[], flags: RunFlags) => {
    const options = {
      cwd: process.cwd(),
      flags: configFlags(flags),
      selection: defined({paths, grep: flags.grep, tags: flags.tag, shard: flags.shard}),
      lastFailed: flags.lastFailed ?? false,
      reporters: flags.reporter ?? [],
      cache: flags.cache,
      failFast: flags.failFast ?? false,
      list: flags.list ?? false,
      ...defined({update: flags.update}),
    };
    process.exitCode = await run(options, processIo(), interruption.signal);
  });

await program.parseAsync();
