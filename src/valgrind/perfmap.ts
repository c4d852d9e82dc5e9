/** A Python function as CPython names it in its perf map. */
export interface PythonFrame {
  /** Its qualified name: `Loader.make_rows`, `<module>`. */
  readonly function: string;
  /** Its file as the code object has it; `<frozen …>` and the like for what has none. */
  readonly file: string;
}

/** Disjoint ranges of code addresses in ascending order. */
export interface PerfMap {
  /** Where each range starts. */
  readonly starts: Float64Array;
  /** The first address behind each range. */
  readonly ends: Float64Array;
  /** undefined for code that is no Python function's trampoline. */
  readonly frames: readonly (PythonFrame | undefined)[];
}

interface Entry {
  readonly start: number;
  readonly end: number;
  readonly frame: PythonFrame | undefined;
}

/**
 * Reads a perf map, as CPython 3.12 and later write it to `/tmp/perf-PID.map` with `-X perf`:
 * lines of `START SIZE symbol`, both numbers hexadecimal without `0x`. Lines that are none, a
 * cut-off last one among them, are passed over. Of entries that overlap, the later one holds,
 * since the memory was used anew. The format is described in Linux,
 * tools/perf/Documentation/jit-interface.txt.
 */
export function parsePerfMap(text: string): PerfMap {
  const entries = text.split('\n').slice(0, -1).flatMap(parseLine);
  return withoutOverlap(entries);
}

/** Addresses and sizes beyond 2^53 do not exist on any machine that valgrind runs on. */
const LINE = /^(?:0x)?([0-9a-f]{1,13}) (?:0x)?([0-9a-f]{1,13}) (.+)$/i;

function parseLine(line: string): readonly Entry[] {
  const [, startDigits, sizeDigits, symbol] = LINE.exec(line) ?? [];
  if (startDigits === undefined || sizeDigits === undefined || symbol === undefined) return [];
  const start = Number.parseInt(startDigits, 16);
  const size = Number.parseInt(sizeDigits, 16);
  return size === 0 ? [] : [{start, end: start + size, frame: parseSymbol(symbol)}];
}

/**
 * `py::function:file`. Either part may hold colons; a file is an absolute path or `<…>` most
 * of the time, so the first colon before one of these is taken, else the first.
 */
function parseSymbol(symbol: string): PythonFrame | undefined {
  if (!symbol.startsWith('py::')) return undefined;
  const name = symbol.slice('py::'.length);
  const absolute = name.search(/(?<=.):[/<]/);
  const colon = absolute === -1 ? name.indexOf(':') : absolute;
  return colon === -1
    ? {function: name, file: ''}
    : {function: name.slice(0, colon), file: name.slice(colon + 1)};
}

/** Gives each piece between two neighbouring bounds to the last entry that covers it. */
function withoutOverlap(entries: readonly Entry[]): PerfMap {
  const bounds = Float64Array.from(new Set(entries.flatMap(({start, end}) => [start, end]))).sort();
  const owners = new Array<Entry | undefined>(bounds.length);
  // free[k] leads to the first piece from k on that has no owner yet.
  const free = Uint32Array.from({length: bounds.length + 1}, (_, index) => index);
  const firstFree = (piece: number): number => {
    let root = piece;
    while (free[root] !== root) root = free[root] ?? root;
    for (let at = piece; at !== root; ) {
      const next = free[at] ?? root;
      free[at] = root;
      at = next;
    }
    return root;
  };
  for (const entry of entries.toReversed()) {
    const end = lastAtOrBefore(bounds, entry.end);
    for (let piece = firstFree(lastAtOrBefore(bounds, entry.start)); piece < end; piece = firstFree(piece)) {
      owners[piece] = entry;
      free[piece] = piece + 1;
    }
  }
  const owned = [...bounds.keys()].filter((piece) => owners[piece] !== undefined);
  return {
    starts: Float64Array.from(owned, (piece) => bounds[piece] ?? 0),
    ends: Float64Array.from(owned, (piece) => bounds[piece + 1] ?? 0),
    frames: owned.map((piece) => owners[piece]?.frame),
  };
}

/** Index of the last of the ascending `values` that is at most `value`, -1 when none is. */
function lastAtOrBefore(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * The Python function whose trampoline holds the address `ip` (`0x…`, as in valgrind's XML);
 * undefined when none does.
 */
export function lookUp(map: PerfMap, ip: string): PythonFrame | undefined {
  const address = Number(ip);
  const index = lastAtOrBefore(map.starts, address);
  return index >= 0 && address < (map.ends[index] ?? 0) ? map.frames[index] : undefined;
}

/**
 * {@link lookUp} in several maps, the first that knows the address: a forked child's own map
 * comes first, then its parent's, which has the frames that were entered before the fork.
 */
export function lookUpFirst(maps: readonly PerfMap[], ip: string): PythonFrame | undefined {
  for (const map of maps) {
    const frame = lookUp(map, ip);
    if (frame !== undefined) return frame;
  }
  return undefined;
}
