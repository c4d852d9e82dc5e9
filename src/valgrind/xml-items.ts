import {createIntern} from './intern.js';
import type {XmlItem} from './types.js';
import {createErrorReader} from './xml-error.js';
import {createStackReader} from './xml-stacks.js';

/** More of one text than this many characters is not kept. No name or message is that long. */
const MAX_TEXT = 65_536;

/** Further arguments are dropped. */
const MAX_ARGUMENTS = 4096;

/** Older protocols put the leak's numbers elsewhere; they ended with valgrind 3.4. */
const OLDEST_PROTOCOL = 4;

/** One child of `<valgrindoutput>`, from its opening tag to its end. */
export interface Section {
  readonly open?: (name: string) => void;
  /** The end of an element inside it and the text right before that end. */
  readonly close?: (name: string, text: string) => void;
  readonly end?: (text: string) => void;
}

/** Turns element events into items. */
export interface ItemBuilder {
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
  onItem: (item: XmlItem) => void,
  complain: (message: string) => void,
): ItemBuilder {
  const intern = createIntern();
  const stacks = createStackReader(intern);
  const emit = (item: XmlItem | undefined) => {
    if (item !== undefined) onItem(item);
  };

  const createSection = sectionTable();
  let depth = 0;
  let current = '';
  let sectionName: string | undefined;
  let section: Section = {};

  return {
    open: (name) => {
      current = '';
      depth++;
      if (depth === 1) {
        if (name !== 'valgrindoutput') complain(`the document is <${name}>, not <valgrindoutput>`);
      } else if (depth === 2) {
        sectionName = name;
        section = createSection.get(name)?.() ?? {};
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

  function sectionTable(): ReadonlyMap<string, () => Section> {
    let pid = 0;
    return new Map<string, () => Section>([
      ['protocolversion', () => ({end: onProtocol})],
      ['pid', () => ({end: (text) => (pid = Number(text))})],
      ['args', () => argsSection(intern, (argv) => onItem({type: 'process', pid, argv}))],
      ['status', () => ({close: onStatus})],
      [
        'error',
        () =>
          createErrorReader(
            intern,
            stacks,
            (item) => onItem(item),
            () => complain('an <error> without its <kind> or its numbers'),
          ),
      ],
      ['clientmsg', clientMessageSection],
      ['fatal_signal', fatalSignalSection],
      [
        'errorcounts',
        () =>
          pairsSection('unique', (unique, count) =>
            onItem({type: 'error-count', unique: intern(unique), count}),
          ),
      ],
      [
        'suppcounts',
        () => pairsSection('name', (name, count) => onItem({type: 'suppression', name: intern(name), count})),
      ],
    ]);
  }

  function onProtocol(text: string): void {
    const protocol = Number(text);
    if (Number.isInteger(protocol) && protocol >= OLDEST_PROTOCOL) onItem({type: 'preamble', protocol});
    else complain(`XML protocol ${text.trim()} is not supported`);
  }

  function onStatus(name: string, text: string): void {
    if (name !== 'state') return;
    const state = text.trim();
    if (state === 'RUNNING' || state === 'FINISHED') onItem({type: 'status', state});
  }

  function clientMessageSection(): Section {
    let message = '';
    let hasStack = false;
    return {
      open: stacks.open,
      close: (name, text) => {
        stacks.close(name, text);
        if (name === 'text') message = intern(text.trim());
        else if (name === 'stack') hasStack = true;
      },
      end: () => emit({type: 'client-message', text: message, ...(hasStack ? {stack: stacks.stack()} : {})}),
    };
  }

  function fatalSignalSection(): Section {
    let signal = '';
    const details: {event?: string; address?: string} = {};
    let hasStack = false;
    return {
      open: stacks.open,
      close: (name, text) => {
        stacks.close(name, text);
        if (name === 'signame') signal = intern(text);
        else if (name === 'event') details.event = intern(text);
        else if (name === 'siaddr') details.address = intern(text);
        else if (name === 'stack') hasStack = true;
      },
      end: () => emit({type: 'fatal-signal', signal, ...details, stack: hasStack ? stacks.stack() : []}),
    };
  }
}

/** `<args>` holds valgrind's own command line as `<vargv>`, then the client's as `<argv>`. */
function argsSection(intern: (text: string) => string, onArgv: (argv: readonly string[]) => void): Section {
  let argv: string[] = [];
  return {
    close: (name, text) => {
      if (name === 'vargv') argv = [];
      else if ((name === 'exe' || name === 'arg') && argv.length < MAX_ARGUMENTS) argv.push(intern(text));
    },
    end: () => onArgv(argv),
  };
}

function pairsSection(key: string, onPair: (key: string, count: number) => void): Section {
  let value = '';
  let count = 0;
  return {
    close: (name, text) => {
      if (name === 'count') count = Number(text);
      else if (name === key) value = text;
      else if (name === 'pair') onPair(value, count);
    },
  };
}
