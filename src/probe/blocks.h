/* What is in a leaked block: a Python object, or something else?

   The block is only read where memcheck calls its bytes defined (VALGRIND_GET_VBITS reports no
   error for the others), and it counts as an object only when everything fits together: its
   type is one that exists, that type's objects start where this one would, the block is long
   enough, and the reference count is no address. */
#ifndef LEAKLINE_BLOCKS_H
#define LEAKLINE_BLOCKS_H

#include "values.h"

/* No address is so small: under valgrind the lowest mapping is at 0x100000 or above it. */
#define REFCOUNT_MAX (1 << 20)

/* Bytes between the start of a block and the object in it: the collector's links, and before
   them (3.11+) the places of the instance's dictionary and weak references. */
static size_t
size_before_object(PyTypeObject *type)
{
    size_t size = 0;
#if PY_MAJOR_VERSION < 3
    size += PyType_IS_GC(type) ? sizeof(PyGC_Head) : 0;
#elif !defined(Py_GIL_DISABLED)
    size += PyType_IS_GC(type) ? 2 * sizeof(void *) : 0;
#endif
#if PY_VERSION_HEX >= 0x030C0000
    size += type->tp_flags & (Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_MANAGED_WEAKREF)
            ? 2 * sizeof(void *) : 0;
#elif PY_VERSION_HEX >= 0x030B0000
    size += type->tp_flags & Py_TPFLAGS_MANAGED_DICT ? 2 * sizeof(void *) : 0;
#endif
    return size;
}

/* The reference count, -1 when the object is immortal, 0 when this can be no object's. */
static long
plausible_refcount(PyObject *candidate)
{
    Py_ssize_t count = Py_REFCNT(candidate);
#if PY_VERSION_HEX >= 0x030C0000
    if (count >= (1L << 30) && count <= 0xFFFFFFFFL && _Py_IsImmortal(candidate)) {
        return -1;
    }
#endif
    return count > 0 && count < REFCOUNT_MAX ? (long)count : 0;
}

/* Fewer bytes than an object of the type never has. */
static size_t
smallest_object(PyTypeObject *type)
{
#if PY_MAJOR_VERSION >= 3
    /* tp_basicsize is that of a str whose text is elsewhere, as only subclasses have it. */
    if (type == &PyUnicode_Type) {
        return sizeof(PyASCIIObject) + 1;
    }
#endif
    return (size_t)type->tp_basicsize;
}

/* The object at `offset` in the block, NULL when there is none. */
static PyObject *
object_at(char *block, size_t size, size_t offset, PyObject *type_ids)
{
    PyObject *candidate = (PyObject *)(block + offset);
    if (offset + sizeof(PyObject) > size || !is_defined(candidate, sizeof(PyObject))
        || plausible_refcount(candidate) == 0) {
        return NULL;
    }
    PyTypeObject *type = Py_TYPE(candidate);
    PyObject *id = PyLong_FromVoidPtr(type);
    int is_type = id != NULL && PySet_Contains(type_ids, id) == 1;
    Py_XDECREF(id);
    if (!is_type || size_before_object(type) != offset
        || offset + smallest_object(type) > size) {
        return NULL;
    }
    return candidate;
}

/* identify(address, size, type_ids) -> None or (type, refcount, value): what the block is.

   `type_ids` is the set of the id() of each type there is. The count is -1 for an immortal
   object; the value is None but for a str, bytes or int that can be read. */
static PyObject *
identify(PyObject *Py_UNUSED(module), PyObject *args)
{
    unsigned long long address;
    unsigned long size;
    PyObject *type_ids;
    if (!PyArg_ParseTuple(args, "KkO:identify", &address, &size, &type_ids)) {
        return NULL;
    }
    for (size_t offset = 0; offset <= 4 * sizeof(void *); offset += 2 * sizeof(void *)) {
        char *block = (char *)(uintptr_t)address;
        PyObject *object = object_at(block, size, offset, type_ids);
        if (object != NULL) {
            long refcount = plausible_refcount(object);
            PyObject *value = copy_of_value(object, size - offset);
            if (value == NULL) {
                PyErr_Clear();
                value = Py_None;
                Py_INCREF(value);
            }
            return Py_BuildValue("(OlN)", (PyObject *)Py_TYPE(object), refcount, value);
        }
    }
    Py_RETURN_NONE;
}

#endif
