import type {LeakKind, LossRecord, MemoryError, Stack, XmlItem} from '../types.js';
import {parseLeakText} from './leak-text.js';
import type {Section, SectionContext} from './section.js';
import type {StackReader} from './stacks.js';

const LEAK_KIND_BY_NAME: ReadonlyMap<string, LeakKind> = new Map([
  ['Leak_DefinitelyLost', 'definite'],
  ['Leak_IndirectlyLost', 'indirect'],
  ['Leak_PossiblyLost', 'possible'],
  ['Leak_StillReachable', 'reachable'],
]);

/** Valgrind writes four stacks at most; further ones are dropped. */
const MAX_STACKS = 16;

interface StackWithText {
  readonly what?: string;
  readonly frames: Stack;
}

/** Reads one `<error>`: a loss record, an open descriptor or a memory error. */
export function createErrorReader({intern, emit, complain}: SectionContext, reader: StackReader): Section {
  let unique = '';
  let kind = '';
  let what = '';
  const stacks: StackWithText[] = [];
  /** An auxwhat stands before the stack it speaks of, if it speaks of one. */
  let auxiliary: string | undefined;
  let descriptor: number | undefined;
  let path: string | undefined;
  let innerText = '';
  let suppression: string | undefined;

  /** The protocol allows a second line. */
  const addWhat = (text: string) => {
    if (what.length < text.length || what.length < 1024) what = `${what} ${text.trim()}`.trim();
  };
  const add = (stack: StackWithText) => {
    if (stacks.length < MAX_STACKS) stacks.push(stack);
  };
  const endAuxiliary = (next?: string) => {
    if (auxiliary !== undefined) add({what: auxiliary, frames: []});
    auxiliary = next;
  };
  const endStack = () => {
    const frames = reader.stack();
    add(auxiliary === undefined ? {frames} : {what: auxiliary, frames});
    auxiliary = undefined;
  };

  return {
    open: reader.open,
    close: (name, text) => {
      if (reader.close(name, text)) return;
      switch (name) {
        case 'unique':
          unique = text;
          break;
        case 'kind':
          kind = intern(text);
          break;
        case 'text':
          innerText = text;
          break;
        case 'what':
          addWhat(text);
          break;
        case 'xwhat':
          addWhat(innerText);
          break;
        case 'auxwhat':
          endAuxiliary(intern(text.trim()));
          break;
        case 'xauxwhat':
          endAuxiliary(intern(innerText.trim()));
          break;
        case 'stack':
          endStack();
          break;
        case 'fd':
          descriptor = Number(text) || 0;
          break;
        case 'path':
          path = text;
          break;
        case 'rawtext':
          suppression = text.trim();
          break;
      }
    },
    end: () => {
      endAuxiliary();
      const item = finish();
      if (item === undefined) complain('an <error> lacks its kind or its numbers');
      else emit(item);
    },
  };

  function finish(): XmlItem | undefined {
    if (kind === 'FdNotClosed' && descriptor !== undefined) {
      return {
        type: 'open-descriptor',
        descriptor,
        ...(path === undefined ? {} : {path: intern(path)}),
        what: intern(what),
        stack: stacks[0]?.frames ?? [],
      };
    }
    const leakKind = LEAK_KIND_BY_NAME.get(kind);
    if (leakKind !== undefined) return lossRecord(leakKind);
    return kind === '' ? undefined : memoryError();
  }

  function lossRecord(leakKind: LeakKind): LossRecord | undefined {
    const numbers = parseLeakText(what);
    if (numbers === undefined) return undefined;
    return {
      type: 'loss-record',
      kind: leakKind,
      ...numbers,
      stack: stacks[0]?.frames ?? [],
      ...(suppression === undefined ? {} : {suppression}),
    };
  }

  function memoryError(): MemoryError {
    return {
      type: 'error',
      unique: intern(unique),
      kind,
      what: intern(what),
      stacks,
      ...(suppression === undefined ? {} : {suppression}),
    };
  }
}
