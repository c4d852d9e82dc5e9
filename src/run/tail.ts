import {closeSync, fstatSync, openSync, readSync} from 'node:fs';

/**
 * The last lines of a file of any size.
 *
 * @param lines how many at most
 * @returns '' when the file does not exist
 */
export function tailOf(file: string, lines = 20, bytes = 16_384): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return '';
  }
  try {
    const {size} = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, bytes));
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } finally {
    closeSync(descriptor);
  }
}
