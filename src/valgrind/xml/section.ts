import type {XmlItem} from '../types.js';

/** One child of `<valgrindoutput>`, from its opening tag to its end. */
export interface Section {
  readonly open?: (name: string) => void;
  /** The end of an element inside it and the text right before that end. */
  readonly close?: (name: string, text: string) => void;
  /** Its own end and the text right before that. */
  readonly end?: (text: string) => void;
}

/** What every section works with. */
export interface SectionContext {
  readonly intern: (text: string) => string;
  readonly emit: (item: XmlItem) => void;
  /** Is told when the document cannot be what valgrind wrote. */
  readonly complain: (message: string) => void;
}
