/* leaky: an extension module with one planted fault of each sort.
 *
 * Each function shows one fault, or one habit that looks like a fault and is
 * none. scenarios/leaky/ has one scenario for each; it says what the
 * function costs per call. Works on CPython 2.7 and 3.9 or newer. Nothing
 * here is an example to follow, except clean().
 */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#if PY_MAJOR_VERSION >= 3
#define Str_FromFormat PyUnicode_FromFormat
#else
#define Str_FromFormat PyString_FromFormat
#endif

#ifndef Py_UNUSED
#define Py_UNUSED(name) _unused_ ## name __attribute__((unused))
#endif

/* The parameters of a METH_NOARGS and of a METH_O function. */
#define NOARGS PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(args)
#define ONEARG PyObject *Py_UNUSED(self), PyObject *arg

/* The number of entries that fill cache() and free_list(). */
#define LIMIT 300

/* Where results go that must be computed though nobody needs them. */
static volatile int sink;

/* A str that is new each time: constants and small integers cost nothing
 * when they leak. */
static PyObject *
fresh_str(void)
{
    static int count = 0;

    return Str_FromFormat("row number %d", count++);
}

/* A heap block of `size` bytes. The pointers to it are volatile wherever a
 * compiler could see that the block is of no use and leave it out. */
static void *
fresh_block(size_t size)
{
    void *block = malloc(size);

    if (block == NULL) {
        PyErr_NoMemory();
    }
    return block;
}


/* -- Lost memory --------------------------------------------------------- */

/* Lost: 40 bytes that are never freed. */
static PyObject *
lost_block(NOARGS)
{
    char *volatile block = fresh_block(40);

    if (block == NULL) {
        return NULL;
    }
    block[0] = 1;
    Py_RETURN_NONE;
}

/* Lost: a linked list of 3 cells, of which nobody keeps the head. */
static PyObject *
lost_chain(NOARGS)
{
    void **volatile head = NULL;
    int i;

    for (i = 0; i < 3; i++) {
        void **cell = fresh_block(2 * sizeof(void *));

        if (cell == NULL) {
            return NULL;
        }
        cell[0] = (void *)head;
        cell[1] = NULL;
        head = cell;
    }
    Py_RETURN_NONE;
}

/* Lost: 24 bytes on each 7th call, and on no other. */
static PyObject *
lost_every_seventh(NOARGS)
{
    static int calls = 0;
    char *volatile block = fresh_block(24);

    if (block == NULL) {
        return NULL;
    }
    if (++calls % 7 != 0) {
        free(block);
    }
    Py_RETURN_NONE;
}

/* Lost: 16 bytes per call in one block that is made larger each time; the
 * number of blocks stays. */
static PyObject *
growing_block(NOARGS)
{
    static char *block = NULL;
    static size_t size = 0;
    char *moved = realloc(block, size + 16);

    if (moved == NULL) {
        return PyErr_NoMemory();
    }
    block = moved;
    size += 16;
    Py_RETURN_NONE;
}


/* -- Leaked references --------------------------------------------------- */

/* Leaked: one reference to the str that is returned. */
static PyObject *
leaked_string(NOARGS)
{
    PyObject *str = fresh_str();

    Py_XINCREF(str);
    return str;
}

/* Leaked: one reference to the list that is returned; it keeps its item. */
static PyObject *
leaked_list(NOARGS)
{
    PyObject *list = PyList_New(1);
    PyObject *item;

    if (list == NULL) {
        return NULL;
    }
    item = fresh_str();
    if (item == NULL) {
        Py_DECREF(list);
        return NULL;
    }
    PyList_SET_ITEM(list, 0, item);
    Py_INCREF(list);
    return list;
}

/* Leaked: one reference to the dict that is returned; it keeps its value. */
static PyObject *
leaked_dict(NOARGS)
{
    PyObject *dict = PyDict_New();
    PyObject *value = fresh_str();

    if (dict == NULL || value == NULL
        || PyDict_SetItemString(dict, "name", value) < 0)
    {
        Py_XDECREF(dict);
        Py_XDECREF(value);
        return NULL;
    }
    Py_DECREF(value);
    Py_INCREF(dict);
    return dict;
}

/* Leaked: the value, since PyDict_SetItemString does not steal it. */
static PyObject *
leaked_value(NOARGS)
{
    PyObject *dict = PyDict_New();
    PyObject *value = fresh_str();

    if (dict == NULL || value == NULL
        || PyDict_SetItemString(dict, "name", value) < 0)
    {
        Py_XDECREF(dict);
        Py_XDECREF(value);
        return NULL;
    }
    return dict;
}

/* Returns a str and the truth of an integer. Leaked: the tuple and its str,
 * when `arg` is no integer. */
