import {describe, expect, it} from 'vitest';
import type {Output} from '../../../src/report/io.js';
import {jsonReport, jsonReporter, jsonText} from '../../../src/report/json.js';
import {leak, results, summary} from './made.js';

describe('jsonReport', () => {
  it('holds all results with all changes, whatever order they ended in', () => {
    const report = jsonReport(summary({results: results.toReversed()}));
    expect(report.results.map(({scenario}) => scenario)).toEqual([
      'exit/first-time',
      'parse/broken',
      'parse/error-path',
      'parse/grown',
      'parse/later',
      'parse/mended',
      'parse/slow',
      'parse/table',
      'smoke',
    ]);
    expect(report.results.flatMap(({changes}) => changes)).toHaveLength(
      results.flatMap(({changes}) => changes).length,
    );
    expect(report.counts).toEqual({
      passed: 2,
      skipped: 1,
      improved: 1,
      unbaselined: 1,
      'timed-out': 1,
      failed: 1,
      regressed: 2,
    });
    expect(report.suppressions[0]).toEqual({name: 'interned-strings', count: 1200});
  });
});

/** The same value with the keys of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, reversed(item)] as const)
      .toReversed(),
  );
}

describe('jsonText', () => {
  it('is the same for the same run, however its objects were made', () => {
    const report = jsonReport(summary());
    expect(jsonText(reversed(report) as typeof report)).toBe(jsonText(report));
  });

  it('starts with what says how to read it', () => {
    const lines = jsonText(jsonReport(summary())).split('\n');
    expect(lines.slice(0, 6)).toEqual([
      '{',
      '  "schemaVersion": 1,',
      '  "leaklineVersion": "0.1.0",',
      '  "valgrindVersion": "3.19.0",',
      '  "startedAt": "2026-02-03T01:02:03.000Z",',
      '  "jobs": 2,',
    ]);
    expect(lines.at(-1)).toBe('');
  });

  it('loses nothing, and gives strings as they were', () => {
    const report = jsonReport(summary());
    expect(JSON.parse(jsonText(report))).toEqual(JSON.parse(JSON.stringify(report)));
    const values = ['\u001b[2J\u0000'];
    const hostile = leak({objects: [{type: 'str', count: 1, values}]});
    const first = results[0];
    if (first === undefined) throw new Error('no result');
    const text = jsonText(
      jsonReport(summary({results: [{...first, changes: [{verdict: 'new', now: hostile}]}]})),
    );
    expect(JSON.parse(text).results[0].changes[0].now.objects[0].values).toEqual(values);
  });
});

it('writes once, at the end', () => {
  const written: string[] = [];
  const output: Output = {file: 'a', write: (text) => void written.push(text), close: () => {}};
  const reporter = jsonReporter(output);
  reporter.onEvent?.({type: 'notice', message: 'x'});
  expect(written).toEqual([]);
  reporter.onEvent?.({type: 'run-finished', summary: summary()});
  expect(written).toEqual([jsonText(jsonReport(summary()))]);
});
