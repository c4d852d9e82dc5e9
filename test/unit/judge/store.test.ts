import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {printBaseline} from '../../../src/judge/baseline-text.js';
import {
  type BaselineStore,
  baselineFile,
  INTERPRETER,
  listBaselines,
  readBaseline,
  updateStoredBaseline,
} from '../../../src/judge/store.js';
import type {Baseline, BaselineEntry} from '../../../src/judge/types.js';
import {entry} from './make.js';

const BUILD = 'cpython-3.13';
const ID = 'leaky/list';

let root: string;
let store: BaselineStore;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'leakline-store-'));
  store = {folder: path.join(root, 'baselines'), root, lock: path.join(root, '.leakline', 'baselines.lock')};
});
afterEach(() => rmSync(root, {recursive: true, force: true}));

const fileOf = (scenario = ID) => path.join(store.folder, BUILD, `${scenario}.yaml`);

function put(text: string, scenario = ID): void {
  mkdirSync(path.dirname(fileOf(scenario)), {recursive: true});
  writeFileSync(fileOf(scenario), text);
}

const growth = (...entries: readonly BaselineEntry[]): Baseline => ({mode: 'growth', entries});
const update = (make: (stored: Baseline | undefined) => Baseline, scenario = ID) =>
  updateStoredBaseline(store, scenario, BUILD, make);
const adding = (id: string) => (stored: Baseline | undefined) =>
  growth(...(stored?.entries ?? []), entry({id}));
const read = (scenario = ID) => readBaseline(store, scenario, BUILD);
const idsOf = (scenario = ID) => {
  const baseline = read(scenario);
  return baseline.ok ? baseline.value?.entries.map(({id}) => id) : baseline.error;
};

describe('reading', () => {
  it('finds nothing where there is nothing', () => {
    expect(read()).toEqual({ok: true, value: undefined});
  });

  it('gives what was stored', async () => {
    await update(() => growth(entry({note: 'ours'})));
    expect(read()).toEqual({ok: true, value: growth(entry({note: 'ours'}))});
  });

  it.each([
    ['a conflict', '<<<<<<< ours\n'],
    ['another format', 'mode: growth\nleaks: 5\n'],
  ])('tells of %s, by the name that a user would type', (_, text) => {
    put(text);
    expect(read()).toMatchObject({ok: false, error: [{file: `baselines/${BUILD}/leaky/list.yaml`}]});
  });

  it('tells of a folder in its place', () => {
    mkdirSync(fileOf(), {recursive: true});
    expect(read()).toMatchObject({ok: false, error: [{message: expect.stringContaining('cannot be read')}]});
  });
});

describe('writing', () => {
  it('makes the folders and names the file', async () => {
    expect(await update(() => growth(entry()))).toEqual({ok: true, value: baselineFile(store, ID, BUILD)});
    expect(readFileSync(fileOf(), 'utf8')).toBe(printBaseline(growth(entry()), ID, BUILD));
  });

  it('leaves nothing else behind', async () => {
    await update(() => growth(entry()));
    expect(readdirSync(path.dirname(fileOf()))).toEqual(['list.yaml']);
  });

  it('says that a file was up to date', async () => {
    await update(() => growth(entry()));
    expect(await update(() => growth(entry()))).toEqual({ok: true, value: undefined});
  });

  it('rewrites a file that says the same in another way', async () => {
    put(
      `mode: growth\nleaks: {aaaaaaaaaaaa: {stack: leaky_list (leaky), bytes: 56, blocks: 1, kind: definite}}\n`,
    );
    expect(await update((stored) => stored ?? growth())).toMatchObject({ok: true, value: expect.any(String)});
    expect(readFileSync(fileOf(), 'utf8')).toBe(printBaseline(growth(entry()), ID, BUILD));
  });

  it('removes a growth baseline of which nothing is left', async () => {
    await update(() => growth(entry()));
    expect(await update(() => growth())).toEqual({ok: true, value: baselineFile(store, ID, BUILD)});
    expect(read()).toEqual({ok: true, value: undefined});
    expect(await update(() => growth())).toEqual({ok: true, value: undefined});
  });

  it('keeps an exit baseline without entries: its absence would mean something else', async () => {
    const nothing: Baseline = {mode: 'exit', entries: []};
    expect(await update(() => nothing)).toMatchObject({ok: true, value: expect.any(String)});
    expect(read()).toEqual({ok: true, value: nothing});
  });

  it('does not touch a file that cannot be read', async () => {
    const text = '<<<<<<< ours\n';
    put(text);
    expect(await update(() => growth(entry()))).toMatchObject({ok: false});
    expect(readFileSync(fileOf(), 'utf8')).toBe(text);
  });

  it('is a problem with a next step where the folder cannot be made', async () => {
    writeFileSync(store.folder, 'no folder');
    expect(await update(() => growth(entry()))).toMatchObject({
      ok: false,
      error: [{message: expect.stringContaining('cannot be'), file: expect.stringContaining('baselines')}],
    });
  });

  it('is a problem where the lock cannot be made', async () => {
    writeFileSync(path.join(root, '.leakline'), 'no folder');
    expect(await update(() => growth(entry()))).toMatchObject({
      ok: false,
      error: [{message: expect.stringContaining('cannot be written'), next: expect.any(String)}],
    });
  });

  it('keeps the old file when the new one cannot be written', async () => {
    // A file of this name can be made; one with a longer name beside it cannot.
    const long = `leaky/${'x'.repeat(245)}`;
    put(printBaseline(growth(entry()), long, BUILD), long);
    const before = readFileSync(fileOf(long), 'utf8');
    expect(await update(() => growth(entry({blocks: 2})), long)).toMatchObject({
      ok: false,
      error: [{message: expect.stringContaining('cannot be written')}],
    });
    expect(readFileSync(fileOf(long), 'utf8')).toBe(before);
  });
});

