import type {NamedFrame} from '../../judge/types.js';
import {shortName} from '../../util/short-name.js';
import {unreachable} from '../../util/unreachable.js';
import {harmlessLine} from './harmless.js';
import {quantity} from './numbers.js';
import type {Paint} from './paint.js';
import {truncate, widthOf} from './width.js';

/** From this many on, neighbouring frames that are not the extension's or Python's are folded. */
const FOLD_FROM = 2;

/** Frames of the interpreter that are shown when nothing else stands before them. */
const INTERPRETER_FRAMES = 8;

/** `parse_row (parser.c:211)`, `load (table.py)`, `??? (in leaky)`. */
export function frameText(frame: NamedFrame, columns: number = Number.POSITIVE_INFINITY): string {
  const place = harmlessLine(placeOf(frame));
  // The place is what finds the code: a long C++ name gives way to it.
  const room = Math.max(8, columns - widthOf(place));
  return truncate(truncate(harmlessLine(shortName(frame.name)), room) + place, columns);
}

function placeOf({file, line, module}: NamedFrame): string {
  if (file !== undefined) return line === undefined ? ` (${file})` : ` (${file}:${line})`;
  return module === undefined ? '' : ` (in ${module})`;
}

export interface StackStyle {
  readonly paint: Paint;
  /** Columns that a line may take; no limit by default. */
  readonly columns?: number;
}

/**
 * A stack, innermost frame first, one line each. The extension's frames are marked with `▸`;
 * runs of interpreter frames are folded, except the function that the extension called, which
 * says what was allocated.
 */
export function stackLines(
  stack: readonly NamedFrame[],
  {paint, columns = Number.POSITIVE_INFINITY}: StackStyle,
): string[] {
  const hasExtension = stack.some(({origin}) => origin === 'extension');
  return runsOf(stack).flatMap((run, index) => {
    const [first] = run.frames;
    if (first === undefined) return [];
    const text = (frame: NamedFrame) => frameText(frame, columns - 2);
    if (run.type === 'extension') return run.frames.map((frame) => paint.extension(`▸ ${text(frame)}`));
    if (run.type === 'python') return run.frames.map((frame) => `  ${paint.python(text(frame))}`);
    const {shown, folded} = foldOf(run, {isFirst: index === 0, hasExtension});
    const lines = shown.map((frame) => `  ${paint.dim(text(frame))}`);
    if (folded.length === 0) return lines;
    const fold = `  ${paint.dim(`… ${quantity(folded.length, foldNoun(folded))}`)}`;
    return run.calledByExtension ? [fold, ...lines] : [...lines, fold];
  });
}

interface Run {
  readonly type: 'extension' | 'python' | 'other';
  readonly frames: readonly NamedFrame[];
  /** The next outer frame, which called this run, is the extension's. */
  readonly calledByExtension: boolean;
}

function runType({origin}: NamedFrame): Run['type'] {
  switch (origin) {
    case 'extension':
    case 'python':
      return origin;
    case 'interpreter':
    case 'system':
    case 'unknown':
      return 'other';
    default:
      return unreachable(origin);
  }
}

function runsOf(stack: readonly NamedFrame[]): readonly Run[] {
  const runs: {type: Run['type']; frames: NamedFrame[]}[] = [];
  for (const frame of stack) {
    const type = runType(frame);
    const last = runs.at(-1);
    if (last?.type === type) last.frames.push(frame);
    else runs.push({type, frames: [frame]});
  }
  return runs.map((run, index) => ({...run, calledByExtension: runs[index + 1]?.type === 'extension'}));
}

interface Fold {
  readonly shown: readonly NamedFrame[];
  readonly folded: readonly NamedFrame[];
}

function foldOf(
  {frames, calledByExtension}: Run,
  {isFirst, hasExtension}: {readonly isFirst: boolean; readonly hasExtension: boolean},
): Fold {
  const kept = calledByExtension ? 1 : isFirst && !hasExtension ? INTERPRETER_FRAMES : 0;
  if (frames.length - kept < FOLD_FROM) return {shown: frames, folded: []};
  return calledByExtension
    ? {shown: frames.slice(-kept), folded: frames.slice(0, -kept)}
    : {shown: frames.slice(0, kept), folded: frames.slice(kept)};
}

function foldNoun(frames: readonly NamedFrame[]): string {
  const origins = new Set(frames.map(({origin}) => origin));
  const [origin] = origins;
  return origins.size === 1 && origin !== undefined ? `${origin} frame` : 'interpreter and system frame';
}
