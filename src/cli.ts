#!/usr/bin/env node
import {Command, Option} from 'commander';
import type {RunOptions} from './commands/run.js';
import type {ConfigFlags} from './config/types.js';
import {UPDATE_MODES, type UpdateMode} from './judge/update-mode.js';
import {defined} from './util/defined.js';
import {packageVersion} from './util/package-root.js';

/** What commander gives of the options below, as far as they were typed. */
interface Flags {
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
  readonly cache?: boolean;
  readonly failFast?: boolean;
  readonly list?: boolean;
  readonly leak?: string;
  readonly out?: string;
  readonly shrink?: boolean;
  readonly gdb?: boolean;
  readonly all?: boolean;
  readonly interpreter?: boolean;
  readonly fix?: boolean;
  readonly quiet?: boolean;
  readonly unused?: boolean;
  readonly mode?: 'growth' | 'exit';
  readonly import?: string;
}

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interruption.abort());
}

const print = (line: string) => console.log(line);
const cwd = process.cwd();

/** Repeatable. */
const each = (value: string, before: readonly string[] = []) => [...before, value];
/** Repeatable, and several with commas between them. */
const list = (value: string, before: readonly string[] = []) => [
  ...before,
  ...value.split(',').filter(Boolean),
];

const configFlags = ({config, build, jobs, isolation}: Flags): ConfigFlags =>
  defined({config, builds: build, jobs, isolation});

const selectionOf = (paths: readonly string[], {grep, tag, shard}: Flags) =>
  defined({paths, grep, tags: tag, shard});

/** Runs a command and keeps its exit code for when everything is written. */
const ends =
  <A extends readonly unknown[]>(command: (...args: A) => Promise<number>) =>
  async (...args: A) => {
    process.exitCode = await command(...args);
  };

const program = new Command('leakline')
  .description('Finds memory regressions of Python extensions with valgrind.')
  .version(packageVersion)
  .showHelpAfterError('(--help tells more)')
  .configureHelp({showGlobalOptions: true})
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

/** A command that reads leakline.yaml. */
const projectCommand = (parent: Command, name: string, description: string) =>
  parent
    .command(name)
    .description(description)
    .option('--config <file>', 'instead of the nearest leakline.yaml');

const buildOption = () =>
  new Option('--build <names>', 'builds, comma-separated or repeated').argParser(list);

const selecting = (command: Command) =>
  command
    .option('--grep <pattern>', 'only scenarios whose id or description fits the regular expression')
    .option('--tag <tag>', 'only scenarios with this tag; !tag for those without; repeatable', each)
    .option('--shard <i/n>', 'only the i-th of n parts');

selecting(
  projectCommand(program, 'run', 'run scenarios under valgrind and compare them with their baselines'),
)
  .argument('[paths...]', 'scenarios, folders of them, or patterns (default: all)')
  .addOption(buildOption())
  .option('--jobs <n>', 'scenarios at a time (default: as many as processors)')
  .option('--last-failed', 'only what failed in the last run')
  .addOption(
    new Option(
      '--update <mode>',
      'baselines to write (default: missing on a terminal, none elsewhere)',
    ).choices(UPDATE_MODES),
  )
  .option('--reporter <name[=file]>', 'terminal, json, junit or github; repeatable', each)
  .addOption(new Option('--isolation <where>', 'where all growth scenarios run').choices(['fork', 'process']))
  .option('--no-cache', 'run also what passed before and did not change')
  .option('--fail-fast', 'stop at the first failure')
  .option('--list', 'only say what would run')
  .action(
    ends(async (paths: readonly string[], flags: Flags) => {
      const [{run}, {processIo}] = await Promise.all([import('./commands/run.js'), import('./report/io.js')]);
      const options: RunOptions = {
        cwd,
        flags: configFlags(flags),
        selection: selectionOf(paths, flags),
        lastFailed: flags.lastFailed ?? false,
        reporters: flags.reporter ?? [],
        cache: flags.cache ?? true,
        failFast: flags.failFast ?? false,
        list: flags.list ?? false,
        ...defined({update: flags.update}),
      };
      return run(options, processIo(), interruption.signal);
    }),
  );

