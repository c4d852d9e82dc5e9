import type {Problem} from '../../util/problem.js';
import {fail, ok, type Result} from '../../util/result.js';
import {extraMessage, kindMessage, MAX_FRAMES, parseFrame, takesExtra} from './grammar.js';
import {type SuppressionLine, splitLines} from './lines.js';
import type {LayoutPart, SuppressionEntry, SuppressionFile, SuppressionFrame} from './types.js';

/**
 * Reads a suppression file by valgrind's own grammar (load_one_suppressions_file in
 * coregrind/m_errormgr.c and MC_(read_extra_suppression_info) in memcheck/mc_errors.c), so that
 * what is accepted here does not end a run there. Rules of other tools than memcheck are kept
 * as they are, as valgrind skips them.
 *
 * @param file the file's name in problems, as the user would type it
 * @returns all problems when there are any, each with its line
 */
export function parseSuppressions(text: string, file: string): Result<SuppressionFile, readonly Problem[]> {
  const problems: Problem[] = [];
  const entries: SuppressionEntry[] = [];
  const report = (line: SuppressionLine, message: string) => {
    const source = `${line.before}${line.content}`;
    problems.push({file, line: line.number, column: line.before.length + 1, message, source});
  };

  const lines = splitLines(text);
  let at = 0;
  let end = '';
  while (at < lines.length) {
    const {size, entry, rest} = readEntry(lines.slice(at), file, report);
    at += size;
    if (entry !== undefined) entries.push(entry);
    end = rest;
  }
  return problems.length === 0 ? ok({entries, end}) : fail(problems);
}

type Report = (line: SuppressionLine, message: string) => void;

interface Step {
  /** How many lines it took. */
  readonly size: number;
  readonly entry?: SuppressionEntry;
  /** The text of those lines when there was no entry in them. */
  readonly rest: string;
}

/** Reads what stands before the next entry, and the entry. */
function readEntry(lines: readonly SuppressionLine[], file: string, report: Report): Step {
  const layout: LayoutPart[] = [];
  const comments: string[] = [];
  const keep = (line: SuppressionLine) => {
    if (line.role === 'comment') comments.push(line.content.replace(/^#+ ?/, ''));
    // What a blank line parts from the rule is about the file, not about the rule.
    if (line.role === 'blank') comments.length = 0;
    layout.push(`${line.before}${line.content}${line.after}`);
  };

  const start = lines.findIndex(({role}) => role === 'content');
  const opening = lines[start];
  if (opening === undefined) {
    lines.forEach(keep);
    return {size: lines.length, rest: layout.join('')};
  }
  lines.slice(0, start + 1).forEach(keep);
  if (opening.content !== '{') {
    report(opening, openingMessage(opening));
    return {size: start + 1 + lengthOfJunk(lines.slice(start + 1)), rest: ''};
  }

  const close = lines.findIndex(
    ({role, content}, index) => index > start && role === 'content' && content === '}',
  );
  if (close === -1) {
    report(opening, 'this rule is not closed with "}"');
    return {size: lines.length, rest: ''};
  }
  const reportFirst = firstOnly(report);
  const draft: Draft = {tools: [], extra: [], frames: []};
  for (const line of lines.slice(start + 1, close)) {
    if (line.role === 'blank') {
      layout.push(`${line.before}${line.after}`);
      continue;
    }
    if (line.role === 'comment') {
      keep(line);
      continue;
    }
    layout.push(line.before, {slot: takeLine(draft, line, reportFirst)}, line.after);
  }
  const closing = lines[close] ?? opening;
  keep(closing);
  const missing = wholeMessage(draft);
  if (missing !== undefined) reportFirst(closing, missing);
  const {name = '', kind = '', tools, extra, frames} = draft;
  const place = {file, line: opening.number};
  return {size: close + 1, entry: {name, tools, kind, extra, frames, comments, place, layout}, rest: ''};
}

/** What follows from the first fault of a rule is no further news. */
function firstOnly(report: Report): Report {
  let isFirst = true;
  return (line, message) => {
    if (isFirst) report(line, message);
    isFirst = false;
  };
}

function openingMessage(line: SuppressionLine): string {
  return line.content.startsWith('#')
    ? 'the last line is a comment without a line break, which valgrind does not accept'
    : 'expected "{"';
}

/** How many lines to pass over until the next rule starts, so that one fault is one problem. */
function lengthOfJunk(lines: readonly SuppressionLine[]): number {
  const next = lines.findIndex(({role, content}) => role === 'content' && content === '{');
  return next === -1 ? lines.length : next;
}

interface Draft {
  name?: string;
  kind?: string;
  tools: readonly string[];
  extra: string[];
  frames: SuppressionFrame[];
}

function takeLine(draft: Draft, line: SuppressionLine, report: Report): 'name' | 'kind' | 'extra' | 'frame' {
  const {content} = line;
  if (draft.name === undefined) {
    draft.name = content;
    return 'name';
  }
  if (draft.kind === undefined) {
    takeKind(draft, line, report);
    return 'kind';
  }
  const isFirst = draft.extra.length === 0 && draft.frames.length === 0;
  const isMemcheck = draft.tools.includes('Memcheck');
  if (isMemcheck && isFirst && takesExtra(draft.kind, content)) {
    const message = extraMessage(draft.kind, content);
    if (message !== undefined) report(line, message);
    draft.extra.push(content);
    return 'extra';
  }
  const frame = parseFrame(content);
  if (frame === undefined) {
    if (isOwn(draft)) report(line, locationMessage(content));
    draft.extra.push(content);
    return 'extra';
  }
  draft.frames.push(frame);
  if (isOwn(draft) && draft.frames.length === MAX_FRAMES + 1) {
    report(line, `more than ${MAX_FRAMES} locations in one rule`);
  }
  return 'frame';
}

function locationMessage(content: string): string {
  if (content === '{') return 'expected "}" before the next rule';
  return 'expected "fun:", "obj:", "src:", "..." or "}"';
}

/** Whether memcheck reads the rule to its end. */
const isOwn = ({tools}: Draft): boolean => tools.includes('Memcheck') || tools.includes('CoreError');

function takeKind(draft: Draft, line: SuppressionLine, report: Report): void {
  const colon = line.content.indexOf(':');
  draft.kind = line.content.slice(colon + 1);
  if (colon === -1) {
    report(line, 'expected "tool1,tool2:kind", such as "Memcheck:Cond"');
    return;
  }
  draft.tools = line.content.slice(0, colon).split(',');
  const message = kindMessage(draft.tools, draft.kind);
  if (message !== undefined) report(line, message);
}

/** What a rule lacks once it is closed. */
function wholeMessage(draft: Draft): string | undefined {
  if (draft.name === undefined) return 'the rule has no name';
  if (draft.kind === undefined) return 'the rule has no kind, such as "Memcheck:Cond"';
  if (!isOwn(draft)) return undefined;
  const missing = draft.extra.length === 0 ? extraMessage(draft.kind, undefined) : undefined;
  if (missing !== undefined) return missing;
  if (draft.frames.length === 0) return 'the rule has no location';
  const isOpen = draft.frames.every(({type}) => type === 'any');
  return isOpen ? 'the rule needs at least one location that is not "..."' : undefined;
}
