/** Names up to this long are shown as they are. */
const LONG = 60;

/** Operators whose brackets are neither template arguments nor parameters. */
const OPERATOR = /\boperator *(<=>|<<=?|>>=?|<=|>=|<|>|->\*?|\(\))/g;

/**
 * A long C++ name without its template arguments and parameters, for people:
 * `pybind11::cpp_function::initialize<…>(…)`. Signatures are made of the whole name.
 */
export function shortName(name: string): string {
  if (name.length <= LONG) return name;
  const operators: string[] = [];
  const marked = name.replace(OPERATOR, (operator) => `\0${operators.push(operator) - 1}\0`);
  const withoutArguments = emptied(marked, /<[^<>]*>/g, '\u0001').replaceAll('\u0001', '<…>');
  const withoutParameters = emptied(withoutArguments, /\((?!anonymous namespace\))[^()]+\)/g, '\u0001');
  const text = withoutParameters.replaceAll('\u0001', '(…)');
  return text.replace(/\0(\d+)\0/g, (_, index) => operators[Number(index)] ?? '');
}

/** The text with a mark for each pair of brackets, the innermost first. */
function emptied(text: string, brackets: RegExp, mark: string): string {
  const less = text.replace(brackets, mark);
  return less === text ? text : emptied(less, brackets, mark);
}
