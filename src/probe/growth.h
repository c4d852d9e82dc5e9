/* The measurement: run the body, read the counters, again and again. Nothing here may make an
   object or a block that outlives its checkpoint (DESIGN: the instrument must add nothing). */
#ifndef LEAKLINE_GROWTH_H
#define LEAKLINE_GROWTH_H

#include <sys/stat.h>

#include "counters.h"
#include "records.h"

/* Counters as they stand at one checkpoint. `leaked` is definitely and indirectly lost
   together, `dubious` possibly lost: valgrind's client requests tell no more apart. */
struct checkpoint {
    unsigned long leaked_bytes, dubious_bytes, reachable_bytes, suppressed_bytes;
    unsigned long leaked_blocks, dubious_blocks, reachable_blocks, suppressed_blocks;
    unsigned long descriptors, threads, children;
    struct mappings mappings;
};

#define CHECKPOINT_FORMAT "{sk sk sk sk sk sk sk sk sk sk sk sk sk}"

/* Where the run is, for the agent to tell when the body raised. */
static unsigned long iterations_done;

static int
run_body(PyObject *code, PyObject *namespace, unsigned long iterations)
{
    for (unsigned long i = 0; i < iterations; i++) {
#if PY_MAJOR_VERSION >= 3
        PyObject *result = PyEval_EvalCode(code, namespace, namespace);
#else
        PyObject *result = PyEval_EvalCode((PyCodeObject *)code, namespace, namespace);
#endif
        if (result == NULL) {
            return -1;
        }
        Py_DECREF(result);
        iterations_done++;
    }
    return 0;
}

static int
collect_garbage(PyObject *collect)
{
    PyObject *result = PyObject_CallObject(collect, NULL);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

static void
read_counters(struct checkpoint *at)
{
    VALGRIND_COUNT_LEAKS(at->leaked_bytes, at->dubious_bytes,
                         at->reachable_bytes, at->suppressed_bytes);
    VALGRIND_COUNT_LEAK_BLOCKS(at->leaked_blocks, at->dubious_blocks,
                               at->reachable_blocks, at->suppressed_blocks);
    at->descriptors = count_descriptors();
    at->threads = count_threads();
    at->children = count_children();
    at->mappings = count_mappings();
}

static void
show_loss_records(void)
{
    VALGRIND_CLO_CHANGE("--show-leak-kinds=all");
}

static void
hide_loss_records(void)
{
    VALGRIND_CLO_CHANGE("--show-leak-kinds=none");
}

static off_t
size_of(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 ? found.st_size : 0;
}

/* Checkpoint 0 only sets what the others are compared with, so it writes no loss records, and
   where it is the only one it looks for no leaks. At
   the last one the grown blocks are listed too, when `xml` is the path of valgrind's XML.
   With `ends_only` the checkpoints between these two look for no leaks: the changes since
   checkpoint 0 all come with the last one. */
static void
check_leaks(struct checkpoint *checkpoints, unsigned long number, unsigned long last,
            int ends_only, const char *xml)
{
    VALGRIND_PRINTF("leakline checkpoint %lu of %lu\n", number, last);
    if (number == 0) {
        if (last > 0) {
            VALGRIND_DO_QUICK_LEAK_CHECK;
        }
    }
    else if (number == last || !ends_only) {
        off_t start = size_of(xml);
        show_loss_records();
        VALGRIND_DO_CHANGED_LEAK_CHECK;
        hide_loss_records();
        if (number == last && *xml != '\0') {
            list_grown_blocks(xml, start);
        }
    }
    read_counters(&checkpoints[number]);
}

static int
run_intervals(PyObject *code, PyObject *namespace, PyObject *collect, unsigned long warmup,
              unsigned long iterations, struct checkpoint *checkpoints, unsigned long last,
              int ends_only, const char *xml)
{
    for (unsigned long number = 0; number <= last; number++) {
        /* One call for both: another return address would be another stack, and what the body
           replaces in each run would be a change of two loss records. */
        if (run_body(code, namespace, number == 0 ? warmup : iterations) < 0) {
            return -1;
        }
        /* Twice: what a finaliser of the first run let go of is garbage only then. */
        if (collect_garbage(collect) < 0 || collect_garbage(collect) < 0) {
            return -1;
        }
        /* The interpreter's cache of attribute look-ups keeps up to 4096 names alive, and finds its
           places by address: under valgrind, which hands out freed memory late, it fills up with
           whatever C code asks for by PyObject_GetAttrString. regrtest -R empties it as well. */
        PyType_ClearCache();
        check_leaks(checkpoints, number, last, ends_only, xml);
    }
    return 0;
}

static PyObject *
list_of_checkpoints(const struct checkpoint *checkpoints, unsigned long last)
{
    PyObject *list = PyList_New(0);
    for (unsigned long number = 0; list != NULL && number <= last; number++) {
        const struct checkpoint *at = &checkpoints[number];
        PyObject *row = Py_BuildValue(
            CHECKPOINT_FORMAT,
            "leakedBytes", at->leaked_bytes, "dubiousBytes", at->dubious_bytes,
            "reachableBytes", at->reachable_bytes, "suppressedBytes", at->suppressed_bytes,
            "leakedBlocks", at->leaked_blocks, "dubiousBlocks", at->dubious_blocks,
            "reachableBlocks", at->reachable_blocks, "suppressedBlocks", at->suppressed_blocks,
            "descriptors", at->descriptors, "threads", at->threads, "children", at->children,
            "mappings", at->mappings.count, "mappedBytes", at->mappings.bytes);
        if (row == NULL || PyList_Append(list, row) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(row);
    }
    return list;
}

/* measure(code, namespace, collect, warmup, iterations, checkpoints, ends_only, xml)
   -> [{counter: value}]

   `ends_only`: look for leaks at checkpoint 0 and the last one only.
   `xml` is the path of valgrind's XML, '' when the leaked blocks need not be listed. */
static PyObject *
measure(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *code, *namespace, *collect;
    unsigned long warmup, iterations, last;
    int ends_only;
    const char *xml;
    if (!PyArg_ParseTuple(args, "O!O!Okkkis:measure", &PyCode_Type, &code, &PyDict_Type,
                          &namespace, &collect, &warmup, &iterations, &last, &ends_only, &xml)) {
        return NULL;
    }
    iterations_done = 0;
    struct checkpoint *checkpoints = calloc(last + 1, sizeof(*checkpoints));
    if (checkpoints == NULL) {
        return PyErr_NoMemory();
    }
    PyObject *rows = NULL;
    if (run_intervals(code, namespace, collect, warmup, iterations, checkpoints, last, ends_only,
                      xml) == 0) {
        VALGRIND_PRINTF("leakline complete\n");
        rows = list_of_checkpoints(checkpoints, last);
    }
    free(checkpoints);
    return rows;
}

/* iterations() -> how often the body came to its end in the last or running measurement */
static PyObject *
iterations(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored))
{
    return PyLong_FromUnsignedLong(iterations_done);
}

#endif
