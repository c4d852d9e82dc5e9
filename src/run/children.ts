import {closeSync, openSync, readdirSync, readSync} from 'node:fs';
import path from 'node:path';
import type {UsedSuppression} from '../valgrind/types.js';
import {readXml, type XmlContent} from './collect.js';
import type {ChildObservation, Observation} from './observation.js';

/**
 * What was collected of a scenario's own process, and what the XML files of all others in `folder`
 * say, each of a process that it started.
 *
 * @param pid of the scenario's own process
 */
export async function withChildren<Own extends Pick<Observation, 'errors' | 'suppressions'>>(
  own: Own,
  folder: string,
  pid: number | undefined,
): Promise<Own & Pick<Observation, 'children'>> {
  const children: ChildObservation[] = [];
  const errors = [...own.errors];
  const suppressions = [...own.suppressions];
  for (const child of childrenIn(folder, pid)) {
    const read = await readXml(path.join(folder, `${child}.xml`), mapsOf(folder, child));
    const name = nameOf(read);
    errors.push(...read.errors.map((counted) => ({...counted, child: name})));
    suppressions.push(...read.suppressions);
    children.push(childObservation(name, read));
  }
  return {...own, errors, suppressions: addUp(suppressions), children};
}

/** Process ids, in the order of their start: the kernel counts upwards. */
function childrenIn(folder: string, pid: number | undefined): readonly number[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.xml') && file !== `${pid}.xml`)
    .map((file) => Number.parseInt(file, 10))
    .sort((a, b) => a - b);
}

/** The beginning of the XML, which names the parent. */
const PREAMBLE_BYTES = 4096;

/**
 * The maps with names of a process's Python frames: its own, then those of the processes that it
 * was forked from, the last of which has the frames that were entered before.
 */
function mapsOf(folder: string, pid: number): readonly string[] {
  const map = path.join(folder, `${pid}.map`);
  const parent = /<ppid>(\d+)<\/ppid>/.exec(beginningOf(path.join(folder, `${pid}.xml`)))?.[1];
  return parent === undefined ? [map] : [map, ...mapsOf(folder, Number(parent))];
}

/** The first bytes of a file as text, none of one that is not there. */
function beginningOf(file: string): string {
  const bytes = Buffer.alloc(PREAMBLE_BYTES);
  try {
    const descriptor = openSync(file, 'r');
    try {
      return bytes.toString('latin1', 0, readSync(descriptor, bytes));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return '';
  }
}

/** Longer command lines are cut. */
const MAX_NAME = 80;

/** `overrun --once`, or `a fork of overrun`. */
function nameOf({argv: [program = '???', ...args], isForked}: XmlContent): string {
  const base = path.basename(program);
  if (isForked) return `a fork of ${base}`;
  const line = [base, ...args].join(' ').replaceAll(/\s+/g, ' ').trim();
  return line.length > MAX_NAME ? `${line.slice(0, MAX_NAME - 1)}…` : line;
}

/**
 * A fork lists what it changed behind its checkpoint 1 (see leakline_forks.c). One without a
 * checkpoint has become no program, as after a failed exec, or is of a program into which nothing
 * is preloaded: what it had at its exit is mostly its parent's, and left out.
 */
function childObservation(
  name: string,
  {isForked, atExit, intervals, fatalSignal, xmlProblem}: XmlContent,
): ChildObservation {
  const wasKilled = fatalSignal !== undefined || xmlProblem !== undefined;
  return {
    name,
    atExit: wasKilled || isForked ? [] : atExit,
    sinceFork: wasKilled ? [] : (intervals[0] ?? []),
    wasKilled,
  };
}

/** Each rule once. */
function addUp(used: readonly UsedSuppression[]): readonly UsedSuppression[] {
  const byName = new Map<string, UsedSuppression>();
  for (const rule of used) {
    byName.set(rule.name, {...rule, count: rule.count + (byName.get(rule.name)?.count ?? 0)});
  }
  return [...byName.values()];
}
