import {readFileSync} from 'node:fs';
import type {StatusEvent} from '../probe/protocol.js';

/**
 * What the agent wrote so far, oldest first. A last line that a killed process left incomplete
 * is dropped, as is any other that is no event; a file that does not exist holds nothing.
 */
export function readStatus(file: string): readonly StatusEvent[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => parseEvent<StatusEvent>(line) ?? []);
}

/** The event in a line of JSON, undefined when it holds none. Its fields are the sender's word. */
export function parseEvent<T extends {readonly event: string}>(line: string): T | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isEvent = typeof value === 'object' && value !== null && 'event' in value;
    return isEvent && typeof value.event === 'string' ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

/** The first event of a type. */
export function findEvent<T extends StatusEvent['event']>(
  events: readonly StatusEvent[],
  type: T,
): Extract<StatusEvent, {readonly event: T}> | undefined {
  return events.find((event): event is Extract<StatusEvent, {readonly event: T}> => event.event === type);
}
