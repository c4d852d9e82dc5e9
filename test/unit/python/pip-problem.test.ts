import {describe, expect, it} from 'vitest';
import {pipProblem} from '../../../src/python/pip-problem.js';

const problemOf = pipProblem('installation of spam on cpython-3.13', '/logs/pip.log');

describe('pipProblem', () => {
  it("names the compiler's first error, shows the end, leaves out what says nothing", () => {
    const output = [
      'Collecting spam',
      '      src/spam.c: In function ‘f’:',
      '      src/spam.c:6:21: error: too few arguments',
      '      src/spam.c:7:1: error: another',
      '      [end of output]',
      '  ',
      '  note: This error originates from a subprocess, and is likely not a problem with pip.',
      '  ERROR: Failed building wheel for spam',
    ].join('\n');
    const {message, detail, next} = problemOf(output);
    expect(message).toBe(
      'The installation of spam on cpython-3.13 failed: src/spam.c:6:21: error: too few arguments',
    );
    expect(detail).toMatch(/^Collecting spam[\s\S]*Failed building wheel for spam$/);
    expect(detail).not.toContain('originates from a subprocess');
    expect(next).toBe('the whole output is in /logs/pip.log');
  });

  it.each([
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError()': /simple/spam/",
    'WARNING: The repository located at example.org is not a trusted or secure host and is being ignored.',
  ])('does not blame the package where no index answers: %s', (warning) => {
    const none = 'Could not find a version that satisfies the requirement spam==1.0 (from versions: none)';
    const {message, next} = problemOf(
      [warning, none, 'No matching distribution found for spam==1.0'].join('\n'),
    );
    expect(message).toBe('The installation of spam on cpython-3.13 failed: no package index answered');
    expect(next).toMatch(/^look at the network and at pip's settings/);
  });

  it('blames the package where the index answered after a retry', () => {
    const retried =
      "WARNING: Retrying (Retry(total=4)) after connection broken by 'ReadTimeoutError()': /simple/";
    const {message, next} = problemOf(
      `${retried}\nNo matching distribution found for spam==1.0 (from versions: 0.9)`,
    );
    expect(message).toBe('The installation of spam on cpython-3.13 failed');
    expect(next).toMatch(/write \{wheel: spam==1\.0\}/);
  });

  it('shows 30 lines of a long output, cut to a width', () => {
    const lines = Array.from({length: 100}, (_, index) => `line ${index} ${'x'.repeat(300)}`);
    const shown = problemOf(lines.join('\n')).detail?.split('\n') ?? [];
    expect(shown).toHaveLength(30);
    expect(shown.at(-1)).toMatch(/^line 99 x+…$/);
    expect(shown.at(-1)?.length).toBeLessThan(200);
  });

  it.each([
    ['ERROR: No matching distribution found for spam==1.0', /write \{wheel: spam==1\.0\}/],
    ['fatal error: zlib.h: No such file or directory', /-dev package that holds zlib\.h/],
    ['  Cargo, the Rust package manager, is not installed or is not on PATH.', /Rust compiler is missing/],
  ])('advises on %j', (output, expected) => {
    expect(problemOf(output).next).toMatch(expected);
  });
});
