/** `value`, which an earlier check has made sure of; that it is missing is a bug. */
export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is missing after its check`);
  return value;
}
