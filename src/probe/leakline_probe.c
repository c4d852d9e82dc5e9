/* leakline_probe: what the agent inside the interpreter cannot do in Python: talk to valgrind,
   run the body without leaving a trace of the loop, and count what the kernel holds.

   One source for CPython 2.7 and 3.9 to 3.14. Compile:
   gcc -shared -fPIC -g -O1 -fno-omit-frame-pointer -I<Python's headers> \
       leakline_probe.c -o leakline_probe.so */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#if PY_MAJOR_VERSION < 3
#include <longintrepr.h>
#endif

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <valgrind/memcheck.h>

#ifndef Py_UNUSED
#define Py_UNUSED(name) _unused_##name __attribute__((unused))
#endif

#include "blocks.h"
#include "frames.h"
#include "growth.h"

/* 1 when the byte is in no block that the program may touch. */
static int
is_forbidden(const char *address)
{
    unsigned char bits;
    return VALGRIND_GET_VBITS(address, &bits, 1) == 3;
}

/* allocator() -> 'malloc', 'pymalloc' or 'mimalloc': who serves PyObject_Malloc right now.

   Found by experiment, since no function tells it in every version and since a build made
   --with-valgrind steps back from pymalloc by itself when it runs under valgrind: memcheck puts
   a forbidden zone around each block of malloc, while pymalloc's neighbours touch. */
static PyObject *
allocator(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored))
{
#ifdef Py_GIL_DISABLED
    return Py_BuildValue("s", "mimalloc");
#else
    static const size_t sizes[] = {16, 64, 256};
    int own_blocks = 0;
    for (size_t i = 0; i < 3; i++) {
        char *block = PyObject_Malloc(sizes[i]);
        if (block == NULL) {
            return PyErr_NoMemory();
        }
        own_blocks += is_forbidden(block - 1) && is_forbidden(block + sizes[i]);
        PyObject_Free(block);
    }
    return Py_BuildValue("s", own_blocks == 3 ? "malloc" : "pymalloc");
#endif
}

/* running_on_valgrind() -> 0 when not under valgrind */
static PyObject *
running_on_valgrind(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored))
{
    return PyLong_FromLong((long)RUNNING_ON_VALGRIND);
}

/* set_exit_check(wanted): whether valgrind looks for leaks when this process ends.

   Off from the start in growth mode: with --xml=yes the check writes all loss records there are,
   some 70 MB that nobody reads, and does so on a crash or in a child of the scenario's too. */
static PyObject *
set_exit_check(PyObject *Py_UNUSED(module), PyObject *args)
{
    int wanted;
    if (!PyArg_ParseTuple(args, "i:set_exit_check", &wanted)) {
        return NULL;
    }
    if (wanted) {
        VALGRIND_CLO_CHANGE("--leak-check=full");
        show_loss_records();
    }
    else {
        VALGRIND_CLO_CHANGE("--leak-check=no");
        hide_loss_records();
    }
    Py_RETURN_NONE;
}

/* die_with_parent(parent): SIGKILL when the thread that forked this process ends; at once when
   `parent` is no longer the parent. */
static PyObject *
die_with_parent(PyObject *Py_UNUSED(module), PyObject *args)
{
    int parent;
    if (!PyArg_ParseTuple(args, "i:die_with_parent", &parent)) {
        return NULL;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        raise(SIGKILL);
    }
    Py_RETURN_NONE;
}

static PyMethodDef probe_methods[] = {
    {"measure", measure, METH_VARARGS, NULL},
    {"iterations", iterations, METH_NOARGS, NULL},
    {"allocator", allocator, METH_NOARGS, NULL},
    {"running_on_valgrind", running_on_valgrind, METH_NOARGS, NULL},
    {"set_exit_check", set_exit_check, METH_VARARGS, NULL},
    {"identify", identify, METH_VARARGS, NULL},
    {"name_frames", name_frames, METH_VARARGS, NULL},
    {"die_with_parent", die_with_parent, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

#if PY_MAJOR_VERSION >= 3

static struct PyModuleDef probe_module = {
    PyModuleDef_HEAD_INIT, "leakline_probe", NULL, -1, probe_methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC
PyInit_leakline_probe(void)
{
    PyObject *module = PyModule_Create(&probe_module);
#ifdef Py_GIL_DISABLED
    /* Without this the import would turn the lock on and change what is measured. */
    if (module != NULL) {
        PyUnstable_Module_SetGIL(module, Py_MOD_GIL_NOT_USED);
    }
#endif
    return module;
}

#else

PyMODINIT_FUNC
initleakline_probe(void)
{
    Py_InitModule("leakline_probe", probe_methods);
}

#endif
