/**
 * Control characters (C0 but newline and tab, DEL, C1), which terminals obey, and characters that
 * reorder or break lines (https://trojansource.codes).
 */
const DANGEROUS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const LONE_SURROGATE = /\p{Surrogate}/gu;

const visible = (character: string) => {
  const code = character.charCodeAt(0);
  if (character === '\r') return '\\r';
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
};

/**
 * Text from a scenario, a log or debug information, made safe to print: escape sequences and
 * characters that reorder text become visible, and GitHub's runner finds no workflow command in
 * it (`::name` at the start of a line, `##[name]` anywhere). Newlines and tabs stay; twice is as
 * good as once.
 */
export function harmless(text: string): string {
  return text
    .replace(LONE_SURROGATE, '\ufffd')
    .replaceAll('\r\n', '\n')
    .replace(DANGEROUS, visible)
    .replace(/^(\s*):(?=:)/gm, '$1: ')
    .replaceAll('##[', '## [');
}

/** {@link harmless} for what must stay on one line: newlines and tabs become spaces. */
export const harmlessLine = (text: string): string => harmless(text).replace(/[\n\t]+/g, ' ');

/** Keys whose text may have several lines; all others hold names and sentences. */
const MULTILINE = new Set(['output', 'detail']);

/** A copy of an event or a result in which every string is {@link harmless}. */
export function harmlessCopy<T>(value: T): T {
  return copy(value, '') as T;
}

function copy(value: unknown, key: string): unknown {
  if (typeof value === 'string') return MULTILINE.has(key) ? harmless(value) : harmlessLine(value);
  if (Array.isArray(value)) return value.map((item) => copy(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copy(item, name)]));
}
