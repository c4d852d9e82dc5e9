import {createReadStream} from 'node:fs';
import {StringDecoder} from 'node:string_decoder';
import {SaxesParser} from 'saxes';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import type {XmlItem} from './types.js';
import {createItemBuilder} from './xml/items.js';
import {createLineSource} from './xml/lines.js';

/** Whether the document was whole. What stood complete before its end was passed on in any case. */
export type XmlEnd =
  | {readonly complete: true}
  | {
      readonly complete: false;
      /**
       * `truncated`: the text ends before `</valgrindoutput>`, as a killed process leaves it.
       * `malformed`: it is no XML, or none that valgrind writes.
       */
      readonly reason: 'truncated' | 'malformed';
      readonly message: string;
      /** Place in the text, both counted from 1. */
      readonly line: number;
      readonly column: number;
    };

type Chunk = string | Uint8Array;

/** Larger pieces are cut: the parser looks at the reasons to stop between two pieces. */
const MAX_CHUNK = 65_536;

/** The parser has to buffer what lies between two tags; beyond this many characters it is no valgrind XML. */
const MAX_BETWEEN_TAGS = 4 * 1024 * 1024;

/** `valgrindoutput/error/xwhat/text` is the common depth; `stack/frame/ip` is the same. */
const MAX_DEPTH = 64;

/**
 * Reads valgrind's XML (protocol 4 to 6, memcheck) in constant memory and gives each item to
 * `onItem` as soon as its element is closed. Bytes that are no UTF-8 become U+FFFD. Bad input
 * is never thrown: it ends the reading, and the result says where. What `chunks` or `onItem`
 * throw is passed on.
 *
 * Delta leak checks (`VALGRIND_DO_CHANGED_LEAK_CHECK` and its kin), seen with valgrind 3.19
 * and in print_results of memcheck/mc_leakcheck.c:
 * - A loss record is one kind and one allocation stack. A block that moves to another kind
 *   makes two records: the old kind's with a decrease and the new kind's with an increase.
 * - A record that lost its last block appears once, as `0 (-56) bytes in 0 (-1) blocks`, and
 *   is then forgotten. One that did not change does not appear.
 * - A definite record appears with `(+0)` in its own bytes and blocks when only what it alone
 *   holds grew or shrank: `112 (+56) (56 (+0) direct, 56 (+56) indirect) bytes in 1 (+0) blocks`.
 *   The blocks it gained are a record of kind indirect of their own.
 * - A block that was freed while another was allocated with the same stack is no change.
 * - Each kind of check, also a summary without records, is what the next delta counts from.
 * - `<leakedbytes>` and `<leakedblocks>` are the new totals, never the change.
 * - Records that a suppression hides appear in no form.
 * - From 3.21 on, a record that is new since the previous check says "new loss record".
 */
export async function parseXml(
  chunks: AsyncIterable<Chunk> | Iterable<Chunk>,
  onItem: (item: XmlItem) => void,
): Promise<XmlEnd> {
  const parser = createXmlParser(onItem);
  const decoder = new StringDecoder('utf8');
  for await (const chunk of chunks) {
    parser.write(typeof chunk === 'string' ? chunk : decoder.write(chunk));
    if (parser.end() !== undefined) break;
  }
  return parser.finish(decoder.end());
}

/**
 * {@link parseXml} for a file, read in pieces.
 *
 * @returns a problem when the file cannot be read
 */
export async function parseXmlFile(
  file: string,
  onItem: (item: XmlItem) => void,
): Promise<Result<XmlEnd, Problem>> {
  const stream = createReadStream(file, {highWaterMark: MAX_CHUNK});
  let readError: Error | undefined;
  stream.on('error', (error) => {
    readError = error;
  });
  try {
    return ok(await parseXml(stream, onItem));
  } catch (error) {
    if (readError === undefined) throw error;
    return fail({file, message: `cannot be read: ${readError.message}`});
  } finally {
    stream.destroy();
  }
}

interface XmlParser {
  readonly write: (text: string) => void;
  /** Defined once the document is known to be malformed. */
  readonly end: () => XmlEnd | undefined;
  readonly finish: (rest: string) => XmlEnd;
}

function createXmlParser(onItem: (item: XmlItem) => void): XmlParser {
  const parser = new SaxesParser();
  let end: XmlEnd | undefined;
  let isClosed = false;
  let depth = 0;
  let sinceTag = 0;

  const stop = (reason: 'truncated' | 'malformed', message: string) => {
    end ??= {complete: false, reason, message, line: parser.line, column: parser.column + 1};
  };
  // The parser reports a wrong closing tag only after it has closed what the tag leaves open: an
  // item counts once the next thing was read without a fault.
  let unconfirmed: XmlItem[] = [];
  const confirm = () => {
    if (unconfirmed.length === 0) return;
    const items = unconfirmed;
    unconfirmed = [];
    if (end === undefined) items.forEach(onItem);
  };
  const builder = createItemBuilder(
    (item) => unconfirmed.push(item),
    (message) => stop('malformed', message),
  );

  parser.on('opentag', ({name}) => {
    confirm();
    if (end !== undefined) return;
    sinceTag = 0;
    depth++;
    if (depth > MAX_DEPTH) stop('malformed', `elements nest deeper than ${MAX_DEPTH} levels`);
    else builder.open(name);
  });
  parser.on('text', (text) => builder.text(text));
  parser.on('cdata', (text) => builder.text(text));
  parser.on('closetag', ({name}) => {
    confirm();
    if (end !== undefined) return;
    sinceTag = 0;
    depth--;
    builder.close(name);
    if (depth === 0) isClosed = true;
  });
  parser.on('doctype', () => stop('malformed', 'a document type declaration is not accepted'));
  parser.on('error', (error) => {
    const message = error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '');
    if (!isTolerable(message, builder.section())) stop('malformed', message);
  });

  const lines = createLineSource();
  const writePiece = (text: string) => {
    if (end !== undefined || text === '') return;
    sinceTag += text.length;
    parser.write(builder.shorten(text));
    if (sinceTag > MAX_BETWEEN_TAGS) {
      stop('malformed', `no tag within ${MAX_BETWEEN_TAGS} characters`);
    }
  };
  const write = (text: string) => {
    for (let at = 0; at < text.length; at += MAX_CHUNK) {
      writePiece(lines.next(text.slice(at, at + MAX_CHUNK)));
    }
  };
  return {
    write,
    end: () => end,
    finish: (rest) => {
      write(rest);
      writePiece(lines.rest());
      confirm();
      if (end === undefined && !isClosed) stop('truncated', 'the text ends before </valgrindoutput>');
      return end ?? {complete: true};
    },
  };
}

/**
 * Faults of valgrind's own that leave the rest readable: control characters in arguments and
 * paths are written as they are, and 3.26.0 does not close `<still_reachable>` in its leak
 * summary when nothing is reachable (valgrind bug 514613).
 */
function isTolerable(message: string, section: string | undefined): boolean {
  if (message === 'disallowed character') return true;
  return message === 'unexpected close tag' && section === 'leak_summary';
}
