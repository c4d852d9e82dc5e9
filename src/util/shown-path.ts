import path from 'node:path';

/** `file` as someone in `cwd` would type it: relative, unless that is the longer way to write it. */
export function shownPath(cwd: string, file: string): string {
  const relative = path.relative(cwd, file);
  if (relative === '') return '.';
  return relative.length < file.length ? relative : file;
}
