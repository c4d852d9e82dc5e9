import {closeSync, fstatSync, openSync, readSync} from 'node:fs';

/**
 * The last lines of a file of any size.
 *
 * @param lines how many at most
 * @returns '' when there is no such file
 */
export function tailOf(file: string, lines = 20, bytes = 16_384): string {
  let end: Buffer;
  try {
    end = endOf(file, bytes);
  } catch {
    return '';
  }
  return end.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

/** @throws NodeJS.ErrnoException when it cannot be read */
function endOf(file: string, bytes: number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const {size} = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, bytes));
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    // What a cut left of a character in UTF-8: bytes that begin with the bits 10.
    const start = size > bytes ? buffer.findIndex((byte) => (byte & 0xc0) !== 0x80) : 0;
    return buffer.subarray(Math.max(0, start));
  } finally {
    closeSync(descriptor);
  }
}
