import {readFileSync} from 'node:fs';
import type {StatusEvent} from '../probe/protocol.js';

/**
 * What the agent wrote so far, oldest first. A last line that a killed process left incomplete
 * is dropped; a file that does not exist holds nothing.
 */
export function readStatus(file: string): readonly StatusEvent[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as StatusEvent];
    } catch {
      return [];
    }
  });
}

/** The first event of a type. */
export function findEvent<T extends StatusEvent['event']>(
  events: readonly StatusEvent[],
  type: T,
): Extract<StatusEvent, {readonly event: T}> | undefined {
  return events.find((event): event is Extract<StatusEvent, {readonly event: T}> => event.event === type);
}
