/* Python functions as frames of valgrind's stacks: a function of machine code for each code
   object, and a map file with their names.

   CPython's own `-X perf` (3.12+) does the same, but not before 3.12, always in /tmp, and not
   for a forked child's inherited frames; so every version from 3.9 on uses this one. The frame
   evaluation hook (PEP 523) calls the evaluator by way of the code object's trampoline, and
   valgrind finds the way back through it by the frame pointer.

   Map lines are perf's, `ADDRESS SIZE py::function:/path/file.py`, numbers in hexadecimal. A
   slot is never used for a second code object: stacks recorded earlier would change their name.

   On aarch64 valgrind unwinds by call frame information alone, which trampolines have none of:
   there a stack ends at the innermost Python frame. */
#ifndef LEAKLINE_FRAMES_H
#define LEAKLINE_FRAMES_H

#if PY_VERSION_HEX >= 0x03090000 && (defined(__x86_64__) || defined(__aarch64__))
#define HAVE_PYTHON_FRAMES

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#if PY_VERSION_HEX >= 0x030C0000
typedef struct _PyInterpreterFrame python_frame;
#define GET_EXTRA PyUnstable_Code_GetExtra
#define SET_EXTRA PyUnstable_Code_SetExtra
#define REQUEST_EXTRA_INDEX PyUnstable_Eval_RequestCodeExtraIndex
#else
#define GET_EXTRA _PyCode_GetExtra
#define SET_EXTRA _PyCode_SetExtra
#define REQUEST_EXTRA_INDEX _PyEval_RequestCodeExtraIndex
#if PY_VERSION_HEX >= 0x030B0000
#define Py_BUILD_CORE
#include <internal/pycore_frame.h>
#undef Py_BUILD_CORE
typedef struct _PyInterpreterFrame python_frame;
#else
#include <frameobject.h>
typedef PyFrameObject python_frame;
#endif
#endif

typedef PyObject *(*frame_evaluator)(PyThreadState *, python_frame *, int);
typedef PyObject *(*trampoline)(PyThreadState *, python_frame *, int, frame_evaluator);

/* Calls its fourth argument with the other three, in a frame of its own. */
static const unsigned char trampoline_code[] = {
#ifdef __x86_64__
    0x55,                       /* push %rbp */
    0x48, 0x89, 0xe5,           /* mov %rsp, %rbp */
    0xff, 0xd1,                 /* call *%rcx */
    0x5d,                       /* pop %rbp */
    0xc3,                       /* ret */
#else
    0xfd, 0x7b, 0xbf, 0xa9,     /* stp x29, x30, [sp, #-16]! */
    0xfd, 0x03, 0x00, 0x91,     /* mov x29, sp */
    0x60, 0x00, 0x3f, 0xd6,     /* blr x3 */
    0xfd, 0x7b, 0xc1, 0xa8,     /* ldp x29, x30, [sp], #16 */
    0xc0, 0x03, 0x5f, 0xd6,     /* ret */
#endif
};

#define TRAMPOLINE_STRIDE 32
#define TRAMPOLINES_MAX (1UL << 18)
/* So many become writable at a time. A leak check reads whatever the program could write to, and
   would spend a quarter of its time on trampolines that do not exist. */
#define TRAMPOLINES_AT_ONCE (1UL << 11)

static unsigned char *trampoline_area;
static unsigned long trampolines_used;
static unsigned long trampolines_writable;
static Py_ssize_t extra_index = -1;
static char map_before_pid[2048];
static char map_after_pid[2048];

/* Appends to this process's map file, which a forked child starts anew. It is opened for each
   line, so that the scenario sees no descriptor that it did not open. */
static void
append_to_map(const char *line, size_t length)
{
    char path[sizeof(map_before_pid) + sizeof(map_after_pid) + 24];
    snprintf(path, sizeof(path), "%s%ld%s", map_before_pid, (long)getpid(), map_after_pid);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd >= 0) {
        if (write(fd, line, length) < 0) {
            /* A full disk costs the frame its name, nothing else. */
        }
        close(fd);
    }
}

static const char *
utf8_or(PyObject *text, const char *otherwise)
{
    const char *utf8 = PyUnicode_AsUTF8(text);
    if (utf8 == NULL) {
        PyErr_Clear();
        return otherwise;
    }
    return utf8;
}

