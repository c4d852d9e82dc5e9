import {expect, it} from 'vitest';
import {parseLeakText} from '../../../../src/valgrind/xml/leak-text.js';

it.each([
  [
    '32 bytes in 1 blocks are still reachable in loss record 1 of 598',
    {bytes: 32, blocks: 1, recordNumber: 1},
  ],
  [
    '56 (+56) bytes in 1 (+1) blocks are definitely lost in loss record 3,005 of 3,748',
    {bytes: 56, blocks: 1, bytesChange: 56, blocksChange: 1, recordNumber: 3005},
  ],
  [
    '0 (-2,000) bytes in 0 (-1) blocks are still reachable in loss record 1 of 2',
    {bytes: 0, blocks: 0, bytesChange: -2000, blocksChange: -1, recordNumber: 1},
  ],
  [
    '120 (40 direct, 80 indirect) bytes in 2 blocks are definitely lost in loss record 7 of 7',
    {bytes: 40, blocks: 2, indirectBytes: 80, recordNumber: 7},
  ],
  [
    '112 (+56) (56 (+0) direct, 56 (+56) indirect) bytes in 1 (+0) blocks are definitely lost in loss record 5 of 5',
    {
      bytes: 56,
      blocks: 1,
      bytesChange: 0,
      blocksChange: 0,
      indirectBytes: 56,
      indirectBytesChange: 56,
      recordNumber: 5,
    },
  ],
  [
    '1,234,567,890 (+1) bytes in 1,000 (+1) blocks are possibly lost in new loss record 12 of 13',
    {bytes: 1_234_567_890, blocks: 1000, bytesChange: 1, blocksChange: 1, recordNumber: 12},
  ],
])('reads "%s"', (text, expected) => {
  expect(parseLeakText(text)).toEqual(expected);
});

it.each([
  '',
  'Invalid read of size 4',
  'bytes in 1 blocks are definitely lost in loss record 1 of 1',
  '8 bytes in x blocks are definitely lost in loss record 1 of 1',
  '8 bytes in 1 blocks are definitely lost',
])('takes "%s" for no loss record', (text) => {
  expect(parseLeakText(text)).toBeUndefined();
});
