import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {type BaselineStore, INTERPRETER, readBaseline} from '../../../src/judge/store.js';
import type {Change, ScenarioResult, Status} from '../../../src/judge/types.js';
import {acceptInterpreterLeaks, isUpdated, updateBaselines} from '../../../src/judge/update.js';
import {UPDATE_MODES} from '../../../src/judge/update-mode.js';
import {entry, leak, result} from './make.js';

const BUILD = 'cpython-3.13';

const change = {
  new: {verdict: 'new', now: leak()},
  grown: {verdict: 'grown', now: leak({blocks: 2}), before: entry()},
  shrunk: {verdict: 'shrunk', now: leak({blocks: 0.5}), before: entry()},
  fixed: {verdict: 'fixed', before: entry()},
  known: {verdict: 'known', now: leak(), before: entry()},
} as const satisfies Record<string, Change>;

describe('a baseline is written', () => {
  const rows: readonly (readonly [Status, readonly (keyof typeof change)[], readonly string[]])[] = [
    ['passed', [], ['all']],
    ['passed', ['known'], ['all']],
    ['regressed', ['new'], ['changed', 'all']],
    ['regressed', ['grown', 'known'], ['changed', 'all']],
    ['improved', ['shrunk'], ['changed', 'all']],
    ['improved', ['fixed'], ['changed', 'all']],
    ['unbaselined', ['new'], ['missing', 'changed', 'all']],
    ['unbaselined', [], ['missing', 'changed', 'all']],
    ['failed', ['new'], []],
    ['timed-out', ['new'], []],
    ['skipped', [], []],
  ];
  it.each(rows)('of a result that %s with %j by %j', (status, verdicts, modes) => {
    const judged = result({status, changes: verdicts.map((verdict) => change[verdict])});
    expect(UPDATE_MODES.filter((mode) => isUpdated(judged, mode))).toEqual(modes);
  });
});

describe('the baselines', () => {
  let root: string;
  let store: BaselineStore;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'leakline-update-'));
    store = {folder: path.join(root, 'baselines'), root, lock: path.join(root, 'lock')};
  });
  afterEach(() => rmSync(root, {recursive: true, force: true}));

  const stored = (scenario: string, build = BUILD) => {
    const baseline = readBaseline(store, scenario, build);
    return baseline.ok ? baseline.value?.entries : baseline.error;
  };
  const regressed = (scenario: string, over: Partial<ScenarioResult> = {}) =>
    result({scenario, status: 'regressed', changes: [change.new], ...over});

  it('of those that changed are written, the others left alone', async () => {
    const results = [regressed('a'), regressed('b', {status: 'failed'}), result({scenario: 'c'})];
    const done = await updateBaselines(store, results, 'changed');
    expect([...done.accepted]).toEqual([results[0]]);
    expect(done).toMatchObject({files: [`baselines/${BUILD}/a.yaml`], problems: []});
    expect([stored('a'), stored('b'), stored('c')]).toEqual([[entry()], undefined, undefined]);
  });

  it('that cannot be written stop no other', async () => {
    await updateBaselines(store, [regressed('x')], 'changed');
    writeFileSync(path.join(store.folder, BUILD, 'folder'), '');
    const results = [regressed('folder/a'), regressed('b')];
    const done = await updateBaselines(store, results, 'changed');
    expect([...done.accepted]).toEqual([results[1]]);
    expect(done.problems).toMatchObject([{file: `baselines/${BUILD}/folder/a.yaml`}]);
    expect(stored('b')).toEqual([entry()]);
  });

  it('stay as they are when nothing is to be written', async () => {
    expect(await updateBaselines(store, [regressed('a')], 'none')).toEqual({
      accepted: new Set(),
      files: [],
      problems: [],
    });
    expect(stored('a')).toBeUndefined();
  });

  it('accept a result again without writing its file', async () => {
    await updateBaselines(store, [regressed('a')], 'changed');
    const again = await updateBaselines(store, [regressed('a')], 'changed');
    expect(again.accepted.size).toBe(1);
    expect(again.files).toEqual([]);
  });

  it('are rewritten to the last digit by all, not by changed', async () => {
    await updateBaselines(store, [regressed('a')], 'changed');
    const moved: Change = {verdict: 'known', now: leak({blocks: 1.02}), before: entry()};
    const known = result({scenario: 'a', changes: [moved]});
    await updateBaselines(store, [known], 'changed');
    expect(stored('a')).toMatchObject([{blocks: 1}]);
    await updateBaselines(store, [known], 'all');
    expect(stored('a')).toMatchObject([{blocks: 1.02}]);
  });

  describe('of the builds', () => {
    const own = (id: string, interpreterId: string) =>
      leak({
        id,
        interpreterId,
        attribution: 'interpreter',
        frames: [
          {origin: 'interpreter', name: 'context_run'},
          {origin: 'python', name: 'body', file: 'a.yaml'},
        ],
      });
    const leaking = (scenario: string, ...leaks: readonly ReturnType<typeof leak>[]) =>
      regressed(scenario, {changes: leaks.map((now): Change => ({verdict: 'new', now}))});

    it("take the interpreter's new leaks, each once, and no extension's", async () => {
      const results = [
        leaking('a', own('111111111111', 'cccccccccccc'), leak()),
        leaking('b', own('222222222222', 'cccccccccccc'), own('333333333333', 'dddddddddddd')),
      ];
      expect(await acceptInterpreterLeaks(store, results)).toEqual({
        files: [`baselines/${BUILD}/${INTERPRETER}.yaml`],
        problems: [],
      });
      expect(stored(INTERPRETER)).toMatchObject([
        {id: 'cccccccccccc', stack: 'context_run'},
        {id: 'dddddddddddd', stack: 'context_run'},
      ]);
    });

    it('keep what they have, word for word', async () => {
      await acceptInterpreterLeaks(store, [leaking('a', own('111111111111', 'cccccccccccc'))]);
      const before = stored(INTERPRETER);
      const faster = {...own('111111111111', 'cccccccccccc'), blocks: 9};
      await acceptInterpreterLeaks(store, [leaking('a', faster, own('4', 'dddddddddddd'))]);
      expect(stored(INTERPRETER)).toEqual([...(before ?? []), expect.objectContaining({id: 'dddddddddddd'})]);
    });

    it('are kept apart, and take nothing of exit mode, nor what is known', async () => {
      await acceptInterpreterLeaks(store, [
        leaking('a', own('111111111111', 'cccccccccccc')),
        {...leaking('a', own('111111111111', 'dddddddddddd')), build: 'cpython-3.11'},
        {...leaking('e', own('111111111111', 'eeeeeeeeeeee')), mode: 'exit'},
        regressed('k', {changes: [{verdict: 'known', now: own('1', 'ffffffffffff'), before: entry()}]}),
      ]);
      expect(stored(INTERPRETER)).toMatchObject([{id: 'cccccccccccc'}]);
      expect(stored(INTERPRETER, 'cpython-3.11')).toMatchObject([{id: 'dddddddddddd'}]);
    });

    it('are not written when there is nothing to accept', async () => {
      expect(await acceptInterpreterLeaks(store, [leaking('a', leak())])).toEqual({files: [], problems: []});
      expect(stored(INTERPRETER)).toBeUndefined();
    });
  });
});
