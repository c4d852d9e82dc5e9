/** `${name}`, or `$${name}` which stands for a literal `${name}`. */
const PLACEHOLDER = /\$(\$?)\{([^{}]*)\}/g;

/**
 * Replaces each `${name}` in `text` by the text of that variable. `unknown` lists the names
 * that have none; they stay as they are in the text.
 *
 * @param variables texts by name; undefined for a variable that has no text (a list, a mapping)
 */
export function substitute(
  text: string,
  variables: ReadonlyMap<string, string | undefined>,
): {readonly text: string; readonly unknown: readonly string[]} {
  const unknown: string[] = [];
  const replaced = text.replace(PLACEHOLDER, (whole, escaped: string, name: string) => {
    if (escaped) return whole.slice(1);
    const value = variables.get(name);
    if (value === undefined) unknown.push(name);
    return value ?? whole;
  });
  return {text: replaced, unknown};
}
