import type {Isolation} from '../config/types.js';
import type {LeakKind} from '../valgrind/types.js';

/** Python text of a scenario and where it stands in its YAML file, so that tracebacks can point there. */
export interface Section {
  readonly text: string;
  /** Line of the text's first line in the file, counted from 1. */
  readonly line: number;
  /** Columns by which the file indents the text. */
  readonly indent: number;
}

/** Something that is made or installed before a scenario runs. Paths are absolute. */
export type Requirement =
  /** One C or C++ file compiled as an extension module of the file's name. */
  | {readonly type: 'extension'; readonly path: string}
  /** One C or C++ file compiled as a program of the file's name, found through PATH. */
  | {readonly type: 'program'; readonly path: string}
  | PackageRequirement;

/** Something that pip installs. `name` is the package's, normalised (PEP 503). */
export type PackageRequirement =
  /** A PEP 508 requirement, built from source. */
  | {readonly type: 'package'; readonly name: string; readonly requirement: string}
  /** The folder of a Python project, built as it is now. */
  | {readonly type: 'project'; readonly path: string}
  /** A PEP 508 requirement, installed from a wheel. */
  | {readonly type: 'wheel'; readonly name: string; readonly requirement: string}
  /** A wheel file. */
  | {readonly type: 'wheel-file'; readonly name: string; readonly path: string};

/** Repeat the body and measure what each iteration leaves behind. */
export interface GrowthWork {
  readonly mode: 'growth';
  readonly setup?: Section;
  readonly body: Section;
  readonly teardown?: Section;
  /** Times the body runs before the first checkpoint. */
  readonly warmup: number;
  /** Times the body runs between two checkpoints. */
  readonly iterations: number;
  /** Intervals that are measured: one leak check more than this is made. */
  readonly checkpoints: number;
  /** Modules that the fork server imports. */
  readonly preload: readonly string[];
  readonly isolation: Isolation;
  /** Blocks per iteration that may be left behind, by kind; 0 where absent. */
  readonly tolerance: Readonly<Partial<Record<LeakKind, number>>>;
}

/** Run something once and measure what is left when it exits. */
export interface ExitWork {
  readonly mode: 'exit';
  readonly run:
    | {
        readonly type: 'code';
        readonly setup?: Section;
        readonly code: Section;
        readonly args: readonly string[];
      }
    | {
        readonly type: 'script';
        readonly setup?: Section;
        readonly path: string;
        readonly args: readonly string[];
      }
    | {
        readonly type: 'module';
        readonly setup?: Section;
        readonly name: string;
        readonly args: readonly string[];
      }
    /** Any program; no interpreter and no floor are involved. */
    | {readonly type: 'command'; readonly argv: readonly string[]};
}

/** One thing to judge: a scenario file, or one case of it. */
export interface Scenario {
  /** `zlib/compress`, or `zlib/compress@level-9` for a case: unique, and the name of its baseline. */
  readonly id: string;
  /** Absolute path of the YAML file. */
  readonly file: string;
  /** The file as messages name it. */
  readonly shownAs: string;
  readonly description?: string;
  readonly tags: readonly string[];
  /** Names of builds, and conditions on versions, that it runs on; undefined means those of the configuration. */
  readonly builds?: readonly string[];
  readonly requires: readonly Requirement[];
  readonly timeoutMs: number;
  /** Variables added to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Options added to valgrind's command line. */
  readonly valgrind: readonly string[];
  /** Absolute paths of suppression files. */
  readonly suppressions: readonly string[];
  /** Judge the processes that it starts too. */
  readonly traceChildren?: boolean;
  /** The case's variables, which the Python text sees as globals. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly work: GrowthWork | ExitWork;
}
