import {describe, expect, it} from 'vitest';
import {entryOf, updateBaseline} from '../../../src/judge/baseline.js';
import type {Baseline, BaselineEntry, Change} from '../../../src/judge/types.js';
import {entry, error, interpreter, leak, resource} from './make.js';

describe('what is stored', () => {
  it('of a leak in growth mode is a rounded rate and a line of its frames', () => {
    expect(entryOf(leak({blocks: 1 / 7, bytes: 24 / 7}), 'growth')).toEqual({
      type: 'leak',
      id: 'aaaaaaaaaaaa',
      kind: 'definite',
      blocks: 0.143,
      bytes: 3.429,
      stack: 'leaky_list (leaky)',
    });
  });

  it('in exit mode is exact', () => {
    expect(entryOf(leak({blocks: 12_345, bytes: 987_654}), 'exit')).toMatchObject({
      blocks: 12_345,
      bytes: 987_654,
    });
    expect(entryOf(interpreter({blocks: 12_345, bytes: 7}), 'exit')).toEqual({
      type: 'interpreter',
      id: 'total',
      kind: 'definite',
      blocks: 12_345,
      bytes: 7,
    });
  });

  it('of errors and resources is a count', () => {
    expect(entryOf(error(), 'growth')).toEqual({
      type: 'error',
      id: 'eeeeeeeeeeee',
      kind: 'InvalidRead',
      count: 3,
      stack: 'leaky_list (leaky)',
    });
    expect(entryOf(resource({count: 1 / 3, details: ['/tmp/x']}), 'growth')).toEqual({
      type: 'resource',
      id: 'descriptors',
      count: 0.333,
    });
  });
});

describe('an update', () => {
  const stored = (...entries: readonly BaselineEntry[]): Baseline => ({mode: 'growth', entries});
  const noted = entry({note: 'ours', issue: '#1'});

  const update = (changes: readonly Change[], old: Baseline | undefined, rewriteKnown = false) =>
    updateBaseline('growth', changes, old, rewriteKnown).entries;

  it('adds what is new and takes away what is fixed', () => {
    const fixed = entry({id: 'ffffffffffff'});
    expect(
      update(
        [
          {verdict: 'new', now: leak()},
          {verdict: 'fixed', before: fixed},
        ],
        stored(fixed),
      ),
    ).toEqual([entry()]);
  });

  it.each(['grown', 'shrunk'] as const)('keeps the words of what has %s', (verdict) => {
    const changes: readonly Change[] = [{verdict, now: leak({blocks: 2}), before: noted}];
    expect(update(changes, stored(noted))).toEqual([entry({blocks: 2, note: 'ours', issue: '#1'})]);
  });

  it('leaves what is known as it is, to the letter', () => {
    const changes: readonly Change[] = [
      {verdict: 'known', now: leak({blocks: 1.01, bytes: 60}), before: noted},
    ];
    expect(update(changes, stored(noted))).toEqual([noted]);
  });

  it('writes what is known anew when all is to be rewritten, with its words', () => {
    const changes: readonly Change[] = [
      {verdict: 'known', now: leak({blocks: 1.01, kind: 'possible'}), before: noted},
    ];
    expect(update(changes, stored(noted), true)).toEqual([
      entry({blocks: 1.01, kind: 'possible', note: 'ours', issue: '#1'}),
    ]);
  });

  it('takes words that were written since the run', () => {
    const changes: readonly Change[] = [
      {verdict: 'known', now: leak(), before: entry()},
      {verdict: 'grown', now: leak({id: 'bbbbbbbbbbbb', blocks: 2}), before: entry({id: 'bbbbbbbbbbbb'})},
    ];
    const newer = stored(noted, entry({id: 'bbbbbbbbbbbb', note: 'seen'}));
    expect(update(changes, newer)).toEqual([noted, entry({id: 'bbbbbbbbbbbb', blocks: 2, note: 'seen'})]);
  });

  it('keeps entries that were written since the run: they were not compared', () => {
    const since = entry({id: 'dddddddddddd', note: 'by a colleague'});
    expect(update([{verdict: 'new', now: leak()}], stored(since))).toEqual([entry(), since]);
  });

  it('does not take words from an entry of another type with that id', () => {
    const other = entry({type: 'error', id: 'aaaaaaaaaaaa', count: 1, note: 'not mine'});
    const changes: readonly Change[] = [
      {verdict: 'new', now: leak()},
      {verdict: 'known', now: error({id: 'aaaaaaaaaaaa'}), before: other},
    ];
    expect(update(changes, stored(other))).toContainEqual(entry());
  });

  it("does not repeat what the build's own baseline knows", () => {
    const ofBuild = entry({id: 'cccccccccccc'});
    const changes: readonly Change[] = [
      {
        verdict: 'known',
        now: leak({interpreterId: 'cccccccccccc', attribution: 'interpreter'}),
        before: ofBuild,
      },
    ];
    expect(update(changes, stored(), true)).toEqual([]);
    expect(update(changes, undefined)).toEqual([]);
  });

  it('begins anew when the scenario is measured in another mode now', () => {
    const atExit: Baseline = {mode: 'exit', entries: [entry({id: 'dddddddddddd', blocks: 500})]};
    expect(updateBaseline('growth', [{verdict: 'new', now: leak()}], atExit, false)).toEqual({
      mode: 'growth',
      entries: [entry()],
    });
  });

  it('is sorted by type, then by id', () => {
    const changes: readonly Change[] = [
      {verdict: 'new', now: resource()},
      {verdict: 'new', now: leak({id: 'bbbbbbbbbbbb'})},
      {verdict: 'new', now: error()},
      {verdict: 'new', now: leak()},
    ];
    expect(update(changes, undefined).map(({id}) => id)).toEqual([
      'eeeeeeeeeeee',
      'aaaaaaaaaaaa',
      'bbbbbbbbbbbb',
      'descriptors',
    ]);
  });
});
