/** What memcheck's sentence about a loss record says. Bytes and blocks; changes carry their sign. */
export interface LeakText {
  /** Bytes of the record's own blocks. */
  readonly bytes: number;
  readonly blocks: number;
  /** Bytes of the blocks that are lost only because these are. */
  readonly indirectBytes?: number;
  readonly bytesChange?: number;
  readonly blocksChange?: number;
  readonly indirectBytesChange?: number;
  readonly recordNumber: number;
}

const COUNT = String.raw`(\d[\d,]*)(?: \(([+-]\d[\d,]*)\))?`;

/**
 * The four forms that pp_LossRecord in valgrind's memcheck/mc_errors.c writes: with or without
 * indirectly lost bytes, with or without the change since the previous check.
 */
const SENTENCE = new RegExp(
  `^${COUNT}(?: \\(${COUNT} direct, ${COUNT} indirect\\))? bytes in ${COUNT} blocks? (?:are|is) .*` +
    String.raw`\bloss record (\d[\d,]*) of \d`,
);

/** undefined when `text` is no sentence about a loss record. */
export function parseLeakText(text: string): LeakText | undefined {
  const match = SENTENCE.exec(text);
  if (match === null) return undefined;
  const [, total, totalChange, direct, directChange, indirect, indirectChange, blocks, blocksChange, record] =
    match;
  if (total === undefined || blocks === undefined || record === undefined) return undefined;
  const ownChange = direct === undefined ? totalChange : directChange;
  return {
    bytes: integer(direct ?? total),
    blocks: integer(blocks),
    recordNumber: integer(record),
    ...(indirect === undefined ? {} : {indirectBytes: integer(indirect)}),
    ...(ownChange === undefined ? {} : {bytesChange: integer(ownChange)}),
    ...(blocksChange === undefined ? {} : {blocksChange: integer(blocksChange)}),
    ...(indirectChange === undefined ? {} : {indirectBytesChange: integer(indirectChange)}),
  };
}

const integer = (text: string): number => Number(text.replaceAll(',', ''));
