import {copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {change, groupBySignature} from '../../../src/judge/group.js';
import {signatureText} from '../../../src/judge/signature.js';
import {collect} from '../../../src/run/collect.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/xml/${name}`, import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'leakline-collect-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const put = (name: string, text: string) => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};
const putStatus = (...events: readonly object[]) =>
  put('status.jsonl', events.map((event) => `${JSON.stringify(event)}\n`).join(''));

/** The recording with the marks that the probe writes. */
const growthXml = () =>
  readFileSync(fixture('python-growth.xml'), 'utf8').replace(
    /<text>checkpoint (\d)\s*<\/text>/g,
    '<text>leakline checkpoint $1 of 3\n  </text>',
  );
const perfMap = fixture('python-growth.map');

const counters = (descriptors: number) => ({
  leakedBytes: 0,
  leakedBlocks: 0,
  dubiousBytes: 0,
  dubiousBlocks: 0,
  reachableBytes: 0,
  reachableBlocks: 0,
  suppressedBytes: 0,
  suppressedBlocks: 0,
  descriptors,
  threads: 1,
  children: 0,
  mappings: 2,
  mappedBytes: 8192,
});
const started = {event: 'started', pid: 1, version: '3.13.5', allocator: 'malloc', gil: true, valgrind: true};

describe('what a growth scenario left', () => {
  const collected = () => collect({xml: put('x.xml', growthXml()), maps: [perfMap]});

  it('is put into the intervals between its marks', async () => {
    const {intervals, atExit, xmlProblem} = await collected();
    expect(intervals).toHaveLength(3);
    expect(intervals.every((records) => records.length > 0)).toBe(true);
    expect(atExit).toEqual([]);
    expect(xmlProblem).toBeUndefined();
  });

  it('has the same growth in each interval', async () => {
    const {intervals} = await collected();
    const place = {prefix: '/opt/python', scenarioFile: '/src/project/growth.py'};
    const growths = intervals.map((records) => {
      const groups = [...groupBySignature(records, place, change).values()];
      return Object.fromEntries(
        groups
          .filter(({blocks}) => blocks > 0)
          .map(({signature, blocks}) => [signatureText(signature.frames), blocks]),
      );
    });
    const leaks = Object.entries(growths[1] ?? {}).filter(([, blocks]) => blocks === 10);
    expect(leaks.map(([text]) => text).toSorted()).toEqual(
      Object.entries(growths[2] ?? {})
        .filter(([, blocks]) => blocks === 10)
        .map(([text]) => text)
        .toSorted(),
    );
    expect(leaks.length).toBeGreaterThan(0);
    expect(leaks[0]?.[0]).toContain('Loader.make_rows (growth.py)');
  });

  it('has Python frames where a map names them, and addresses where none does', async () => {
    const names = (frames: Awaited<ReturnType<typeof collected>>) =>
      frames.intervals.flat().flatMap(({stack}) => stack.filter(({language}) => language === 'python'));
    expect(names(await collected()).map((frame) => frame.function)).toContain('Loader.make_rows');
    const without = await collect({xml: path.join(folder, 'x.xml'), maps: [path.join(folder, 'none.map')]});
    expect(names(without)).toEqual([]);
    expect(
      without.intervals
        .flat()
        .some(({stack}) => stack.some((frame) => frame.function === undefined && frame.object === undefined)),
    ).toBe(true);
  });

  it("takes the process's own map before its parent's", async () => {
    const own = put(
      'own.map',
      readFileSync(perfMap, 'utf8').replaceAll('Loader.make_rows', 'Child.make_rows'),
    );
    const {intervals} = await collect({xml: put('x.xml', growthXml()), maps: [own, perfMap]});
    const names = intervals.flat().flatMap(({stack}) => stack.map((frame) => frame.function));
    expect(names).toContain('Child.make_rows');
    expect(names).not.toContain('Loader.make_rows');
  });

  it('counts as far as it came when the process was killed', async () => {
    const text = growthXml();
    const cut = text.slice(0, text.indexOf('checkpoint 3 of 3'));
    const {intervals, xmlProblem} = await collect({xml: put('cut.xml', cut), maps: []});
    expect(intervals).toHaveLength(2);
    expect(xmlProblem).toBe('the text ends before </valgrindoutput>');
  });

  it('can be cut anywhere', async () => {
    const text = growthXml();
    for (let length = 0; length < text.length; length += 4999) {
      const {intervals, xmlProblem} = await collect({xml: put('cut.xml', text.slice(0, length)), maps: []});
      expect(xmlProblem).toBeTypeOf('string');
      expect(intervals.length).toBeLessThanOrEqual(3);
      expect(Object.keys(intervals)).toHaveLength(intervals.length);
    }
  });

  it('leaves out what a full check before the first checkpoint said', async () => {
    const text = growthXml().replace('leakline checkpoint 1 of 3', 'leakline checkpoint 0 of 3');
    const {intervals, atExit} = await collect({xml: put('x.xml', text), maps: []});
    expect(intervals.map((records) => records?.length ?? 0)[0] ?? 0).toBe(0);
    expect(atExit).toEqual([]);
  });

  it('has every interval though a mark is missing', async () => {
    const text = growthXml().replace('leakline checkpoint 2 of 3', 'something else');
    const {intervals} = await collect({xml: put('x.xml', text), maps: []});
    expect(Object.keys(intervals)).toHaveLength(3);
    expect(intervals[1]).toEqual([]);
  });

  it('does not take other messages for marks', async () => {
    const text = growthXml().replaceAll('leakline checkpoint', 'my leakline checkpoint');
    const {intervals, atExit} = await collect({xml: put('x.xml', text), maps: []});
    expect(intervals).toEqual([]);
    expect(atExit.length).toBeGreaterThan(0);
  });
});