projectCommand(program, 'repro', 'run one scenario alone and show all that valgrind can say of its leaks')
  .argument('<scenario>')
  .addOption(buildOption())
  .option('--leak <id>', 'only this leak: its id, or the beginning of it')
  .option('--out <folder>', 'write a folder that reproduces it without leakline')
  .option('--shrink', 'reduce the body to the statements that still leak')
  .option('--gdb', 'stop in gdb where the leaked block is allocated')
  .action(
    ends(async (scenario: string, flags: Flags) => {
      const [{repro}, {processIo}] = await Promise.all([
        import('./commands/repro.js'),
        import('./report/io.js'),
      ]);
      const options = {
        cwd,
        flags: configFlags(flags),
        scenario,
        shrink: flags.shrink ?? false,
        gdb: flags.gdb ?? false,
        ...defined({leak: flags.leak, out: flags.out}),
      };
      return repro(options, processIo(), interruption.signal);
    }),
  );

const baseline = program.command('baseline').description('compare or update baselines from the last run');

projectCommand(baseline, 'diff', 'what an update would change; exit code 1 when there is something')
  .argument('[paths...]')
  .action(
    ends(async (paths: readonly string[], flags: Flags) => {
      const {baselineDiff} = await import('./commands/baseline.js');
      return baselineDiff({cwd, flags: configFlags(flags), paths}, print);
    }),
  );

projectCommand(baseline, 'update', 'accept what the last run found')
  .argument('[paths...]')
  .option('--all', 'rewrite every baseline to the last digit, not only where something changed')
  .option('--interpreter', "accept the interpreter's own leaks, for all scenarios of their build")
  .action(
    ends(async (paths: readonly string[], flags: Flags) => {
      const {baselineUpdate} = await import('./commands/baseline.js');
      const mode = flags.all ? 'all' : 'changed';
      const interpreter = flags.interpreter ?? false;
      return baselineUpdate({cwd, flags: configFlags(flags), paths, mode, interpreter}, print);
    }),
  );

projectCommand(baseline, 'prune', 'remove the baselines of scenarios that are gone').action(
  ends(async (flags: Flags) => {
    const {baselinePrune} = await import('./commands/baseline.js');
    return baselinePrune({cwd, flags: configFlags(flags), paths: []}, print);
  }),
);

const scenario = program.command('scenario').description('write, list and check scenarios');

projectCommand(scenario, 'new', 'write a commented scenario that runs as it stands')
  .argument('<name>', 'parse/error-path')
  .addOption(new Option('--mode <mode>').choices(['growth', 'exit']))
  .action(
    ends(async (name: string, flags: Flags) => {
      const {scenarioNew} = await import('./commands/scenario.js');
      return scenarioNew({cwd, flags: configFlags(flags), name, ...defined({mode: flags.mode})}, print);
    }),
  );

selecting(projectCommand(scenario, 'list', 'the scenarios, one a line'))
  .argument('[paths...]')
  .action(
    ends(async (paths: readonly string[], flags: Flags) => {
      const {scenarioList} = await import('./commands/scenario.js');
      return scenarioList({cwd, flags: configFlags(flags), ...selectionOf(paths, flags)}, print);
    }),
  );

projectCommand(scenario, 'validate', 'check scenario files without running them')
  .argument('[paths...]')
  .action(
    ends(async (paths: readonly string[], flags: Flags) => {
      const {scenarioValidate} = await import('./commands/scenario.js');
      return scenarioValidate({cwd, flags: configFlags(flags), paths}, print);
    }),
  );

scenario
  .command('schema')
  .description('the JSON Schema of scenario files, for editors')
  .action(
    ends(async () => {
      const {scenarioSchemaText} = await import('./commands/scenario.js');
      return scenarioSchemaText(print);
    }),
  );

const python = program.command('python').description('the builds of CPython');

projectCommand(python, 'list', 'every build that can be made, and what is in the cache').action(
  ends(async (flags: Flags) => {
    const {pythonList} = await import('./commands/python.js');
    return pythonList({cwd, flags: configFlags(flags)}, print);
  }),
);

