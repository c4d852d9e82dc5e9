import {constants} from 'node:os';

/** `SIGKILL` for 9; a number that has no name is given as it is. */
export function signalName(number: number): string {
  const name = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return name ?? `signal ${number}`;
}
