import type {Frame, Stack} from '../types.js';
import {createFrameBlocks} from './frame-blocks.js';
import {createFrameStore} from './frame-store.js';
import {createIntern} from './intern.js';

/** `--num-callers` is 500 at most, and inlined calls add to it; further frames are dropped. */
const MAX_FRAMES = 4096;

/** Collects `<stack>` elements from element events. */
export interface StackReader {
  /** What each piece of text has to go through before it is parsed. */
  readonly shorten: (lines: string) => string;
  readonly open: (name: string) => void;
  /** Whether the element was a frame or a part of one. */
  readonly close: (name: string, text: string) => boolean;
  /** The frames of the last `<stack>`. */
  readonly stack: () => Stack;
}

// One store for all documents: the processes of a run go through the same functions, and equal
// frames that are one object are named once for all of them.
const toFrame = createFrameStore(createIntern());
const blocks = createFrameBlocks(toFrame);

export function createStackReader(): StackReader {
  let frames: Frame[] = [];
  let ip: string | undefined;
  let obj: string | undefined;
  let fn: string | undefined;
  let dir: string | undefined;
  let file: string | undefined;
  let line: string | undefined;

  const startFrame = () => {
    ip = undefined;
    obj = undefined;
    fn = undefined;
    dir = undefined;
    file = undefined;
    line = undefined;
  };
  const endFrame = (text: string) => {
    const frame = ip === undefined ? blocks.frame(text) : toFrame({ip, obj, fn, dir, file, line});
    if (frame !== undefined && frames.length < MAX_FRAMES) frames.push(frame);
  };

  return {
    shorten: blocks.shorten,
    open: (name) => {
      if (name === 'frame') startFrame();
      else if (name === 'stack') frames = [];
    },
    close: (name, text) => {
      switch (name) {
        case 'frame':
          endFrame(text);
          return true;
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
        default:
          return false;
      }
    },
    stack: () => frames,
  };
}
