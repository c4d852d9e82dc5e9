import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';

/** The first `length` hexadecimal digits of the SHA-256 of `parts`, each with its length before it. */
export function shortHash(parts: readonly string[], length = 12): string {
  // One call: each crosses into native code, which takes longer than to hash a short part.
  const text = parts.map((part) => `${part.length}:${part}`).join('');
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

/** The SHA-256 of a file's content in hexadecimal. */
export async function fileSha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
