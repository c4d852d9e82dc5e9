/** Ends a switch over a union: the compiler rejects the call as long as a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
