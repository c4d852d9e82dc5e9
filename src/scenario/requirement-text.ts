const NAME = '[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?';
const VERSION = '(?:===|==|~=|!=|<=|>=|<|>)\\s*[A-Za-z0-9.*+!_-]+';
const VERSIONS = `\\(?\\s*${VERSION}(?:\\s*,\\s*${VERSION})*\\s*,?\\s*\\)?`;
/** Local files have keys of their own, which say where they may be. */
const ADDRESS = '@\\s*(?:git\\+)?https?://\\S+';

/** A requirement as PEP 508 writes it: name, extras, versions or address, marker. */
const REQUIREMENT = new RegExp(
  `^(${NAME})\\s*(?:\\[[\\w.,\\s-]*\\])?\\s*(?:${VERSIONS}|${ADDRESS})?\\s*(?:;[^\\n]+)?$`,
);

/** The name in a PEP 508 requirement, normalised as in PEP 503; undefined when `text` is none. */
export function requirementName(text: string): string | undefined {
  const name = REQUIREMENT.exec(text.trim())?.[1];
  return name === undefined ? undefined : normalName(name);
}

/** The name of the project that a wheel file holds: the first part of its own name. */
export const wheelName = (file: string): string => normalName(file.split('-')[0] ?? file);

const normalName = (name: string) => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

/** Whether what stands under `wheel:` is a file; otherwise it is a requirement. */
export const isWheelFile = (written: string): boolean => written.endsWith('.whl');

/** What is wrong with a requirement, for the one who wrote it; undefined when nothing is. */
export function requirementMistake(text: string): string | undefined {
  // Names may hold dots, so that a file's name would pass for a package's.
  if (/\.(c|cc|cpp|cxx)$/.test(text)) return 'a C or C++ file stands under a key: "extension" or "program"';
  if (isWheelFile(text)) return 'a wheel stands under a key: "wheel"';
  if (/^\.{0,2}\/|^\.\.?$/.test(text)) return 'a folder stands under a key: "project"';
  return requirementName(text) === undefined ? 'is no requirement such as ujson==5.10.0' : undefined;
}
