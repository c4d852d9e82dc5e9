import {createErrorReader} from './error.js';
import type {Section, SectionContext} from './section.js';
import type {StackReader} from './stacks.js';

/** Older protocols put the leak's numbers elsewhere; they ended with valgrind 3.4. */
const OLDEST_PROTOCOL = 4;

/** Further arguments are dropped. */
const MAX_ARGUMENTS = 4096;

/**
 * Gives the reader for each child of `<valgrindoutput>`. What is not known is passed over:
 * protocol 6 adds summaries, the next one will add something else.
 */
export function createSections(context: SectionContext, stacks: StackReader): (name: string) => Section {
  let pid = 0;
  const onPid = (text: string) => {
    pid = Number(text) || 0;
  };
  return (name) => {
    switch (name) {
      case 'error':
        return createErrorReader(context, stacks);
      case 'clientmsg':
        return clientMessage(context, stacks);
      case 'fatal_signal':
        return fatalSignal(context, stacks);
      case 'errorcounts':
        return pairs('unique', (unique, count) =>
          context.emit({type: 'error-count', unique: context.intern(unique), count}),
        );
      case 'suppcounts':
        return pairs('name', (rule, count) =>
          context.emit({type: 'suppression', name: context.intern(rule), count}),
        );
      case 'status':
        return status(context);
      case 'protocolversion':
        return protocolVersion(context);
      case 'pid':
        return {end: onPid};
      case 'args':
        return programArguments(context, (argv) => context.emit({type: 'process', pid, argv}));
      default:
        return {};
    }
  };
}

function protocolVersion({emit, complain}: SectionContext): Section {
  return {
    end: (text) => {
      const protocol = Number(text);
      if (Number.isInteger(protocol) && protocol >= OLDEST_PROTOCOL) emit({type: 'preamble', protocol});
      else complain(`XML protocol ${text.trim()} is not supported`);
    },
  };
}

function status({emit}: SectionContext): Section {
  return {
    close: (name, text) => {
      const state = text.trim();
      if (name === 'state' && (state === 'RUNNING' || state === 'FINISHED')) emit({type: 'status', state});
    },
  };
}

/** `<args>` holds valgrind's own command line as `<vargv>`, then the client's as `<argv>`. */
function programArguments({intern}: SectionContext, onArguments: (argv: readonly string[]) => void): Section {
  let argv: string[] = [];
  return {
    close: (name, text) => {
      if (name === 'vargv') argv = [];
      else if ((name === 'exe' || name === 'arg') && argv.length < MAX_ARGUMENTS) argv.push(intern(text));
    },
    end: () => onArguments(argv),
  };
}

function pairs(key: string, onPair: (key: string, count: number) => void): Section {
  let value = '';
  let count = 0;
  return {
    close: (name, text) => {
      if (name === 'count') count = Number(text) || 0;
      else if (name === key) value = text;
      else if (name === 'pair') onPair(value, count);
    },
  };
}

function clientMessage({intern, emit}: SectionContext, stacks: StackReader): Section {
  let message = '';
  let hasStack = false;
  return {
    open: stacks.open,
    close: (name, text) => {
      if (stacks.close(name, text)) return;
      if (name === 'text') message = intern(text.trim());
      else if (name === 'stack') hasStack = true;
    },
    end: () => emit({type: 'client-message', text: message, ...(hasStack ? {stack: stacks.stack()} : {})}),
  };
}

function fatalSignal({intern, emit}: SectionContext, stacks: StackReader): Section {
  let signal = '';
  const details: {event?: string; address?: string} = {};
  let hasStack = false;
  return {
    open: stacks.open,
    close: (name, text) => {
      if (stacks.close(name, text)) return;
      if (name === 'signame') signal = intern(text);
      else if (name === 'event') details.event = intern(text);
      else if (name === 'siaddr') details.address = intern(text);
      else if (name === 'stack') hasStack = true;
    },
    end: () => emit({type: 'fatal-signal', signal, ...details, stack: hasStack ? stacks.stack() : []}),
  };
}
