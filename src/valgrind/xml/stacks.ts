import type {Frame, Stack} from '../types.js';

/**
 * The frame table starts anew beyond this many characters, so that no input can fill the memory.
 * A big extension's run has some 10,000 different frames of 150 characters.
 */
const MAX_CHARACTERS = 16 * 1024 * 1024;

/** What a frame itself takes, counted as characters. */
const FRAME_OVERHEAD = 256;

/** Inlined calls share an address, a few at most; more of them are not kept. */
const MAX_FRAMES_PER_ADDRESS = 32;

/** `--num-callers` is 500 at most, and inlined calls add to it; further frames are dropped. */
const MAX_FRAMES = 4096;

/** Collects `<stack>` elements from element events. */
export interface StackReader {
  readonly open: (name: string) => void;
  /** Whether the element was a part of a frame. */
  readonly close: (name: string, text: string) => boolean;
  /** The frames of the last `<stack>`. */
  readonly stack: () => Stack;
}

/** A frame and its texts as they stand in the XML. */
interface KnownFrame extends RawFrame {
  readonly frame: Frame;
}

interface RawFrame {
  readonly obj: string | undefined;
  readonly fn: string | undefined;
  readonly dir: string | undefined;
  readonly file: string | undefined;
  readonly line: string | undefined;
}

/**
 * Equal frames become one object: loss records share most of their frames. A known frame is
 * found by its address and compared as text, which spares a look-up of each of its strings.
 */
export function createStackReader(intern: (text: string) => string): StackReader {
  let known = new Map<string, KnownFrame[]>();
  let characters = 0;
  let frames: Frame[] = [];
  let ip = '';
  let obj: string | undefined;
  let fn: string | undefined;
  let dir: string | undefined;
  let file: string | undefined;
  let line: string | undefined;

  const startFrame = () => {
    ip = '';
    obj = undefined;
    fn = undefined;
    dir = undefined;
    file = undefined;
    line = undefined;
  };
  const endFrame = (): Frame => {
    const sameAddress = known.get(ip);
    if (sameAddress !== undefined) {
      for (const other of sameAddress) {
        if (
          other.fn === fn &&
          other.line === line &&
          other.file === file &&
          other.obj === obj &&
          other.dir === dir
        ) {
          return other.frame;
        }
      }
    }
    return remember(sameAddress);
  };
  const remember = (sameAddress: KnownFrame[] | undefined): Frame => {
    const own = (text: string | undefined) => (text === undefined ? undefined : intern(text));
    const raw = {obj: own(obj), fn: own(fn), dir: own(dir), file: own(file), line: own(line)};
    const frame = toFrame(intern(ip), raw);
    characters += FRAME_OVERHEAD + ip.length;
    for (const text of Object.values(raw)) characters += text?.length ?? 0;
    if (characters > MAX_CHARACTERS) {
      known = new Map();
      characters = 0;
    } else if (sameAddress === undefined) {
      known.set(frame.ip, [{...raw, frame}]);
    } else if (sameAddress.length < MAX_FRAMES_PER_ADDRESS) {
      sameAddress.push({...raw, frame});
    }
    return frame;
  };

  return {
    open: (name) => {
      if (name === 'frame') startFrame();
      else if (name === 'stack') frames = [];
    },
    close: (name, text) => {
      switch (name) {
        case 'ip':
          ip = text;
          return true;
        case 'obj':
          obj = text;
          return true;
        case 'fn':
          fn = text;
          return true;
        case 'dir':
          dir = text;
          return true;
        case 'file':
          file = text;
          return true;
        case 'line':
          line = text;
          return true;
        case 'frame':
          if (frames.length < MAX_FRAMES) frames.push(endFrame());
          return true;
        default:
          return false;
      }
    },
    stack: () => frames,
  };
}

function toFrame(ip: string, {obj, fn, dir, file, line}: RawFrame): Frame {
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
