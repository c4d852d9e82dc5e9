/** Where a scenario runs: a child of the fork server, or a process of its own. */
export type Isolation = 'fork' | 'process';

/** The settings of one project. All paths are absolute. */
export interface Config {
  /** Where leakline was started; messages name files relative to it. */
  readonly cwd: string;
  /** The folder of leakline.yaml, or `cwd` when there is none. */
  readonly root: string;
  /** The leakline.yaml that was read; undefined when there is none. */
  readonly file?: string;
  /** Folder of the scenarios; need not exist when leakline.yaml does not name it. */
  readonly scenarios: string;
  readonly baselines: string;
  /** Folder of the project's own build recipes. */
  readonly pythonBuild?: string;
  /** Names of the builds that scenarios run on when they name none themselves. */
  readonly builds: readonly string[];
  /** Builds named on the command line: nothing runs on any other. */
  readonly onlyBuilds?: readonly string[];
  /** Scenarios that run at the same time. */
  readonly jobs: number;
  /** Time limit of scenarios that set none, in milliseconds. */
  readonly timeoutMs: number;
  /** Isolation of scenarios that ask for none. */
  readonly isolation: Isolation;
  /** Isolation named on the command line: it wins over what scenarios ask for. */
  readonly onlyIsolation?: Isolation;
  /** Suppression files for every scenario. */
  readonly suppressions: readonly string[];
  /** Options added to every valgrind command line. */
  readonly valgrind: readonly string[];
  /** Variables of leakline's own environment that scenarios may see. */
  readonly passEnv: readonly string[];
  /** The folder of everything leakline may remake: results, builds, work. */
  readonly stateDirectory: string;
}

/** What the command line says about the same things; text is as it was typed. */
export interface ConfigFlags {
  /** `--config FILE` instead of the nearest leakline.yaml. */
  readonly config?: string;
  /** `--build NAME`, repeatable. */
  readonly builds?: readonly string[];
  readonly jobs?: string;
  readonly isolation?: string;
}
