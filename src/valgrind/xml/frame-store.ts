import type {Frame} from '../types.js';

/** A frame's texts as they stand in the XML. */
export interface RawFrame {
  readonly ip: string;
  readonly obj: string | undefined;
  readonly fn: string | undefined;
  readonly dir: string | undefined;
  readonly file: string | undefined;
  readonly line: string | undefined;
}

interface KnownFrame extends RawFrame {
  readonly frame: Frame;
}

/**
 * The store starts anew beyond this many characters, so that no input can fill the memory. It
 * holds some 10,000 frames; CPython's start and end go through 1,000.
 */
const MAX_CHARACTERS = 8 * 1024 * 1024;

/** What a frame itself takes, counted as characters. */
const FRAME_OVERHEAD = 512;

/** Inlined calls share an address, a few at most; more of them are not kept. */
const MAX_FRAMES_PER_ADDRESS = 32;

/** Gives equal frames as one object: loss records share most of their frames. */
export function createFrameStore(intern: (text: string) => string): (raw: RawFrame) => Frame {
  let known = new Map<string, KnownFrame[]>();
  let characters = 0;

  const remember = (raw: RawFrame, sameAddress: KnownFrame[] | undefined): Frame => {
    const own = ownTexts(raw, intern);
    const frame = toFrame(own);
    characters += FRAME_OVERHEAD + lengthOf(own);
    if (characters > MAX_CHARACTERS) {
      known = new Map();
      characters = 0;
    } else if (sameAddress === undefined) {
      known.set(own.ip, [{...own, frame}]);
    } else if (sameAddress.length < MAX_FRAMES_PER_ADDRESS) {
      sameAddress.push({...own, frame});
    }
    return frame;
  };
  return (raw) => {
    const sameAddress = known.get(raw.ip);
    const found = sameAddress?.find((other) => areEqual(other, raw));
    return found === undefined ? remember(raw, sameAddress) : found.frame;
  };
}

function ownTexts({ip, obj, fn, dir, file, line}: RawFrame, intern: (text: string) => string): RawFrame {
  const own = (text: string | undefined) => (text === undefined ? undefined : intern(text));
  return {ip: intern(ip), obj: own(obj), fn: own(fn), dir: own(dir), file: own(file), line: own(line)};
}

function areEqual(a: RawFrame, b: RawFrame): boolean {
  return a.fn === b.fn && a.line === b.line && a.file === b.file && a.obj === b.obj && a.dir === b.dir;
}

const lengthOf = (raw: RawFrame): number =>
  Object.values(raw).reduce((sum: number, text: string | undefined) => sum + (text?.length ?? 0), 0);

function toFrame({ip, obj, fn, dir, file, line}: RawFrame): Frame {
  const number = Number(line);
  return {
    ip,
    ...(obj === undefined ? {} : {object: obj}),
    ...(fn === undefined ? {} : {function: fn}),
    ...(dir === undefined ? {} : {directory: dir}),
    ...(file === undefined ? {} : {file}),
    ...(line === undefined || !Number.isInteger(number) ? {} : {line: number}),
  };
}