describe('updates at the same time', () => {
  const ids = Array.from({length: 20}, (_, index) => `${index}`.padStart(12, 'a'));

  it('lose nothing in one process', async () => {
    const results = await Promise.all(ids.map((id) => update(adding(id))));
    expect(results.every(({ok}) => ok)).toBe(true);
    expect(idsOf()).toEqual(ids.toSorted());
  });

  it('of different scenarios go through', async () => {
    await Promise.all(ids.map((id) => update(adding(id), `many/${id}`)));
    expect(listBaselines(store)).toHaveLength(ids.length);
  });

  /** A process that takes the lock, says so, and does `work` when it reads a line. */
  function holder(work: string) {
    const script = `
      const fs = require('node:fs');
      const {tryLock} = require(${JSON.stringify(createRequire(import.meta.url).resolve('fs-native-extensions'))});
      if (!tryLock(fs.openSync(${JSON.stringify(store.lock)}, 'a'))) process.exit(1);
      process.stdout.write('locked\\n');
      process.stdin.once('data', () => { ${work}; process.exit(0); });`;
    return spawn(process.execPath, ['-e', script], {stdio: ['pipe', 'pipe', 'inherit']});
  }

  it('wait for another process and see what it wrote', async () => {
    mkdirSync(path.dirname(store.lock));
    put(printBaseline(growth(), ID, BUILD));
    const theirs = printBaseline(growth(entry({id: 'bbbbbbbbbbbb'})), ID, BUILD);
    const other = holder(`fs.writeFileSync(${JSON.stringify(fileOf())}, ${JSON.stringify(theirs)})`);
    await once(other.stdout, 'data');
    let isDone = false;
    const ours = update(adding('aaaaaaaaaaaa')).then((result) => {
      isDone = true;
      return result;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isDone).toBe(false);
    other.stdin.write('go\n');
    expect(await ours).toMatchObject({ok: true});
    expect(idsOf()).toEqual(['aaaaaaaaaaaa', 'bbbbbbbbbbbb']);
  });

  it('go on when the process that held the lock is killed', async () => {
    mkdirSync(path.dirname(store.lock));
    const other = holder('');
    await once(other.stdout, 'data');
    const ours = update(adding('aaaaaaaaaaaa'));
    other.kill('SIGKILL');
    expect(await ours).toMatchObject({ok: true});
  });
});

describe('the list of baselines', () => {
  it('is empty without a folder', () => {
    expect(listBaselines(store)).toEqual([]);
  });

  it("has each scenario of each build, but not the builds' own, nor what is no baseline", async () => {
    await update(() => growth(entry()), 'zlib/compress@level-9');
    await update(() => growth(entry()));
    await update(() => growth(entry()), INTERPRETER);
    await updateStoredBaseline(store, ID, 'cpython-3.11', () => growth(entry()));
    writeFileSync(path.join(store.folder, 'README.md'), '');
    writeFileSync(path.join(store.folder, BUILD, 'notes.txt'), '');
    symlinkSync('/nowhere', path.join(store.folder, 'broken-link'));
    expect(listBaselines(store)).toEqual([
      {scenario: 'leaky/list', build: 'cpython-3.11'},
      {scenario: 'leaky/list', build: 'cpython-3.13'},
      {scenario: 'zlib/compress@level-9', build: 'cpython-3.13'},
    ]);
  });
});

it('reads a baseline that git checked out with other line ends', async () => {
  await update(() => growth(entry()));
  put(readFileSync(fileOf(), 'utf8').replaceAll('\n', '\r\n'));
  expect(idsOf()).toEqual(['aaaaaaaaaaaa']);
});