static PyObject *
tuple_on_error(ONEARG)
{
    PyObject *pair = PyTuple_New(2);
    PyObject *name;
    long number;

    if (pair == NULL) {
        return NULL;
    }
    name = fresh_str();
    if (name == NULL) {
        Py_DECREF(pair);
        return NULL;
    }
    PyTuple_SET_ITEM(pair, 0, name);
    number = PyLong_AsLong(arg);
    if (number == -1 && PyErr_Occurred()) {
        return NULL;
    }
    PyTuple_SET_ITEM(pair, 1, PyBool_FromLong(number));
    return pair;
}

/* Leaked: the exception that the call raises, and all that its traceback
 * holds on to. */
static PyObject *
leaked_exception(ONEARG)
{
    PyObject *result = PyObject_CallObject(arg, NULL);

    if (result == NULL) {
#if PY_VERSION_HEX >= 0x030C0000
        (void)PyErr_GetRaisedException();
#else
        PyObject *type, *value, *traceback;

        PyErr_Fetch(&type, &value, &traceback);
#endif
        Py_RETURN_NONE;
    }
    return result;
}

/* Leaked: a buffer that is never released keeps the bytearray. */
static PyObject *
leaked_buffer(ONEARG)
{
    Py_buffer view;

    if (PyObject_GetBuffer(arg, &view, PyBUF_SIMPLE) < 0) {
        return NULL;
    }
    return PyLong_FromSsize_t(view.len);
}

/* Leaked: one reference to a new class, with its dict, its mro and so on. */
static PyObject *
leaked_type(NOARGS)
{
    PyObject *type = PyObject_CallFunction((PyObject *)&PyType_Type,
                                           "s(O){}", "Leaked",
                                           (PyObject *)&PyBaseObject_Type);

    Py_XINCREF(type);
    return type;
}

/* Leaked: one reference to `arg`. If that is a constant, no memory is lost
 * and no leak checker sees it. */
static PyObject *
leaked_argument(ONEARG)
{
    Py_INCREF(arg);
    Py_RETURN_NONE;
}

/* Left behind: one list for the life of the process, made at the first call.
 * Only exit mode sees it. */
static PyObject *
kept_until_exit(NOARGS)
{
    static PyObject *kept = NULL;

    if (kept == NULL) {
        kept = PyList_New(4);
        if (kept == NULL) {
            return NULL;
        }
    }
    Py_RETURN_NONE;
}

/* Node holds on to one object, and the garbage collector does not know: its
 * type has no tp_traverse. A cycle through a Node is never freed. */
typedef struct {
    PyObject_HEAD
    PyObject *kept;
} NodeObject;

static void
Node_dealloc(PyObject *self)
{
    Py_XDECREF(((NodeObject *)self)->kept);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *
Node_keep(PyObject *self, PyObject *arg)
{
    NodeObject *node = (NodeObject *)self;
    PyObject *before = node->kept;

    Py_INCREF(arg);
    node->kept = arg;
    Py_XDECREF(before);
    Py_RETURN_NONE;
}

static PyMethodDef Node_methods[] = {
    {"keep", Node_keep, METH_O, "Hold on to one object."},
    {NULL, NULL, 0, NULL}
};

static PyTypeObject Node_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "leaky.Node",
    .tp_basicsize = sizeof(NodeObject),
    .tp_dealloc = Node_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "Holds on to one object unknown to the garbage collector.",
    .tp_methods = Node_methods,
    .tp_new = PyType_GenericNew,
};


/* -- Memory errors ------------------------------------------------------- */

/* Error: reads the byte after a block of 16. */
static PyObject *
invalid_read(NOARGS)
{
    volatile size_t size = 16;
    char *volatile block = fresh_block(size);

    if (block == NULL) {
        return NULL;
    }
    sink = block[size];
    free(block);
    Py_RETURN_NONE;
}

/* Error: writes the byte after a block of 16. */
static PyObject *
invalid_write(NOARGS)
{
    volatile size_t size = 16;
    volatile char *volatile block = fresh_block(size);

    if (block == NULL) {
        return NULL;
    }
    block[size] = 0;
    free((void *)block);
    Py_RETURN_NONE;
}

/* Error: reads a block that was freed. */
static PyObject *
use_after_free(NOARGS)
{
    char *volatile block = fresh_block(16);

    if (block == NULL) {
        return NULL;
    }
    block[3] = 1;
    free(block);
    sink = block[3];
    Py_RETURN_NONE;
}

/* Error: branches on a byte that nobody wrote. */
static PyObject *
uninitialised_branch(NOARGS)
{
    char *volatile block = fresh_block(16);

    if (block == NULL) {
        return NULL;
    }
    if (block[3]) {
        sink++;
    }
    free(block);
    Py_RETURN_NONE;
}

