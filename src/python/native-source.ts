import {readFileSync, realpathSync} from 'node:fs';
import path from 'node:path';

/** A C or C++ file and the headers of its own that it includes, directly or not. */
export interface NativeSource {
  readonly file: string;
  readonly language: 'c' | 'c++';
  /** The file first, then its headers; each with its content. */
  readonly parts: readonly {readonly file: string; readonly text: string}[];
}

/**
 * Reads `file` with every header that a `#include "…"` finds beside the file that names it.
 * Headers elsewhere (Python's, the system's) change with the build or the compiler.
 *
 * @throws NodeJS.ErrnoException when `file` itself cannot be read
 */
export function readNativeSource(file: string): NativeSource {
  const parts = new Map<string, string>();
  const visit = (part: string) => {
    if (parts.has(part)) return;
    const text = readFileSync(part, 'utf8');
    parts.set(part, text);
    for (const included of localIncludes(text)) {
      try {
        visit(realpathSync(path.resolve(path.dirname(part), included)));
      } catch {
        // On another include path, or the compiler will say that it does not exist.
      }
    }
  };
  visit(file);
  return {
    file,
    language: /\.(cc|cpp|cxx)$/.test(file) ? 'c++' : 'c',
    parts: [...parts].map(([part, text]) => ({file: part, text})),
  };
}

/** The names in `#include "name"` lines. */
export function localIncludes(text: string): readonly string[] {
  return [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"/gm)].map(([, name]) => name ?? '');
}
