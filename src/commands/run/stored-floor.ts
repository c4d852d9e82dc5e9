import type {Frame, Stack} from '../../valgrind/types.js';
import type {FloorContent} from './floor.js';

type Packed<T> = Omit<T, 'stack'> & {readonly stack: readonly number[]};

/** A floor as its file has it: the frames once each, and the stacks of loss records as their numbers. */
interface StoredFloor {
  readonly frames: readonly Frame[];
  readonly atExit: readonly Packed<FloorContent['atExit'][number]>[];
  readonly errors: FloorContent['errors'];
}

/**
 * The text of a floor's file. Some thousand loss records of 40 frames each are made of a thousand
 * different frames, and to read all of them one by one would take longer than to judge a scenario.
 */
export function formatFloor({atExit, errors}: FloorContent): string {
  const numbers = new Map<string, number>();
  const frames: Frame[] = [];
  const numberOf = (frame: Frame): number => {
    const key = JSON.stringify(frame);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, frames.length);
    return frames.push(frame) - 1;
  };
  const packed = atExit.map((record) => ({...record, stack: record.stack.map(numberOf)}));
  const stored: StoredFloor = {frames, atExit: packed, errors};
  return JSON.stringify(stored);
}

/** The floor in the text of its file. Equal frames are one object. */
export function parseFloor(text: string): FloorContent {
  const {frames, atExit, errors} = JSON.parse(text) as StoredFloor;
  const unpack = (stack: readonly number[]): Stack => stack.flatMap((number) => frames[number] ?? []);
  return {atExit: atExit.map((record) => ({...record, stack: unpack(record.stack)})), errors};
}
