import type {ChildObservation} from '../run/observation.js';
import type {LossRecord} from '../valgrind/types.js';
import {leftBehind} from './findings.js';
import {change, type Place, total} from './group.js';
import type {InterpreterFinding, LeakFinding, ResourceFinding} from './types.js';

/**
 * What the processes left behind that an exit scenario started: a program above `floor`, a fork
 * above what it inherited.
 *
 * @param floor of an interpreter: its records have signatures that no other program has
 */
export function childFindings(
  children: readonly ChildObservation[],
  floor: readonly LossRecord[],
  place: Place,
): readonly (LeakFinding | InterpreterFinding)[] {
  return children.flatMap(({name, atExit, sinceFork}) =>
    [...leftBehind(atExit, total, floor, place), ...leftBehind(sinceFork, change, [], place)].map(
      (finding) => (finding.type === 'leak' ? {...finding, child: name} : finding),
    ),
  );
}

/** One finding for each signature: what several processes left behind is added up, the first one tells the rest. */
export function addUp<T extends LeakFinding | InterpreterFinding | ResourceFinding>(
  findings: readonly T[],
): readonly T[] {
  const byId = new Map<string, T>();
  for (const finding of findings) {
    const key = `${finding.type} ${finding.id}`;
    const known = byId.get(key);
    byId.set(key, known === undefined ? finding : plus(known, finding));
  }
  return [...byId.values()];
}

function plus<T extends LeakFinding | InterpreterFinding | ResourceFinding>(a: T, b: T): T {
  if (!('blocks' in a && 'blocks' in b)) return a;
  return {...a, blocks: a.blocks + b.blocks, bytes: a.bytes + b.bytes};
}
