import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {findEvent, readStatus} from '../../../src/run/status.js';
import {tailOf} from '../../../src/run/tail.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'leakline-run-'));
  file = path.join(folder, 'file');
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

describe('a status file', () => {
  const started = {
    event: 'started',
    pid: 1,
    version: '3.13.5',
    allocator: 'malloc',
    gil: true,
    valgrind: true,
  };
  const complete = {event: 'complete'};
  const lines = (...events: readonly object[]) =>
    events.map((event) => `${JSON.stringify(event)}\n`).join('');

  it('is read line by line', () => {
    writeFileSync(file, lines(started, complete));
    expect(readStatus(file)).toEqual([started, complete]);
  });

  it('of a killed process ends with its last whole line, wherever it was cut', () => {
    const text = lines(started, complete);
    const ends = [JSON.stringify(started).length, text.length - 1];
    for (let length = 0; length <= text.length; length++) {
      writeFileSync(file, text.slice(0, length));
      const whole = [started, complete].filter((_, index) => length >= (ends[index] ?? 0));
      expect(readStatus(file), `cut after ${length}`).toEqual(whole);
    }
  });

  it('that is not there holds nothing, and neither does a folder', () => {
    expect(readStatus(file)).toEqual([]);
    expect(readStatus(folder)).toEqual([]);
  });

  it.each(['null', '5', '"started"', '[]', '{}', '{"event":5}', 'no JSON', '\u0000'])(
    'passes over the line %s',
    (line) => {
      writeFileSync(file, `${line}\n${lines(complete)}`);
      expect(readStatus(file)).toEqual([complete]);
    },
  );

  it('gives the first event of a type', () => {
    writeFileSync(file, lines(started, {...started, pid: 2}));
    expect(findEvent(readStatus(file), 'started')).toEqual(started);
    expect(findEvent(readStatus(file), 'complete')).toBeUndefined();
  });
});

describe('the tail of a file', () => {
  it.each([
    ['', ''],
    ['one', 'one'],
    ['one\n', 'one'],
    ['one\ntwo\nthree\n', 'two\nthree'],
    ['\n\n\n', ''],
    ['one\r\ntwo\r\n', 'one\r\ntwo'],
  ])('of %j is %j', (text, tail) => {
    writeFileSync(file, text);
    expect(tailOf(file, 2)).toBe(tail);
  });

  it('is nothing where there is no file', () => {
    expect(tailOf(path.join(folder, 'none'))).toBe('');
    mkdirSync(file);
    expect(tailOf(file)).toBe('');
  });

  it('of a huge file is read without the rest', () => {
    writeFileSync(file, `${'x'.repeat(80)}\n`.repeat(200_000));
    expect(tailOf(file, 1000).length).toBeLessThanOrEqual(16_384);
    expect(tailOf(file).split('\n')).toHaveLength(20);
  });

  it('of one long line is its end', () => {
    writeFileSync(file, `${'x'.repeat(100_000)}the end`);
    const tail = tailOf(file);
    expect(tail).toHaveLength(16_384);
    expect(tail.endsWith('the end')).toBe(true);
  });

  it('of bytes that are no text is text', () => {
    writeFileSync(file, Buffer.from([0xff, 0xfe, 0x00, 0x41, 0x0a, 0xc3]));
    expect(tailOf(file)).toContain('A\n');
  });

  it('begins with a whole character', () => {
    writeFileSync(file, 'ä'.repeat(20_000));
    expect(tailOf(file, 20, 1001)).toBe('ä'.repeat(500));
  });
});
