import type {XmlItem} from '../types.js';
import {createIntern} from './intern.js';
import type {Section} from './section.js';
import {createSections} from './sections.js';
import {createStackReader} from './stacks.js';

/** More of one text than this many characters is not kept. No name or message is that long. */
const MAX_TEXT = 65_536;

/** Turns element events into items. */
export interface ItemBuilder {
  /** What whole lines of text have to go through before they are parsed. */
  readonly shorten: (lines: string) => string;
  readonly open: (name: string) => void;
  readonly text: (text: string) => void;
  readonly close: (name: string) => void;
  /** Name of the child of `<valgrindoutput>` that is open. */
  readonly section: () => string | undefined;
}

/**
 * @param complain is told when the document cannot be what valgrind wrote; it is to be read no further
 */
export function createItemBuilder(
  emit: (item: XmlItem) => void,
  complain: (message: string) => void,
): ItemBuilder {
  const intern = createIntern();
  const stacks = createStackReader();
  const createSection = createSections({intern, emit, complain}, stacks);
  let depth = 0;
  let current = '';
  let sectionName: string | undefined;
  let section: Section = {};

  return {
    shorten: stacks.shorten,
    open: (name) => {
      current = '';
      depth++;
      if (depth === 1) {
        if (name !== 'valgrindoutput') complain(`the document is <${name}>, not <valgrindoutput>`);
      } else if (depth === 2) {
        sectionName = name;
        section = createSection(name);
      } else {
        section.open?.(name);
      }
    },
    text: (text) => {
      if (current === '') current = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
      else if (current.length < MAX_TEXT) current += text.slice(0, MAX_TEXT - current.length);
    },
    close: (name) => {
      depth--;
      if (depth >= 2) {
        section.close?.(name, current);
      } else if (depth === 1) {
        section.end?.(current);
        section = {};
        sectionName = undefined;
      }
      current = '';
    },
    section: () => sectionName,
  };
}