/* Where the trampoline of a slot is written to, NULL when there is no room for it. */
static unsigned char *
place_of(unsigned long slot)
{
    if (slot >= TRAMPOLINES_MAX) {
        return NULL;
    }
    /* Two threads may do this at the same time: whatever is below the higher mark is writable. */
    if (slot >= __atomic_load_n(&trampolines_writable, __ATOMIC_ACQUIRE)) {
        unsigned long end = slot - slot % TRAMPOLINES_AT_ONCE + TRAMPOLINES_AT_ONCE;
        if (mprotect(trampoline_area, end * TRAMPOLINE_STRIDE,
                     PROT_READ | PROT_WRITE | PROT_EXEC) < 0) {
            return NULL;
        }
        __atomic_store_n(&trampolines_writable, end, __ATOMIC_RELEASE);
    }
    return trampoline_area + slot * TRAMPOLINE_STRIDE;
}

/* A trampoline that bears the code object's name, NULL when there is no room for more. */
static trampoline
make_trampoline(PyCodeObject *code)
{
    char line[4096];
    unsigned long slot = __atomic_fetch_add(&trampolines_used, 1, __ATOMIC_RELAXED);
    unsigned char *start = place_of(slot);
    if (start == NULL) {
        return NULL;
    }
    memcpy(start, trampoline_code, sizeof(trampoline_code));
    __builtin___clear_cache((char *)start, (char *)start + TRAMPOLINE_STRIDE);
#if PY_VERSION_HEX >= 0x030B0000
    PyObject *name = code->co_qualname;
#else
    PyObject *name = code->co_name;
#endif
    int length = snprintf(line, sizeof(line), "%lx %x py::%s:%s\n", (unsigned long)start,
                          TRAMPOLINE_STRIDE, utf8_or(name, "?"), utf8_or(code->co_filename, "?"));
    if (length > 0 && (size_t)length < sizeof(line)) {
        append_to_map(line, (size_t)length);
    }
    return (trampoline)start;
}

/* The code object's trampoline, made at its first call. */
static trampoline __attribute__((noinline))
trampoline_of(PyObject *code)
{
    void *found = NULL;
    if (GET_EXTRA(code, extra_index, &found) == 0 && found != NULL) {
        return (trampoline)found;
    }
    PyObject *type, *value, *traceback;     /* set while a generator is thrown into */
    PyErr_Fetch(&type, &value, &traceback);
    trampoline made = make_trampoline((PyCodeObject *)code);
    if (made != NULL && SET_EXTRA(code, extra_index, (void *)made) < 0) {
        PyErr_Clear();
    }
    PyErr_Restore(type, value, traceback);
    return made;
}

/* Borrowed: the frame keeps its code alive. */
static PyObject *
code_of_frame(python_frame *frame)
{
#if PY_VERSION_HEX >= 0x030C0000
    PyObject *code = PyUnstable_InterpreterFrame_GetCode(frame);
    Py_DECREF(code);
    return code;
#else
    return (PyObject *)frame->f_code;
#endif
}

/* The hook. Both calls are in tail position, so that it takes none of the frames that
   valgrind's --num-callers allows a stack. */
#ifndef __clang__
__attribute__((optimize("optimize-sibling-calls")))
#endif
static PyObject *
evaluate_frame(PyThreadState *thread, python_frame *frame, int throwing)
{
    trampoline call = trampoline_of(code_of_frame(frame));
    if (call == NULL) {
        return _PyEval_EvalFrameDefault(thread, frame, throwing);
    }
    return call(thread, frame, throwing, _PyEval_EvalFrameDefault);
}

#endif

/* name_frames(before, after) -> bool: from now on each Python function that is called gets a
   frame of its own, named in the file `before`PID`after`. False where that is not possible. */
static PyObject *
name_frames(PyObject *Py_UNUSED(module), PyObject *args)
{
    const char *before, *after;
    if (!PyArg_ParseTuple(args, "ss:name_frames", &before, &after)) {
        return NULL;
    }
#ifdef HAVE_PYTHON_FRAMES
    if (strlen(before) >= sizeof(map_before_pid) || strlen(after) >= sizeof(map_after_pid)) {
        Py_RETURN_FALSE;
    }
    strcpy(map_before_pid, before);
    strcpy(map_after_pid, after);
    if (trampoline_area == NULL) {
        void *area = mmap(NULL, TRAMPOLINES_MAX * TRAMPOLINE_STRIDE,
                          PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (area == MAP_FAILED || (extra_index = REQUEST_EXTRA_INDEX(NULL)) < 0) {
            Py_RETURN_FALSE;
        }
        trampoline_area = area;
    }
    _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState_Get(), evaluate_frame);
    Py_RETURN_TRUE;
#else
    Py_RETURN_FALSE;
#endif
}

#endif
