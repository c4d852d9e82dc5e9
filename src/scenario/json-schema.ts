import {z} from 'zod';
import {scenarioSchema} from './schema.js';

/** Name of the schema file in the scenario folder, where scenario files point editors to. */
export const SCHEMA_NAME = 'scenario.schema.json';

/**
 * The JSON Schema of scenario files for editors, as the text of a file. It is draft 7, the
 * newest draft that the YAML language server supports in full.
 */
export function scenarioJsonSchema(): string {
  return `${format(z.toJSONSchema(scenarioSchema, {io: 'input', target: 'draft-07'}), '')}\n`;
}

/** JSON with one key a line and lists of plain values in one line. */
function format(value: unknown, indent: string): string {
  const deeper = `${indent}  `;
  const block = (open: string, lines: readonly string[], close: string) =>
    lines.length === 0
      ? open + close
      : `${open}\n${lines.map((line) => deeper + line).join(',\n')}\n${indent}${close}`;
  if (Array.isArray(value)) {
    if (value.flat().every((entry) => typeof entry !== 'object'))
      return JSON.stringify(value).replaceAll('","', '", "');
    return block(
      '[',
      value.map((entry) => format(entry, deeper)),
      ']',
    );
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value);
  return block(
    '{',
    entries.map(([key, entry]) => `${JSON.stringify(key)}: ${format(entry, deeper)}`),
    '}',
  );
}
