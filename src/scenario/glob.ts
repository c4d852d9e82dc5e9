/**
 * A regular expression for a pattern of scenario ids: `*` and `?` stand for anything but `/`,
 * `**` for anything.
 */
export function globToRegExp(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*\*\/|\*\*|\*|\?|[\\^$.|+()[\]{}]/g, (token) => {
    if (token === '**/') return '(?:.*/)?';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    return token === '?' ? '[^/]' : `\\${token}`;
  });
  return new RegExp(`^${source}$`);
}

export const isGlob = (text: string) => /[*?]/.test(text);
