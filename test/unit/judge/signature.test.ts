import {describe, expect, it} from 'vitest';
import {nameStack} from '../../../src/judge/frames.js';
import {signatureOf, signatureText, withinScenario} from '../../../src/judge/signature.js';
import type {Stack} from '../../../src/valgrind/types.js';
import {
  BLOCK,
  bare,
  cFrame,
  core,
  ext,
  INTERPRETERS,
  LIST,
  libc,
  memcheck,
  OUTSIDE_FORK,
  OUTSIDE_PROCESS,
  place,
  probe,
  python,
  SCENARIO,
  section,
} from './make.js';

const sign = (stack: Stack, kind?: string) => signatureOf(nameStack(stack, place), SCENARIO, kind);
const textOf = (stack: Stack) => signatureText(sign(stack).frames);
const idOf = (stack: Stack, kind?: string) => sign(stack, kind).id;

describe('the frames of a signature', () => {
  it('are those that say who leaked what', () => {
    expect(textOf(LIST)).toBe('PyList_New ← leaky_list (leaky) ← make_rows (list.yaml) ← body');
  });

  it.each([
    ['malloc alone', [memcheck(), ext('f')], 'f (leaky)'],
    ['calloc', [memcheck('calloc'), ext('f')], 'f (leaky)'],
    ['operator new', [memcheck('operator new(unsigned long)'), ext('f')], 'f (leaky)'],
    [
      'operator new[]',
      [memcheck('operator new[](unsigned long, std::nothrow_t const&)'), ext('f')],
      'f (leaky)',
    ],
    ['PyMem_Malloc', [memcheck(), core('_PyMem_RawMalloc'), core('PyMem_Malloc'), ext('f')], 'f (leaky)'],
    [
      'the allocators of objects',
      [memcheck(), core('_PyMem_RawMalloc'), core('_PyObject_GC_New'), core('PyList_New'), ext('f')],
      'PyList_New ← f (leaky)',
    ],
    [
      'those of free-threaded builds',
      [core('mi_heap_malloc_small_zero'), core('_mi_heap_malloc_zero'), core('_PyObject_MiMalloc'), ext('f')],
      'f (leaky)',
    ],
    [
      'those of types',
      [memcheck(), core('_PyType_AllocNoTrack'), core('PyType_GenericAlloc'), ext('f')],
      'f (leaky)',
    ],
    [
      'a clone of one',
      [memcheck(), core('gc_alloc.constprop.0'), core('PyList_New'), ext('f')],
      'PyList_New ← f (leaky)',
    ],
    [
      'an allocator further out',
      [memcheck(), ext('f'), core('PyObject_Malloc'), ext('g')],
      'f (leaky) ← g (leaky)',
    ],
  ])('leave out %s', (_, stack, text) => {
    expect(textOf(stack)).toBe(text);
  });

  it('keep the outermost function of the API before an extension', () => {
    const stack = [
      memcheck(),
      core('unicode_fromformat_arg'),
      core('PyUnicode_FromFormatV'),
      core('PyUnicode_FromFormat'),
      ext('f'),
    ];
    expect(textOf(stack)).toBe('PyUnicode_FromFormat ← f (leaky)');
  });

  it('keep the function of the C library that an extension called', () => {
    expect(textOf([memcheck(), libc('strdup'), ext('f')])).toBe('strdup ← f (leaky)');
  });

  it('keep all functions of the interpreter where Python called it', () => {
    expect(textOf(INTERPRETERS)).toBe('new_context ← context_run ← body');
  });

  it.each([
    ['the evaluation loop', '_PyEval_EvalFrameDefault'],
    ['vectorcall', 'PyObject_Vectorcall'],
    ['a C function called', 'cfunction_vectorcall_FASTCALL'],
    ['a method called', 'method_vectorcall_NOARGS'],
    ['a slot', 'slot_tp_init'],
    ['type.__call__', 'type_call'],
    ['a trampoline', 'py_trampoline_evaluator'],
    ['exec', 'builtin_exec'],
    ['2.7', 'fast_function'],
    ['the start', 'Py_RunMain'],
  ])('leave out the plumbing: %s', (_, fn) => {
    expect(textOf([memcheck(), ext('f'), core(fn), ext('g')])).toBe('f (leaky) ← g (leaky)');
  });

  it("keep an extension's function that is called like plumbing", () => {
    expect(textOf([memcheck(), ext('type_call'), core('type_call'), ext('main')])).toBe(
      'type_call (leaky) ← main (leaky)',
    );
  });

  it('leave out the import system, not the module that was imported', () => {
    const stack = [
      memcheck(),
      ext('PyInit_leaky'),
      core('_PyImport_RunModInitFunc'),
      python('_call_with_frames_removed', '<frozen importlib._bootstrap>'),
      python('<module>', '/pkg/__init__.py'),
      section('setup'),
    ];
    expect(textOf(stack)).toBe('PyInit_leaky (leaky) ← <module> (__init__.py) ← setup');
  });

  it('count recursion once', () => {
    const stack = [
      memcheck(),
      ext('parse'),
      ext('parse'),
      core('PyObject_Call'),
      ext('parse'),
      python('walk', '/a/w.py'),
      python('walk', '/a/w.py'),
      section(),
    ];
    expect(textOf(stack)).toBe('parse (leaky) ← walk (w.py) ← body');
  });

  it('are the innermost twelve', () => {
    const names = Array.from({length: 20}, (_, index) => `f${index}`);
    const deep = [memcheck(), ...names.map((name) => ext(name)), section()];
    expect(sign(deep).frames.map(({name}) => name)).toEqual(names.slice(0, 12));
    expect(idOf(deep)).toBe(idOf([...deep.slice(0, 13), ext('other'), section()]));
  });

  it('are those of forty frames at most, as valgrind gives them in a run', () => {
    const plumbing = Array.from({length: 45}, () => core('_PyEval_EvalFrameDefault'));
    const whole = [memcheck(), ext('f'), ...plumbing, python('far', '/a/far.py'), section()];
    expect(idOf(whole)).toBe(idOf(whole.slice(0, 40)));
  });

  it.each([
    ['an empty stack', [], ''],
    ['malloc and nothing else', [memcheck()], 'malloc'],
    ['plumbing and nothing else', [memcheck(), core('Py_RunMain'), core('main')], 'Py_RunMain ← main'],
    ['addresses alone', [memcheck(), bare(), bare()], '???'],
    ['an address inside an extension', [memcheck(), {ip: '0x1', object: '/env/leaky.so'}], '??? (leaky)'],
  ])('can be found for %s', (_, stack, text) => {
    expect(textOf(stack)).toBe(text);
    expect(idOf(stack)).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe('what is outside of the scenario', () => {
  const inside = LIST.slice(0, LIST.length - OUTSIDE_PROCESS.length);

  it('is cut off', () => {
    expect(withinScenario(nameStack(LIST, place), SCENARIO).at(-1)?.name).toBe('body');
  });

  it('is the same in a fork and in a process', () => {
    expect(idOf([...inside, ...OUTSIDE_FORK])).toBe(idOf([...inside, ...OUTSIDE_PROCESS]));
  });

  it('is cut at the outermost section: a function may be called body too', () => {
    const stack = [
      memcheck(),
      ext('f'),
      section('body'),
      python('load', '/a/l.py'),
      section('body'),
      ...OUTSIDE_FORK,
    ];
    expect(textOf(stack)).toBe('f (leaky) ← body ← load (l.py) ← body');
  });

  it("is not cut at another file's function called body", () => {
    const stack = [memcheck(), ext('f'), python('body', '/pkg/html.py'), section('body')];
    expect(textOf(stack)).toBe('f (leaky) ← body ← body');
    expect(idOf(stack)).not.toBe(idOf([memcheck(), ext('f'), section('body')]));
  });

  it('ends at the probe where Python frames have no names, as on 2.7', () => {
    const old = [memcheck(), ext('lose_block'), core('call_function'), core('PyEval_EvalFrameEx')];
    const outside = [probe('run_body'), probe('run_intervals'), core('PyEval_EvalFrameEx')];
    const inProcess = [...old, ...outside, core('Py_Main'), core('main')];
    const inFork = [...old, ...outside, core('fork_and_run'), core('main')];
    expect(textOf(inProcess)).toBe('lose_block (leaky)');
    expect(idOf(inFork)).toBe(idOf(inProcess));
  });

  it('is no extension, so that a leak of 2.7 itself is its own', () => {
    const stack = [
      memcheck(),
      core('new_context'),
      core('PyEval_EvalFrameEx'),
      probe('run_body'),
      core('main'),
    ];
    expect(sign(stack).attribution).toBe('interpreter');
  });
});

describe('an id', () => {
  it('is the same for another address, line and path', () => {
    const elsewhere = LIST.map((frame) => ({
      ...frame,
      ip: '0xDEAD',
      ...(frame.line === undefined ? {} : {line: frame.line + 7}),
      ...(frame.object?.includes('leaky')
        ? {object: '/other/place/leaky.cpython-313-x86_64-linux-gnu.so'}
        : {}),
      ...(frame.file === 'leaky.c' ? {directory: '/somewhere', file: 'moved.c'} : {}),
    }));
    expect(idOf(elsewhere)).toBe(idOf(LIST));
  });

  it('is the same with another Python version in the name of the extension', () => {
    const old = BLOCK.map((frame) =>
      frame.object?.includes('leaky')
        ? {...frame, object: '/env/leaky.cpython-311-x86_64-linux-gnu.so'}
        : frame,
    );
    expect(idOf(old)).toBe(idOf(BLOCK));
  });

  it('is the same when a Python file moved', () => {
    const moved = (folder: string) => [memcheck(), ext('f'), python('load', `${folder}/table.py`), section()];
    expect(idOf(moved('/a'))).toBe(idOf(moved('/b/c')));
  });

  it.each([
    ['another function of the extension', [memcheck(), ext('g'), section()]],
    ['another extension', [memcheck(), cFrame('f', '/env/other.so'), section()]],
    ['another caller', [memcheck(), ext('f'), ext('h'), section()]],
    ['another Python function', [memcheck(), ext('f'), python('load', '/a/t.py'), section()]],
    ['another section', [memcheck(), ext('f'), section('setup')]],
    ['another function of the API', [memcheck(), core('PyDict_New'), ext('f'), section()]],
    ['a Python function of that name', [memcheck(), python('f', '/a/leaky'), section()]],
    ["the interpreter's function of that name", [memcheck(), core('f'), section()]],
    ["the C library's function of that name", [memcheck(), libc('f'), section()]],
  ])('is another for %s', (_, stack) => {
    expect(idOf(stack)).not.toBe(idOf([memcheck(), ext('f'), section()]));
  });

  it('is another for each kind of error, and for a leak', () => {
    const ids = ['', 'InvalidRead', 'InvalidWrite', 'UninitCondition'].map((kind) => idOf(BLOCK, kind));
    expect(new Set(ids).size).toBe(4);
  });

  it('keeps names apart that only together read the same', () => {
    expect(idOf([ext('a:b'), section()])).not.toBe(idOf([ext('a'), ext('b'), section()]));
    expect(idOf([cFrame('a', '/env/b:c.so')])).not.toBe(idOf([cFrame('a:b', '/env/c.so')]));
  });

  it('knows overloads and templates of C++ apart', () => {
    const ids = [
      'Table::add(int)',
      'Table::add(std::string const&)',
      'Table::add<int>(int)',
      '(anonymous namespace)::add(int)',
    ].map((fn) => idOf([memcheck('operator new(unsigned long)'), ext(fn), section()]));
    expect(new Set(ids).size).toBe(4);
  });
});

describe('the attribution', () => {
  it.each([
    ['an extension in the stack', LIST, 'extension'],
    [
      'a module of lib-dynload',
      [memcheck(), cFrame('scan', '/p/lib-dynload/_json.cpython-313.so'), section()],
      'extension',
    ],
    ['the interpreter alone', INTERPRETERS, 'interpreter'],
    ['an extension outside of the section', [...INTERPRETERS, ...OUTSIDE_FORK], 'interpreter'],
    ['frames of which nothing is known', [memcheck(), bare(), section()], 'interpreter'],
  ])('for %s', (_, stack, attribution) => {
    expect(sign(stack).attribution).toBe(attribution);
  });

  it("names the interpreter's part alone, the same in every scenario", () => {
    const elsewhere = [
      ...INTERPRETERS.slice(0, -1),
      python('run', '/pkg/tasks.py'),
      python('body', 'other.yaml'),
    ];
    const other = signatureOf(nameStack(elsewhere, place), 'other.yaml');
    expect(other.id).not.toBe(sign(INTERPRETERS).id);
    expect(other.interpreterId).toBe(sign(INTERPRETERS).interpreterId);
  });

  it('names no such part for a leak of an extension, or where no function is known', () => {
    expect(sign(LIST)).not.toHaveProperty('interpreterId');
    expect(sign([memcheck(), bare(), section()])).not.toHaveProperty('interpreterId');
  });

  it("never gives the build's own baseline an id that a scenario's could have", () => {
    const {id, interpreterId} = sign([memcheck(), core('new_context'), core('context_run')]);
    expect(interpreterId).toMatch(/^[0-9a-f]{12}$/);
    expect(interpreterId).not.toBe(id);
  });
});
