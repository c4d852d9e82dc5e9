/** Words that no Python from 2.7 on takes as the name of a variable (`keyword.kwlist`). */
export const PYTHON_KEYWORDS: ReadonlySet<string> = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except exec finally ' +
    'for from global if import in is lambda nonlocal not or pass print raise return try while with yield'
  ).split(' '),
);
