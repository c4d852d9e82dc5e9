import {expect, it} from 'vitest';
import {formatFloor, parseFloor} from '../../../../src/commands/run/stored-floor.js';
import {BLOCK, INTERPRETERS, LIST, memoryError, record} from '../../judge/make.js';

const floor = {
  atExit: [
    record({stack: LIST, kind: 'reachable', blocks: 2, bytes: 48}),
    record({stack: structuredClone(LIST)}),
    record({stack: INTERPRETERS, indirectBytes: 12, recordNumber: 7}),
    record({stack: []}),
    record({stack: [...BLOCK, ...BLOCK]}),
  ],
  errors: [{error: memoryError(), count: 3}],
};

it('a floor is read as it was written', () => {
  expect(parseFloor(formatFloor(floor))).toEqual(floor);
});

it('a frame is written once, and read as one object', () => {
  const text = formatFloor(floor);
  expect(text.split('"PyList_New"')).toHaveLength(2);
  const [first, second] = parseFloor(text).atExit;
  expect(first?.stack[0]).toBe(second?.stack[0]);
});

it.each(['', '{}', '[]', '{"atExit":[]'])('%j is no floor', (text) => {
  expect(() => parseFloor(text)).toThrow();
});
