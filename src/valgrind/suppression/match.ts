import type {Frame, LossRecord, MemoryError} from '../types.js';
import {matchGlob, matchSequence} from './glob.js';
import {matchedLeakKinds} from './grammar.js';
import {suppressionKindOf} from './kind.js';
import {qualifiedName, withoutParameters} from './mangled.js';
import type {SuppressionEntry, SuppressionFrame} from './types.js';

/**
 * Whether `entry` hides `item`, as valgrind decides it: the kind fits and the rule's locations
 * match the innermost frames of the first stack; what is further out is free.
 *
 * Valgrind compares mangled names, the XML has demangled ones. A rule's mangled name is
 * therefore compared by its qualified name, without parameters; one that cannot be read
 * (templates, operators) or has wildcards matches only a function that is written the same way.
 */
export function matchesSuppression(entry: SuppressionEntry, item: LossRecord | MemoryError): boolean {
  const stack = item.type === 'loss-record' ? item.stack : item.stacks[0]?.frames;
  return (
    matchesKind(entry, item) &&
    matchSequence(entry.frames, stack ?? [], {
      isStar: ({type}) => type === 'any',
      isMatch: matchesFrame,
      isPrefix: true,
    })
  );
}

function matchesKind(entry: SuppressionEntry, item: LossRecord | MemoryError): boolean {
  const wanted = suppressionKindOf(item);
  if (wanted === undefined) return false;
  if (!entry.tools.includes(wanted.tool) || !wanted.kinds.includes(entry.kind)) return false;
  const [extra] = entry.extra;
  if (item.type === 'loss-record') return matchedLeakKinds(extra).includes(item.kind);
  if (entry.kind === 'FishyValue') return extra === undefined || extra.startsWith(wanted.extra ?? '');
  return wanted.extra === undefined || wanted.extra === extra;
}

/** What valgrind puts where it knows no name. */
const UNKNOWN = '???';

function matchesFrame(wanted: SuppressionFrame, frame: Frame): boolean {
  if (wanted.type === 'any') return true;
  const {type, pattern} = wanted;
  if (type === 'obj') return matchGlob(pattern, frame.object ?? UNKNOWN);
  if (type === 'src') return matchesSource(pattern, frame);
  return matchesFunction(pattern, frame.function ?? UNKNOWN);
}

function matchesFunction(pattern: string, name: string): boolean {
  if (matchGlob(pattern, name)) return true;
  if (!pattern.startsWith('_Z')) return false;
  return qualifiedName(pattern) === withoutParameters(name);
}

/** `src:name` or `src:name:line`; the name is the file's without its folder. */
function matchesSource(pattern: string, frame: Frame): boolean {
  if (frame.file === undefined) return false;
  const colon = pattern.indexOf(':');
  if (colon === -1) return matchGlob(pattern, frame.file);
  const line = Number.parseInt(pattern.slice(colon + 1), 10) || 0;
  return matchGlob(pattern.slice(0, colon), frame.file) && (line === 0 || line === frame.line);
}