describe('what is left at exit', () => {
  it('is every record, with the suppressions that were used', async () => {
    const {atExit, intervals, suppressions} = await collect({xml: fixture('leaks.xml'), maps: []});
    expect(intervals).toEqual([]);
    expect(new Set(atExit.map(({kind}) => kind))).toContain('definite');
    expect(suppressions).toEqual([expect.objectContaining({type: 'suppression', count: expect.any(Number)})]);
  });

  it('has errors with how often each came', async () => {
    const {errors} = await collect({xml: fixture('errors.xml'), maps: []});
    expect(errors.length).toBeGreaterThan(3);
    expect(new Set(errors.map(({error}) => error.kind))).toContain('InvalidRead');
    expect(errors.every(({count}) => count >= 1)).toBe(true);
  });

  it('has the signal that ended it', async () => {
    const {fatalSignal} = await collect({xml: fixture('fatal-signal.xml'), maps: []});
    expect(fatalSignal).toMatchObject({signal: 'SIGSEGV'});
    expect(fatalSignal?.stack.length).toBeGreaterThan(0);
  });

  it('has the errors that were whole when it was killed', async () => {
    const {errors, xmlProblem} = await collect({xml: fixture('killed.xml'), maps: []});
    expect(errors).toMatchObject([{count: 1}]);
    expect(xmlProblem).toBeTypeOf('string');
  });

  it('of a program has the descriptors that valgrind knows of', async () => {
    const {openDescriptors, resources} = await collect({xml: fixture('protocol5.xml'), maps: []});
    expect(openDescriptors.length).toBeGreaterThan(0);
    expect(resources.map(({descriptors}) => descriptors)).toEqual([0, openDescriptors.length]);
  });
});

describe('what the agent said', () => {
  const xml = fixture('leaks.xml');

  it('are the counters of each checkpoint, and the allocator', async () => {
    const rows = [3, 4].map((count, number) => ({event: 'checkpoint', number, counters: counters(count)}));
    const status = putStatus(started, ...rows, {event: 'complete'});
    expect(await collect({xml, status, maps: []})).toMatchObject({
      saidComplete: true,
      allocator: 'malloc',
      gil: true,
      resources: [
        {descriptors: 3, threads: 1, children: 0, mappings: 8192},
        {descriptors: 4, threads: 1, children: 0, mappings: 8192},
      ],
      openDescriptors: [],
    });
  });

  it('are the descriptors before and after, in exit mode', async () => {
    const status = putStatus(started, {
      event: 'complete',
      descriptors: {before: 3, after: 4, left: ['/tmp/x']},
    });
    expect(await collect({xml, status, maps: []})).toMatchObject({
      resources: [{descriptors: 3}, {descriptors: 4}],
      openDescriptors: ['/tmp/x'],
    });
  });

  it.each([
    [
      {message: 'no', line: 12},
      {message: 'ValueError: no', line: 12},
    ],
    [
      {message: '', line: 12},
      {message: 'ValueError', line: 12},
    ],
  ])('is an exception: %j', async (over, expected) => {
    const raised = {event: 'exception', section: 'body', type: 'ValueError', traceback: 'Traceback', ...over};
    const {exception, saidComplete} = await collect({xml, status: putStatus(started, raised), maps: []});
    expect(exception).toEqual({section: 'body', traceback: 'Traceback', ...expected});
    expect(saidComplete).toBe(false);
  });

  it('is an exception outside of the scenario', async () => {
    const raised = {event: 'exception', section: 'setup', type: 'E', message: 'm', line: null, traceback: ''};
    expect((await collect({xml, status: putStatus(raised), maps: []})).exception).not.toHaveProperty('line');
  });

  it('is what the leaked blocks are', async () => {
    const inspected = {
      event: 'inspected',
      record: 7,
      blocks: 12,
      types: [
        {type: 'list', count: 10, refcount: {min: 1, max: 1}, values: []},
        {type: 'str', count: 1, refcount: {min: 1, max: 3}, values: ["'a'"]},
        {type: 'dict keys', count: 1, refcount: null, values: []},
      ],
      raw: 3,
    };
    expect((await collect({xml, status: putStatus(inspected), maps: []})).inspected).toEqual([
      {
        recordNumber: 7,
        objects: [
          {type: 'list', count: 10, refcount: 1, values: []},
          {type: 'str', count: 1, values: ["'a'"]},
          {type: 'dict keys', count: 1, values: []},
          {count: 3, values: []},
        ],
      },
    ]);
  });

  it('is nothing when it was killed at its start', async () => {
    const {saidComplete, resources, ...rest} = await collect({
      xml,
      status: path.join(folder, 'none'),
      maps: [],
    });
    expect({saidComplete, resources}).toEqual({saidComplete: false, resources: []});
    expect(rest).not.toHaveProperty('allocator');
  });
});

it('says so when there is no XML', async () => {
  const {xmlProblem, atExit} = await collect({xml: path.join(folder, 'none.xml'), maps: []});
  expect(xmlProblem).toContain('cannot be read');
  expect(atExit).toEqual([]);
});

it('does not fail on what is no XML', async () => {
  copyFileSync('/bin/sh', path.join(folder, 'binary.xml'));
  expect((await collect({xml: path.join(folder, 'binary.xml'), maps: []})).xmlProblem).toBeTypeOf('string');
});