/* Error: frees a block twice. Without valgrind, glibc ends the process. */
static PyObject *
double_free(NOARGS)
{
    char *volatile block = fresh_block(16);

    if (block == NULL) {
        return NULL;
    }
    free(block);
    free(block);
    Py_RETURN_NONE;
}


/* -- Leaks beside memory ------------------------------------------------- */

/* Left behind: an anonymous mapping of 64 KiB. */
static PyObject *
lost_mapping(NOARGS)
{
    void *area = mmap(NULL, 64 * 1024, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (area == MAP_FAILED) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    Py_RETURN_NONE;
}

/* Left behind: an open descriptor. */
static PyObject *
lost_descriptor(NOARGS)
{
    if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    Py_RETURN_NONE;
}

static void *
wait_forever(void *Py_UNUSED(arg))
{
    for (;;) {
        pause();
    }
    return NULL;
}

/* Left behind: a thread that never ends. */
static PyObject *
lost_thread(NOARGS)
{
    pthread_t thread;
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);

    if (error == 0) {
        pthread_attr_setstacksize(&attributes, 64 * 1024);
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        error = pthread_create(&thread, &attributes, wait_forever, NULL);
        pthread_attr_destroy(&attributes);
    }
    if (error != 0) {
        errno = error;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    Py_RETURN_NONE;
}

/* Left behind: a child process for which nobody waits. */
static PyObject *
lost_child(NOARGS)
{
    char *argv[] = {"true", NULL};
    char *envp[] = {NULL};
    pid_t pid;
    int error = posix_spawnp(&pid, "true", NULL, NULL, argv, envp);

    if (error != 0) {
        errno = error;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    Py_RETURN_NONE;
}

/* Tidies up after lost_child(); returns how many children there were. */
static PyObject *
reap_children(NOARGS)
{
    long reaped = 0;

    while (waitpid(-1, NULL, 0) > 0) {
        reaped++;
    }
    return PyLong_FromLong(reaped);
}


/* -- No leaks ------------------------------------------------------------ */

/* No leak: whatever is made is given back or returned. */
static PyObject *
clean(ONEARG)
{
    PyObject *list = PyList_New(0);
    PyObject *str = fresh_str();
    void *block = PyMem_Malloc(100);

    if (list == NULL || str == NULL || block == NULL
        || PyList_Append(list, str) < 0 || PyList_Append(list, arg) < 0)
    {
        if (block == NULL) {
            PyErr_NoMemory();
        }
        Py_CLEAR(list);
    }
    PyMem_Free(block);
    Py_XDECREF(str);
    return list;
}

/* No leak: a dict gains one entry per call until it has LIMIT of them. */
static PyObject *
cache(NOARGS)
{
    static PyObject *entries = NULL;
    static int calls = 0;
    PyObject *key, *value = NULL;

    if (entries == NULL && (entries = PyDict_New()) == NULL) {
        return NULL;
    }
    key = Str_FromFormat("key %d", calls++ % LIMIT);
    if (key == NULL) {
        return NULL;
    }
    if (PyDict_GetItem(entries, key) == NULL) {
        value = fresh_str();
        if (value == NULL || PyDict_SetItem(entries, key, value) < 0) {
            Py_XDECREF(value);
            Py_DECREF(key);
            return NULL;
        }
        Py_DECREF(value);
    }
    Py_DECREF(key);
    Py_RETURN_NONE;
}

/* No leak: blocks that are given up are kept for later, up to LIMIT, and
 * are used again from then on only. */
static PyObject *
free_list(NOARGS)
{
    static void *kept[LIMIT];
    static int count = 0;
    static int next = 0;
    void *block;

    if (count < LIMIT) {
        block = fresh_block(48);
        if (block == NULL) {
            return NULL;
        }
        kept[count++] = block;
    }
    else {
        block = kept[next];
        next = (next + 1) % LIMIT;
    }
    *(int *)block = count;
    Py_RETURN_NONE;
}

/* No leak: one byte is noted per call, in chunks of which each is twice as
 * large as the one before: 16, 32, … 4096 bytes. Then it starts anew in the
 * chunks it has. A block is added ever more rarely. */
static PyObject *
doubling_chunks(NOARGS)
{
    static char *chunks[9];
    static int chunk = 0;
    static int used = 0;

    if (chunks[chunk] == NULL
        && (chunks[chunk] = fresh_block((size_t)16 << chunk)) == NULL)
    {
        return NULL;
    }
    chunks[chunk][used++] = 1;
    if (used == 16 << chunk) {
        chunk = (chunk + 1) % 9;
        used = 0;
    }
    Py_RETURN_NONE;
}

/* No leak: 16 bytes are noted per call, in one block that is reallocated at
 * twice its size whenever it is full, up to 64 KiB. Then it starts anew. */
static PyObject *
doubling_block(NOARGS)
{
    static char *block = NULL;
    static size_t size = 0;
    static size_t used = 0;

    if (used == size && size < 64 * 1024) {
        size_t larger = size == 0 ? 64 : 2 * size;
        char *moved = realloc(block, larger);

        if (moved == NULL) {
            return PyErr_NoMemory();
        }
        block = moved;
        size = larger;
    }
    else if (used == size) {
        used = 0;
    }
    block[used] = 1;
    used += 16;
    Py_RETURN_NONE;
}

/* No leak: imports a module at the 25th call, once. */
static PyObject *
late_import(NOARGS)
{
    static int calls = 0;

    if (++calls == 25) {
        PyObject *module = PyImport_ImportModule("colorsys");

        if (module == NULL) {
            return NULL;
        }
        Py_DECREF(module);
    }
    Py_RETURN_NONE;
}


/* -- The module ---------------------------------------------------------- */

static PyMethodDef methods[] = {
    {"lost_block", lost_block, METH_NOARGS, "Lose 40 bytes."},
    {"lost_chain", lost_chain, METH_NOARGS, "Lose 3 linked blocks."},
    {"lost_every_seventh", lost_every_seventh, METH_NOARGS,
     "Lose 24 bytes on each 7th call."},
    {"growing_block", growing_block, METH_NOARGS,
     "Make a block 16 bytes larger."},
    {"leaked_string", leaked_string, METH_NOARGS, "Leak a str."},
    {"leaked_list", leaked_list, METH_NOARGS, "Leak a list."},
    {"leaked_dict", leaked_dict, METH_NOARGS, "Leak a dict."},
    {"leaked_value", leaked_value, METH_NOARGS, "Leak a dict's value."},
    {"tuple_on_error", tuple_on_error, METH_O,
     "Leak a tuple if the argument is no integer."},
    {"leaked_exception", leaked_exception, METH_O,
     "Leak what the callable raises."},
    {"leaked_buffer", leaked_buffer, METH_O, "Leak a buffer of an object."},
    {"leaked_type", leaked_type, METH_NOARGS, "Leak a class."},
    {"leaked_argument", leaked_argument, METH_O,
     "Leak a reference to the argument."},
    {"kept_until_exit", kept_until_exit, METH_NOARGS,
     "Make one list that is never freed."},
    {"invalid_read", invalid_read, METH_NOARGS, "Read past a block."},
    {"invalid_write", invalid_write, METH_NOARGS, "Write past a block."},
    {"use_after_free", use_after_free, METH_NOARGS, "Read a freed block."},
    {"uninitialised_branch", uninitialised_branch, METH_NOARGS,
     "Branch on an uninitialised byte."},
    {"double_free", double_free, METH_NOARGS, "Free a block twice."},
    {"lost_mapping", lost_mapping, METH_NOARGS, "Leave a mapping."},
    {"lost_descriptor", lost_descriptor, METH_NOARGS, "Leave a descriptor."},
    {"lost_thread", lost_thread, METH_NOARGS, "Leave a thread."},
    {"lost_child", lost_child, METH_NOARGS, "Leave a child process."},
    {"reap_children", reap_children, METH_NOARGS,
     "Wait for all child processes."},
    {"clean", clean, METH_O, "Leave nothing."},
    {"cache", cache, METH_NOARGS, "Fill a cache."},
    {"free_list", free_list, METH_NOARGS, "Fill a free list."},
    {"doubling_chunks", doubling_chunks, METH_NOARGS,
     "Fill chunks of doubling size."},
    {"doubling_block", doubling_block, METH_NOARGS,
     "Fill a block of doubling size."},
    {"late_import", late_import, METH_NOARGS,
     "Import a module at the 25th call."},
    {NULL, NULL, 0, NULL}
};

/* Puts the types into the module; -1 with an exception set on failure. */
static int
add_types(PyObject *module)
{
    if (PyType_Ready(&Node_Type) < 0) {
        return -1;
    }
    return PyObject_SetAttrString(module, "Node", (PyObject *)&Node_Type);
}

#if PY_MAJOR_VERSION >= 3

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, add_types},
    {0, NULL}
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "leaky",
    .m_doc = "One planted fault of each sort.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit_leaky(void)
{
    return PyModuleDef_Init(&definition);
}

#else

PyMODINIT_FUNC
initleaky(void)
{
    PyObject *module = Py_InitModule3("leaky", methods,
                                      "One planted fault of each sort.");

    if (module != NULL) {
        (void)add_types(module);
    }
}

#endif
