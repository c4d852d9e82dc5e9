import {shortHash} from '../util/hash.js';
import {shortName} from '../util/short-name.js';
import {unreachable} from '../util/unreachable.js';
import {CALLERS} from '../valgrind/command.js';
import type {Attribution, NamedFrame} from './types.js';

/** The stable name of a loss record or error, and the frames it is made of. */
export interface Signature {
  /** 12 hexadecimal digits. */
  readonly id: string;
  readonly frames: readonly NamedFrame[];
  readonly attribution: Attribution;
  /** Signature of the interpreter's frames alone, when it is the interpreter's leak. */
  readonly interpreterId?: string;
}

/**
 * Frames a signature takes at most, from the innermost on. Deep recursion of a parser must not
 * make a signature depend on the depth of its input.
 */
const MAX_FRAMES = 12;

/** Functions that only hand out memory. Who asked for it is what tells one leak from another. */
const ALLOCATOR =
  /^(malloc|calloc|realloc|reallocarray|memalign|posix_memalign|aligned_alloc|valloc|free|cfree|operator (new|delete)(\[\])?.*|_?PyMem_\w+|_?PyMem_Raw\w+|_?PyObject_(Malloc|Calloc|Realloc|Free|New|NewVar|GC_New\w*|GC_Alloc|GC_Malloc|GC_Calloc|GC_Resize|Init\w*)|_PyObject_MallocWithType|_PyObject_CallocWithType|_PyObject_ReallocWithType|_?mi_\w+|_Py(Mem|Object)_Mi\w+|_PyMem_DebugRaw\w+|gc_alloc|PyType_Generic(Alloc|New)|_PyType_AllocNoTrack|__interceptor_\w+)$/;

/** The interpreter's own way from one call to the next: it differs from version to version and says nothing. */
const PLUMBING =
  /^(_?PyEval_\w+|_Py_HandlePending|_?PyObject_(Vectorcall|VectorcallTstate|VectorcallDictTstate|VectorcallMethod|MakeTpCall|Call|Call\w+|FastCall\w*)|_?PyVectorcall_\w+|_?PyFunction_(Vectorcall|FastCall\w*)|_?PyCFunction_\w+|_?PyMethodDef_\w+|_?PyStack_\w+|call_function|call_trampoline|do_call|do_call_core|fast_function|function_code_fastcall|cfunction_(call|vectorcall\w*|enter_call|get_function)\w*|method_vectorcall\w*|method_call|method_enter_call|vectorcall_\w+|function_call|instancemethod_call|slot_tp_\w+|type_call|wrap_call|wrapperdescr_\w+|wrapper_call|wrap_init|object_vacall|object_vectorcall|py_trampoline_evaluator|leakline_\w+|builtin_(exec|eval)(_impl)?|run_mod|run_eval_code_obj|pyrun_\w+|_?PyRun_\w+|Py_Run\w+|pymain_\w+|Py_BytesMain|Py_Main|main|\(below main\)|_start|__libc_start\w+|start_thread|clone\d?)$/;

/** The code objects that the agent makes of a scenario's sections. */
const SECTION = /^(setup|body|teardown|code)$/;

/** What {@link signatureOf} asks of a frame, once for all stacks that it is in. */
interface Traits {
  readonly isAllocator: boolean;
  readonly isPlumbing: boolean;
  /** What two builds of the same code agree on: no line, no path, no address. */
  readonly identity: string;
}

const TRAITS = new WeakMap<NamedFrame, Traits>();

function traitsOf(frame: NamedFrame): Traits {
  const known = TRAITS.get(frame);
  if (known !== undefined) return known;
  const traits = {
    isAllocator: frame.origin !== 'python' && ALLOCATOR.test(frame.name),
    isPlumbing: isPlumbing(frame),
    identity: identity(frame),
  };
  TRAITS.set(frame, traits);
  return traits;
}

function withoutAllocators(stack: readonly NamedFrame[]): readonly NamedFrame[] {
  const first = stack.findIndex((frame) => !traitsOf(frame).isAllocator);
  return first === -1 ? stack : stack.slice(first);
}

/** The module whose C code runs the body. */
const PROBE = 'leakline_probe';

