import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';

const LOADERS: Readonly<Partial<Record<string, string>>> = {
  x64: '/lib64/ld-linux-x86-64.so.2',
  arm64: '/lib/ld-linux-aarch64.so.1',
};

/**
 * Whether memcheck can replace functions in the dynamic loader, without which it refuses to start:
 * either the loader has its symbols, or its debug file is installed (libc6-dbg).
 */
export function hasLoaderSymbols(
  loader: string | undefined = LOADERS[process.arch],
  debugFolder = '/usr/lib/debug',
): boolean {
  let elf: Buffer;
  try {
    elf = readFileSync(loader ?? '');
  } catch {
    // Another architecture or C library, of which nothing is known here.
    return true;
  }
  if (elf.includes('.symtab\0')) return true;
  const id = buildId(elf);
  if (id === undefined) return false;
  return existsSync(path.join(debugFolder, '.build-id', id.slice(0, 2), `${id.slice(2)}.debug`));
}

/** The head of an ELF note that holds a build ID: name of 4 bytes, SHA-1 of 20, type 3, "GNU". */
const BUILD_ID_NOTE = [4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, 0x47, 0x4e, 0x55, 0];

/** The build ID of a little-endian ELF file in hexadecimal. */
export function buildId(elf: Buffer): string | undefined {
  const at = elf.indexOf(Buffer.from(BUILD_ID_NOTE));
  if (at < 0) return undefined;
  const start = at + BUILD_ID_NOTE.length;
  return elf.subarray(start, start + 20).toString('hex');
}
