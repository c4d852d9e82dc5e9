import type {Reporter} from '../events.js';
import type {Output, ReportIo} from '../io.js';
import {harmlessCopy} from '../text/harmless.js';
import {annotationLines} from './annotations.js';
import {stepSummary} from './step-summary.js';

/**
 * For GitHub Actions: annotations on standard output, beside the terminal's report, and a step
 * summary where the runner asks for one (`summary` is the file GITHUB_STEP_SUMMARY names).
 */
export function githubReporter(output: Output, {cwd, env}: ReportIo, summary: Output | undefined): Reporter {
  return {
    onEvent: (event) => {
      if (event.type !== 'run-finished') return;
      const run = harmlessCopy(event.summary);
      const lines = annotationLines(run, {cwd, root: env.GITHUB_WORKSPACE});
      if (lines.length > 0) output.write(`${lines.join('\n')}\n`);
      summary?.write(stepSummary(run));
    },
    close: () => {
      output.close();
      summary?.close();
    },
  };
}
