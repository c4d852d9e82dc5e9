import {closest, distance} from 'fastest-levenshtein';

/** Words over this length are no typing mistakes, and comparing them takes quadratic time. */
const MAX_WORD = 200;

/** `, did you mean "iterations"?` for the nearest of `known`, '' when none is near. */
export function suggestion(word: string, known: readonly string[]): string {
  if (known.length === 0 || word.length > MAX_WORD) return '';
  const nearest = closest(word, [...known]);
  return distance(word, nearest) <= Math.max(2, word.length / 3) ? `, did you mean "${nearest}"?` : '';
}
