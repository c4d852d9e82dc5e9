/** How the Itanium C++ ABI mangles `(anonymous namespace)`. */
const ANONYMOUS = '_GLOBAL__N_1';

/** The hash that Rust's legacy mangling adds as a last name; valgrind leaves it out. */
const RUST_HASH = /^h[0-9a-f]{16}$/;

/**
 * The qualified name in a mangled one, without parameters: `_ZN5space5thing4moveEi` gives
 * `space::thing::move`, and Rust's `_ZN4core3fmt5write17h0123456789abcdefE` `core::fmt::write`.
 *
 * Only nested and plain source names of the Itanium C++ ABI are read (section 5.1.3, <name>);
 * a name with templates, operators, constructors or substitutions gives undefined.
 */
export function qualifiedName(mangled: string): string | undefined {
  const prefix = /^_Z(?:L|N[rVKRO]*)?(?=\d)/.exec(mangled)?.[0];
  if (prefix === undefined) return undefined;
  const {names, rest} = readNames(mangled.slice(prefix.length));
  // A plain name's parameters follow at once and may be names too.
  if (!prefix.startsWith('_ZN')) return rest.startsWith('I') ? undefined : names[0];
  if (!rest.startsWith('E')) return undefined;
  return names.filter((name) => !RUST_HASH.test(name)).join('::');
}

/** Reads `<length><name>` as often as it stands there. */
function readNames(text: string): {readonly names: readonly string[]; readonly rest: string} {
  const names: string[] = [];
  let rest = text;
  for (;;) {
    const digits = /^\d+/.exec(rest)?.[0];
    if (digits === undefined) return {names, rest};
    const end = digits.length + Number(digits);
    names.push(rest.slice(digits.length, end));
    rest = rest.slice(end);
  }
}

/**
 * A demangled name without its parameters, to be compared with {@link qualifiedName}:
 * `space::thing::move(int) const` gives `space::thing::move`.
 */
export function withoutParameters(demangled: string): string {
  const name = demangled.replaceAll('(anonymous namespace)', ANONYMOUS);
  const open = name.indexOf('(');
  return open === -1 ? name : name.slice(0, open);
}
