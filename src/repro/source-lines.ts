import {readFileSync} from 'node:fs';
import type {NamedFrame} from '../judge/types.js';

/** Lines shown before and after the one that is meant. */
const AROUND = 2;

/**
 * The source around the frame's line, the line itself marked with `>`; empty when the source is
 * not at hand or no line is known.
 */
export function sourceLines({path: file, line}: NamedFrame): readonly string[] {
  if (file === undefined || line === undefined) return [];
  let lines: readonly string[];
  try {
    lines = readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
  const first = Math.max(1, line - AROUND);
  const last = Math.min(lines.length, line + AROUND);
  const width = String(last).length;
  return lines.slice(first - 1, last).map((text, index) => {
    const number = first + index;
    const mark = number === line ? '>' : ' ';
    return `${mark} ${String(number).padStart(width)} | ${text}`.trimEnd();
  });
}
