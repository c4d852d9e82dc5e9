import path from 'node:path';
import type {Frame, Stack} from '../valgrind/types.js';
import type {NamedFrame, Origin} from './types.js';

/** What tells the interpreter's code from an extension's. */
export interface Attributes {
  /** Installation folder of the interpreter: its executable and libpython are below it. */
  readonly prefix?: string;
}

/** Objects whose functions belong to the C library, the loader or the compiler, by base name. */
const SYSTEM_OBJECT =
  /^(ld-\d|(ld-linux|ld-musl|ld64|libc|libm|libpthread|libdl|librt|libstdc\+\+|libgcc_s)[.-])/;

/** Memcheck's own replacements of malloc and of the string functions. */
const PRELOAD_OBJECT = /^vgpreload_/;

const INTERPRETER_OBJECT = /^(python\d?(\.\d+)?[a-z]*|libpython.*\.so.*)$/;

/** Whose code the frame is. Modules of lib-dynload are extensions, though CPython ships them. */
export function originOf(frame: Frame, {prefix}: Attributes): Origin {
  if (frame.language === 'python') return 'python';
  if (frame.object === undefined) return frame.function === undefined ? 'unknown' : 'extension';
  const base = path.basename(frame.object);
  if (SYSTEM_OBJECT.test(base) || PRELOAD_OBJECT.test(base)) return 'system';
  const ofPrefix = prefix === undefined || frame.object.startsWith(`${prefix}/`);
  return ofPrefix && INTERPRETER_OBJECT.test(base) ? 'interpreter' : 'extension';
}

/**
 * `leaky` for `…/leaky.cpython-313-x86_64-linux-gnu.so`, `libz` for `libz.so.1`, `libssl` for
 * `libssl-3fe9dd0f.so.1.1`: auditwheel puts a hash of the library into its name.
 */
function moduleOf(object: string): string {
  const base = path.basename(object);
  const dot = base.search(/\.(cpython-|abi3|so\b|pypy)/);
  return dot > 0 ? base.slice(0, dot).replace(/(?<=.)-[0-9a-f]{8}$/, '') : base;
}

/** What compilers add to the name of a function's copies, and what linkers add for its version. */
const ADDED =
  /(?<=.)(\.(isra|constprop|part|lto_priv|llvm)\.\d+|\.cold(\.\d+)?| \[clone [^\]]*\]|@@?[A-Za-z_][\w.]*)+$/;

/** Loss records share most of their frames, which are then one object: each is named once. */
const NAMED = new WeakMap<Frame, {readonly prefix: string | undefined; readonly frame: NamedFrame}>();

/** The frame as a person reads it. The same frame gives the same object. */
export function nameFrame(frame: Frame, attributes: Attributes): NamedFrame {
  const known = NAMED.get(frame);
  if (known !== undefined && known.prefix === attributes.prefix) return known.frame;
  const named = nameNewFrame(frame, attributes);
  NAMED.set(frame, {prefix: attributes.prefix, frame: named});
  return named;
}

function nameNewFrame(frame: Frame, attributes: Attributes): NamedFrame {
  const origin = originOf(frame, attributes);
  const name = frame.function ?? '???';
  const file = frame.file === undefined ? undefined : path.basename(frame.file);
  const sourcePath =
    frame.file === undefined
      ? undefined
      : origin === 'python' || path.isAbsolute(frame.file)
        ? frame.file
        : frame.directory && path.join(frame.directory, frame.file);
  return {
    origin,
    name: origin === 'python' ? name : name.replace(ADDED, ''),
    ...(origin !== 'python' && frame.object !== undefined ? {module: moduleOf(frame.object)} : {}),
    ...(file === undefined ? {} : {file}),
    ...(sourcePath === undefined ? {} : {path: sourcePath}),
    ...(frame.line === undefined ? {} : {line: frame.line}),
  };
}

export const nameStack = (stack: Stack, attributes: Attributes): readonly NamedFrame[] =>
  stack.map((frame) => nameFrame(frame, attributes));
