import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {openResults} from '../../../src/export/results.js';
import {job} from '../run/make.js';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'leakline-results-'));
  folder = path.join(root, 'unpacked');
  mkdirSync(folder);
});
afterEach(() => rmSync(root, {recursive: true}));

const MANIFEST = {
  format: 1,
  leakline: '0.1.0',
  build: 'board',
  fingerprint: 'abc',
  profile: 'malloc',
  version: [3, 13, 5],
  host: 'arm-linux-gnueabihf',
  jobs: [{number: '0001', scenario: 'a', file: 'a.yaml', identity: 'x', iterations: 100, timeoutMs: 1000}],
};

const XML = '<?xml version="1.0"?>\n<valgrindoutput><protocolversion>4</protocolversion></valgrindoutput>\n';

/** The files of an archive that is as it should be. */
const GOOD: Readonly<Record<string, string>> = {
  'export.json': JSON.stringify(MANIFEST),
  'target.txt': 'root=/tmp/leakline-board\nvalgrind=valgrind-3.19.0\nmachine=armv7l\n',
  '0001/outcome.txt': 'code=0\nseconds=12\nlimit=3000\n',
  '0001/pid': '77\n',
  '0001/77.xml': XML,
  '0001/output.txt': 'hello\n',
  '0001/status.jsonl': '{"event":"started","allocator":"malloc","gil":true}\n{"event":"complete"}\n',
};

/** Packs results with these changes, an undefined file left out, and gives the archive. */
function archive(
  changes: Readonly<Record<string, string | undefined>> = {},
  extra: readonly string[] = [],
): string {
  const made = path.join(root, 'made');
  for (const [name, text] of Object.entries({...GOOD, ...changes})) {
    if (text === undefined) continue;
    const file = path.join(made, 'results', name);
    mkdirSync(path.dirname(file), {recursive: true});
    writeFileSync(file, text);
  }
  const file = path.join(root, 'results.tar.gz');
  execFileSync('tar', ['-czf', file, '-C', made, 'results', ...extra], {stdio: 'ignore'});
  return file;
}

const open = (file: string) => openResults(file, 'results.tar.gz', {folder});

/** The observation of the only job. */
async function observe(changes: Readonly<Record<string, string | undefined>>) {
  const opened = await open(archive(changes));
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value.observationOf('0001', job());
}

describe('results', () => {
  it('say where they were made, and what each job left', async () => {
    const opened = await open(archive());
    expect(opened).toMatchObject({
      ok: true,
      value: {root: '/tmp/leakline-board', valgrind: 'valgrind-3.19.0', manifest: {build: 'board'}},
    });
    expect(await observe({})).toMatchObject({
      ok: true,
      value: {
        outcome: {reason: 'exited', code: 0},
        durationMs: 12_000,
        isolation: 'process',
        completed: true,
        allocator: 'malloc',
        output: 'hello',
      },
    });
  });

  it('hold nothing of a job that was not run', async () => {
    const opened = await open(archive());
    expect(opened.ok && opened.value.observationOf('0002', job())).toBeUndefined();
  });

  it.each<[string, string, object]>([
    ['a crash', 'code=139\nseconds=1\nlimit=9\n', {reason: 'signalled', signal: 'SIGSEGV'}],
    ['a time-out', 'code=137\nseconds=9\nlimit=9\n', {reason: 'timed-out', timeoutMs: 9000}],
    ['SIGKILL', 'code=137\nseconds=2\nlimit=9\n', {reason: 'signalled', signal: 'SIGKILL'}],
  ])('tell of %s', async (_, outcome, expected) => {
    // Its XML ends early.
    const observed = await observe({'0001/outcome.txt': outcome, '0001/77.xml': XML.slice(0, 60)});
    expect(observed).toMatchObject({ok: true, value: {outcome: expected}});
  });

  it('without their XML are no measurement', async () => {
    expect(await observe({'0001/77.xml': undefined})).toMatchObject({
      ok: true,
      value: {xmlProblem: 'results.tar.gz:results/0001/77.xml is not there'},
    });
  });

  it.each<[string, Readonly<Record<string, string | undefined>>, object]>([
    ['no outcome', {'0001/outcome.txt': undefined}, {file: 'results.tar.gz:results/0001/outcome.txt'}],
    ['half an outcome', {'0001/outcome.txt': 'code=\n'}, {message: 'does not say how the scenario ended'}],
    [
      'an event that is none',
      {
        '0001/status.jsonl':
          '{"event":"started","allocator":"malloc","gil":true}\n{"event":"exception","traceback":7}\n',
      },
      {line: 2, message: "is no event of leakline's agent"},
    ],
  ])('with %s are told with their place', async (_, changes, error) => {
    expect(await observe(changes)).toMatchObject({ok: false, error});
  });
});

describe('an archive', () => {
  const refused = async (file: string) => {
    const opened = await open(file);
    return opened.ok ? '' : [opened.error.message, opened.error.next].join(' ');
  };

  it('that is not there is said so', async () => {
    expect(await refused(path.join(root, 'none.tar.gz'))).toContain('does not exist');
  });

  it('that was cut off is to be brought over again', async () => {
    const file = archive();
    truncateSync(file, 200);
    expect(await refused(file)).toMatch(/no whole archive bring results.tar.gz over once more/);
  });

  it('that is none is refused', async () => {
    const file = path.join(root, 'text.tar.gz');
    writeFileSync(file, 'hello\n');
    expect(await refused(file)).toContain('no whole archive');
  });

  it.each([
    [
      'another format',
      {'export.json': JSON.stringify({...MANIFEST, format: 9})},
      /in format 9; this one reads format 1/,
    ],
    [
      'another content',
      {'export.json': JSON.stringify({...MANIFEST, build: 7})},
      /not as an export writes it/,
    ],
    ['no manifest', {'export.json': undefined}, /does not come from an export/],
    ['a manifest that is no JSON', {'export.json': '{'}, /does not come from an export/],
    ['no machine', {'target.txt': undefined}, /does not say on what machine/],
    ['a relative root', {'target.txt': 'root=x\nvalgrind=valgrind-3.19.0\n'}, /does not say on what machine/],
    ['a foreign file', {'0001/.bashrc': 'x'}, /holds "results\/0001\/.bashrc", which no run.sh puts there/],
    ['a foreign folder', {'0001/deep/er.xml': 'x'}, /holds "results\/0001\/deep\/"/],
  ])('with %s is refused', async (_, changes, message) => {
    expect(await refused(archive(changes))).toMatch(message);
  });

  it('that would write elsewhere is refused before anything is unpacked', async () => {
    writeFileSync(path.join(root, 'evil'), 'x');
    const file = archive({}, ['-P', '--transform=s,.*evil,results/../../evil,', path.join(root, 'evil')]);
    expect(await refused(file)).toMatch(/holds "results\/..\/..\/evil"/);
  });

  it('whose files are links is refused: they would show files of this machine', async () => {
    mkdirSync(path.join(root, 'made', 'results', '0001'), {recursive: true});
    symlinkSync('/etc/passwd', path.join(root, 'made', 'results', '0001', 'output.txt'));
    expect(await refused(archive({'0001/output.txt': undefined}))).toMatch(/"output.txt", which is neither/);
  });
});