/**
 * The stack up to the scenario's outermost section: what is outside of it is leakline's agent.
 * Where Python frames have no names, as on 2.7, the probe's frames tell where the body ends.
 */
export function withinScenario(stack: readonly NamedFrame[], scenarioFile: string): readonly NamedFrame[] {
  const probe = stack.findIndex(({module}) => module === PROBE);
  const inside = probe > 0 ? stack.slice(0, probe) : stack;
  const last = inside.findLastIndex(
    ({origin, name, path}) => origin === 'python' && SECTION.test(name) && path === scenarioFile,
  );
  return last === -1 ? inside : inside.slice(0, last + 1);
}

/** Calls on their way through the interpreter, and its import system (`<frozen importlib._bootstrap>`). */
function isPlumbing({origin, name, file}: NamedFrame): boolean {
  if (origin === 'python') return file?.startsWith('<frozen ') ?? false;
  return origin === 'interpreter' && PLUMBING.test(name);
}

function identity({origin, name, module, file}: NamedFrame): string {
  switch (origin) {
    case 'python':
      return JSON.stringify([origin, name, file]);
    case 'extension':
      return JSON.stringify([origin, name, module]);
    case 'interpreter':
    case 'system':
    case 'unknown':
      return JSON.stringify([origin, name]);
    default:
      return unreachable(origin);
  }
}

/** Recursion and frames of inlined twins count once. */
function withoutRepeats(frames: readonly NamedFrame[]): readonly NamedFrame[] {
  return frames.filter((frame, index) => {
    const previous = frames[index - 1];
    return previous === undefined || traitsOf(previous).identity !== traitsOf(frame).identity;
  });
}

/**
 * The frames that name an allocation: the interpreter's function that the extension called (the
 * outermost one, which is the documented API, not the helper it is made of), the extension's
 * frames and the Python functions. Where no extension takes part, all the interpreter's
 * functions but the plumbing.
 */
function significantFrames(stack: readonly NamedFrame[]): readonly NamedFrame[] {
  const frames = stack.filter((frame) => !traitsOf(frame).isPlumbing);
  const firstOwn = frames.findIndex(({origin}) => origin === 'extension' || origin === 'python');
  if (firstOwn === -1) return frames;
  const head = frames.slice(0, firstOwn);
  const own = frames.slice(firstOwn).filter(({origin}) => origin === 'extension' || origin === 'python');
  return [...(own[0]?.origin === 'extension' ? head.slice(-1) : head), ...own];
}

/**
 * The signature of `stack`. Frames outside the scenario's own sections are leakline's and left
 * out, which makes `fork` and `process` agree.
 *
 * @param kind for errors, memcheck's kind: two errors at one place have two signatures; '' for leaks
 */
export function signatureOf(stack: readonly NamedFrame[], scenarioFile: string, kind = ''): Signature {
  // A reproduction asks valgrind for whole stacks, and has to find the same signature.
  const inside = withinScenario(withoutAllocators(stack.slice(0, CALLERS)), scenarioFile);
  const significant = withoutRepeats(significantFrames(inside));
  const frames = (significant.length > 0 ? significant : inside).slice(0, MAX_FRAMES);
  const ofInterpreter = frames.filter(({origin}) => origin === 'interpreter');
  const isExtensions = inside.some(({origin}) => origin === 'extension');
  return {
    id: hashOf(kind, frames),
    frames,
    attribution: isExtensions ? 'extension' : 'interpreter',
    ...(isExtensions || ofInterpreter.length === 0
      ? {}
      : {interpreterId: hashOf(`${kind} of the interpreter`, ofInterpreter)}),
  };
}

const hashOf = (kind: string, frames: readonly NamedFrame[]) =>
  shortHash([kind, ...frames.map((frame) => traitsOf(frame).identity)]);

/** `PyList_New ← leaky_list (leaky) ← make_rows (loader.py) ← body`: a signature's frames without lines. */
export function signatureText(frames: readonly NamedFrame[]): string {
  return frames
    .map(({origin, name, module, file}) => {
      if (origin === 'extension' && module !== undefined) return `${shortName(name)} (${module})`;
      if (origin === 'python' && file !== undefined && !SECTION.test(name)) return `${name} (${file})`;
      return name;
    })
    .join(' ← ');
}