projectCommand(python, 'build', 'make builds before they are needed')
  .argument('[names...]', 'default: those of leakline.yaml')
  .option('--jobs <n>', 'processes of make (default: as many as processors)')
  .action(
    ends(async (names: readonly string[], flags: Flags) => {
      const [{pythonBuild}, {processIo}, {openReporters}] = await Promise.all([
        import('./commands/python.js'),
        import('./report/io.js'),
        import('./report/registry.js'),
      ]);
      const reporters = openReporters(['terminal'], processIo());
      const onEvent = reporters.ok ? reporters.value.onEvent : () => {};
      const options = {
        cwd,
        flags: configFlags(flags),
        names,
        ...defined({jobs: Number(flags.jobs) || undefined}),
      };
      const exitCode = await pythonBuild(options, interruption.signal, onEvent, print);
      if (reporters.ok) await reporters.value.close();
      return exitCode;
    }),
  );

projectCommand(python, 'path', "a build's interpreter, for scripts")
  .argument('<name>')
  .action(
    ends(async (name: string, flags: Flags) => {
      const {pythonPath} = await import('./commands/python.js');
      return pythonPath({cwd, flags: configFlags(flags), name}, print);
    }),
  );

projectCommand(python, 'export', 'pack a build with its scenarios, to be run on another machine')
  .argument('<name>')
  .argument('[paths...]', 'scenarios, folders of them, or patterns (default: all)')
  .option('--out <file>', 'the archive to write (default: NAME.tar.gz)')
  .action(
    ends(async (name: string, paths: readonly string[], flags: Flags) => {
      const [{pythonExport}, {processIo}, {openReporters}] = await Promise.all([
        import('./commands/python-export.js'),
        import('./report/io.js'),
        import('./report/registry.js'),
      ]);
      const reporters = openReporters(['terminal'], processIo());
      const onEvent = reporters.ok ? reporters.value.onEvent : () => {};
      const options = {cwd, flags: configFlags(flags), name, paths, ...defined({out: flags.out})};
      const exitCode = await pythonExport(options, interruption.signal, onEvent, print);
      if (reporters.ok) await reporters.value.close();
      return exitCode;
    }),
  );

projectCommand(python, 'remove', 'remove builds from the cache')
  .argument('[names...]')
  .option('--unused', 'those that no recipe of this project leads to any more')
  .action(
    ends(async (names: readonly string[], flags: Flags) => {
      const {pythonRemove, pythonRemoveUnused} = await import('./commands/python-remove.js');
      if (flags.unused) return pythonRemoveUnused({cwd, flags: configFlags(flags)}, print);
      if (names.length > 0) return pythonRemove(names, print);
      print('Name the builds to remove, or say --unused');
      return 2;
    }),
  );

projectCommand(program, 'report', 'render the last run again, or results of another machine')
  .option('--reporter <name[=file]>', 'terminal, json, junit or github; repeatable', each)
  .option('--import <file>', 'judge what an export left on another machine; exit code as of a run')
  .action(
    ends(async (flags: Flags) => {
      const {processIo} = await import('./report/io.js');
      if (flags.import !== undefined) {
        const {reportImported} = await import('./commands/import.js');
        const options = {cwd, flags: configFlags(flags)};
        return reportImported(options, flags.import, flags.reporter ?? [], processIo(), interruption.signal);
      }
      const {reportLastRun} = await import('./commands/report.js');
      return reportLastRun({cwd, flags: configFlags(flags)}, flags.reporter ?? [], processIo());
    }),
  );

program
  .command('init')
  .description("write the first files of a project in an extension's repository")
  .action(
    ends(async () => {
      const {init} = await import('./commands/init.js');
      return init({cwd}, print);
    }),
  );

program
  .command('doctor')
  .description('say what this machine lacks')
  .option('--fix', 'install it, where that needs no password')
  .option('--quiet', 'say nothing when nothing is missing')
  .action(
    ends(async (flags: Flags) => {
      const {doctor} = await import('./commands/doctor.js');
      return doctor(defined({fix: flags.fix, quiet: flags.quiet}), print);
    }),
  );

await program.parseAsync();
