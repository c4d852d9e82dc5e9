import {execFileSync} from 'node:child_process';
import {describe, expect, it} from 'vitest';
import {commandScript, runScript} from '../../../src/export/script.js';

const FACTS = {build: 'board', python: 'prefix/bin/python3.13', machine: 'arm-linux-gnueabihf'};

describe('run.sh', () => {
  it('is what a POSIX shell can read', () => {
    execFileSync('sh', ['-n'], {input: runScript(FACTS)});
  });

  it('names the interpreter and what it was compiled for', () => {
    const text = runScript(FACTS);
    expect(text).toContain('python="$root/prefix/bin/python3.13"');
    expect(text).toContain('it was compiled for arm-linux-gnueabihf');
  });
});

it("a job's script hands its words on as they are", () => {
  const script = commandScript('/r', {A: "it's $HOME"}, ['printf', '%s', '`x`']);
  expect(script).toContain("  'A=it'\\''s $HOME' \\\n");
  expect(script.endsWith("  printf \\\n  %s \\\n  '`x`'\n")).toBe(true);
  execFileSync('sh', ['-n'], {input: script});
});
