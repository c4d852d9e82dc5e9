import type {Problem} from '../util/problem.js';
import type {PythonBuild} from './manifest.js';

/** The steps of a build, in their order. */
export type BuildStep = 'source' | 'unpack' | 'configure' | 'compile' | 'install' | 'check' | 'prune';

/** What happens while a build or an environment is made. `build` is the build's name everywhere. */
export type BuildEvent =
  | {readonly type: 'build-started'; readonly build: string; readonly fingerprint: string}
  /** Another process is making the same thing; this one waits for it. */
  | {readonly type: 'build-waiting'; readonly build: string; readonly what: string}
  /** A place that did not have the archive; the next one is tried. */
  | {readonly type: 'source-missing'; readonly build: string; readonly place: string; readonly why: string}
  /** At most some per second; `totalBytes` is absent when the server does not say. */
  | {
      readonly type: 'download-progress';
      readonly build: string;
      readonly place: string;
      readonly receivedBytes: number;
      readonly totalBytes?: number;
    }
  | {readonly type: 'build-step'; readonly build: string; readonly step: BuildStep; readonly log?: string}
  | {readonly type: 'build-warning'; readonly build: string; readonly problem: Problem}
  | {readonly type: 'build-finished'; readonly build: PythonBuild; readonly durationMs: number}
  | {readonly type: 'build-failed'; readonly build: string; readonly problem: Problem}
  /** Packages, a C or C++ source of an environment, or the probe: being compiled. */
  | {readonly type: 'native-started'; readonly build: string; readonly source: string}
  | {readonly type: 'native-failed'; readonly build: string; readonly source: string}
  | {
      readonly type: 'native-finished';
      readonly build: string;
      readonly source: string;
      readonly durationMs: number;
    };

export type OnBuildEvent = (event: BuildEvent) => void;
