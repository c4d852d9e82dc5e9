import type {Frame, Stack} from './types.js';

/** The frame table starts anew beyond this many addresses, so that no input can fill the memory. */
const MAX_ADDRESSES = 65_536;

/** `--num-callers` is 500 at most, and inlined calls add to it; further frames are dropped. */
const MAX_FRAMES = 4096;

/** Collects `<stack>` elements from element events. */
export interface StackReader {
  readonly open: (name: string) => void;
  readonly close: (name: string, text: string) => void;
  /** The frames of the last `<stack>`. */
  readonly stack: () => Stack;
}

type Mutable<T> = {-readonly [K in keyof T]: T[K]};

/** Equal frames become one object: loss records share most of their frames. */
export function createStackReader(intern: (text: string) => string): StackReader {
  let known = new Map<string, Frame[]>();
  let frames: Frame[] = [];
  let frame: Mutable<Frame> = {ip: ''};

  const unique = (candidate: Frame): Frame => {
    const sameAddress = known.get(candidate.ip);
    if (sameAddress === undefined) {
      if (known.size >= MAX_ADDRESSES) known = new Map();
      known.set(candidate.ip, [candidate]);
      return candidate;
    }
    const found = sameAddress.find((other) => areEqual(other, candidate));
    if (found !== undefined) return found;
    // Inlined calls share an address, a few at most; more is no work of valgrind's.
    if (sameAddress.length < 32) sameAddress.push(candidate);
    return candidate;
  };

  return {
    open: (name) => {
      if (name === 'frame') frame = {ip: ''};
      else if (name === 'stack') frames = [];
    },
    close: (name, text) => {
      switch (name) {
        case 'ip':
          frame.ip = intern(text);
          break;
        case 'obj':
          frame.object = intern(text);
          break;
        case 'fn':
          frame.function = intern(text);
          break;
        case 'dir':
          frame.directory = intern(text);
          break;
        case 'file':
          frame.file = intern(text);
          break;
        case 'line':
          frame.line = Number(text);
          break;
        case 'frame':
          if (frames.length < MAX_FRAMES) frames.push(unique(frame));
          break;
      }
    },
    stack: () => frames,
  };
}

function areEqual(a: Frame, b: Frame): boolean {
  return (
    a.ip === b.ip &&
    a.line === b.line &&
    a.function === b.function &&
    a.file === b.file &&
    a.object === b.object &&
    a.directory === b.directory
  );
}
