import type {Frame} from '../types.js';
import type {RawFrame} from './frame-store.js';

/**
 * The table starts anew beyond this many characters, so that no input can fill the memory. It
 * holds some 10,000 frames; CPython's start and end go through 1,000.
 */
const MAX_CHARACTERS = 8 * 1024 * 1024;

/** What an entry takes beside its text, counted as characters. */
const OVERHEAD = 512;

const START = '    <frame>\n';
const END = '    </frame>\n';

const child = (name: string) => ` {6}<${name}>([^<\\r\\n]*)</${name}>\\n`;

/** Exactly what valgrind writes (VG_(describe_IP) in coregrind/m_debuginfo/debuginfo.c). */
const BLOCK = new RegExp(
  `^${START}${child('ip')}${['obj', 'fn', 'dir', 'file', 'line'].map((name) => `(?:${child(name)})?`).join('')}${END}$`,
);

/** Nine tenths of the XML are frames, and nearly all of them were there before. */
export interface FrameBlocks {
  /**
   * Puts `<frame>N</frame>` in the place of each frame that is written as valgrind does, with as
   * many line breaks. The XML parser then reads a tenth of the text; what is written in another
   * way, or cut in two, it reads as it is.
   */
  readonly shorten: (lines: string) => string;
  /** The frame that N stands for; undefined when it is none of `shorten`'s. */
  readonly frame: (number: string) => Frame | undefined;
}

export function createFrameBlocks(toFrame: (raw: RawFrame) => Frame): FrameBlocks {
  let short = new Map<string, string>();
  let frames = new Map<string, Frame>();
  let characters = 0;

  const shortOf = (block: string): string => {
    const known = short.get(block);
    if (known !== undefined) return known;
    const raw = parseBlock(block);
    if (raw === undefined) return block;
    const number = String(frames.size);
    frames.set(number, toFrame(raw));
    const text = `    <frame>${number}</frame>${'\n'.repeat(block.split('\n').length - 1)}`;
    // A piece cut from the input would keep all of it alive.
    short.set(Buffer.from(block).toString(), text);
    characters += block.length + OVERHEAD;
    return text;
  };

  return {
    shorten: (lines) => {
      // What was shortened before has been read by now, in whatever document it stood: no number of
      // the old table is needed.
      if (characters > MAX_CHARACTERS) {
        short = new Map();
        frames = new Map();
        characters = 0;
      }
      const parts: string[] = [];
      let done = 0;
      for (;;) {
        const start = lines.indexOf(START, done);
        const end = start === -1 ? -1 : lines.indexOf(END, start);
        if (end === -1) break;
        const next = end + END.length;
        parts.push(lines.slice(done, start), shortOf(lines.slice(start, next)));
        done = next;
      }
      return done === 0 ? lines : parts.join('') + lines.slice(done);
    },
    frame: (number) => frames.get(number),
  };
}

function parseBlock(block: string): RawFrame | undefined {
  if (OTHER_REFERENCE.test(block)) return undefined;
  const [, ip, obj, fn, dir, file, line] = BLOCK.exec(block)?.map(decode) ?? [];
  return ip === undefined ? undefined : {ip, obj, fn, dir, file, line};
}

/** Valgrind escapes these three characters and no other. */
const REFERENCES: Readonly<Record<string, string>> = {'&lt;': '<', '&gt;': '>', '&amp;': '&'};
const REFERENCE = /&(?:lt|gt|amp);/g;
const OTHER_REFERENCE = /&(?!(?:lt|gt|amp);)/;

// A group that is not there is undefined, whatever the type of a match says.
const decode = (text: string | undefined): string | undefined =>
  text?.replace(REFERENCE, (reference) => REFERENCES[reference] ?? reference);
