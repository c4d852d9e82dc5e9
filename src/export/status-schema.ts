import {readFileSync} from 'node:fs';
import {z} from 'zod';
import {parseEvent} from '../run/status.js';

const text = z.string();
const count = z.number();

/** What is read of the agent's events: a status file from elsewhere is not leakline's own word. */
const eventSchema = z.discriminatedUnion('event', [
  z.object({event: z.literal('started'), allocator: text, gil: z.boolean()}),
  z.object({
    event: z.literal('checkpoint'),
    counters: z.object({descriptors: count, threads: count, children: count, mappedBytes: count}),
  }),
  z.object({
    event: z.literal('exception'),
    section: text,
    type: text,
    message: text,
    line: count.nullable(),
    traceback: text,
  }),
  z.object({
    event: z.literal('inspected'),
    record: count,
    raw: count,
    types: z.array(
      z.object({
        type: text,
        count,
        refcount: z.object({min: count, max: count}).nullable(),
        values: z.array(text),
      }),
    ),
  }),
  z.object({event: z.literal('not-inspected')}),
  z.object({
    event: z.literal('complete'),
    descriptors: z.object({before: count, after: count, left: z.array(text)}).optional(),
  }),
]);

/**
 * The number of the first line of a status file that is an event and none of the agent's, counted
 * from 1; undefined when there is none, or no such file.
 */
export function wrongStatusLine(file: string): number | undefined {
  let lines: readonly string[];
  try {
    lines = readFileSync(file, 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const index = lines.findIndex((line) => {
    const event = parseEvent(line);
    return event !== undefined && !eventSchema.safeParse(event).success;
  });
  return index === -1 ? undefined : index + 1;
}
