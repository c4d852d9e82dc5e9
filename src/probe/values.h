/* Copies of the values of objects that nobody vouches for: a leaked object may be half made. What
   memcheck does not call defined is not read (VALGRIND_GET_VBITS reports no error for it). */
#ifndef LEAKLINE_VALUES_H
#define LEAKLINE_VALUES_H

#include <stddef.h>

/* Values are quoted up to this many characters. */
#define QUOTED_MAX 40

/* 1 when the program may read all of these bytes and has written them before. */
static int
is_defined(const void *start, size_t size)
{
    unsigned char bits[1024];
    if (size > sizeof(bits) || VALGRIND_GET_VBITS(start, bits, size) != 1) {
        return 0;
    }
    for (size_t i = 0; i < size; i++) {
        if (bits[i] != 0) {
            return 0;
        }
    }
    return 1;
}

static size_t
at_most(size_t a, size_t b)
{
    return a < b ? a : b;
}

#if PY_MAJOR_VERSION >= 3
/* 1 when the bits that tell how a str is stored are written; those around them never are. */
static int
is_state_defined(PyObject *object)
{
    static PyASCIIObject mask;
    unsigned char bits[sizeof(mask.state)];
    const unsigned char *wanted = (const unsigned char *)&mask.state;
    mask.state.kind = 7;
    mask.state.compact = 1;
    mask.state.ascii = 1;
    if (VALGRIND_GET_VBITS(&((PyASCIIObject *)object)->state, bits, sizeof(bits)) != 1) {
        return 0;
    }
    for (size_t i = 0; i < sizeof(bits); i++) {
        if (bits[i] & wanted[i]) {
            return 0;
        }
    }
    return 1;
}
#endif

/* The start of a str's text as a new object, NULL when it is not all there. `size` is what the
   block has from the object on. */
static PyObject *
copy_of_text(PyObject *object, size_t size)
{
#if PY_MAJOR_VERSION >= 3
    if (!is_defined(object, offsetof(PyASCIIObject, hash)) || !is_state_defined(object)
        || !PyUnicode_IS_COMPACT(object)) {
        return NULL;
    }
    size_t header = PyUnicode_IS_ASCII(object) ? sizeof(PyASCIIObject)
                                               : sizeof(PyCompactUnicodeObject);
    size_t kind = PyUnicode_KIND(object);
    size_t length = (size_t)PyUnicode_GET_LENGTH(object);
    size_t quoted = at_most(length, QUOTED_MAX);
    if (length > size || header + (length + 1) * kind > size
        || !is_defined((char *)object + header, quoted * kind)) {
        return NULL;
    }
    return PyUnicode_FromKindAndData((int)kind, (char *)object + header, (Py_ssize_t)quoted);
#else
    PyUnicodeObject *text = (PyUnicodeObject *)object;
    if (size < sizeof(PyUnicodeObject) || !is_defined(text, sizeof(PyUnicodeObject))) {
        return NULL;
    }
    size_t quoted = at_most((size_t)text->length, QUOTED_MAX);
    if (!is_defined(text->str, quoted * sizeof(Py_UNICODE))) {
        return NULL;
    }
    return PyUnicode_FromUnicode(text->str, (Py_ssize_t)quoted);
#endif
}

static PyObject *
copy_of_bytes(PyObject *object, size_t size)
{
    size_t header = offsetof(PyBytesObject, ob_sval);
    if (!is_defined(object, header)) {
        return NULL;
    }
    size_t length = (size_t)Py_SIZE(object);
    size_t quoted = at_most(length, QUOTED_MAX);
    const char *bytes = ((PyBytesObject *)object)->ob_sval;
    if (length > size || header + length + 1 > size || !is_defined(bytes, quoted)) {
        return NULL;
    }
    return PyBytes_FromStringAndSize(bytes, (Py_ssize_t)quoted);
}

/* Only what fits in 64 bits: a longer number says little. */
static PyObject *
copy_of_int(PyObject *object, size_t size)
{
#if PY_VERSION_HEX >= 0x030C0000
    size_t header = offsetof(PyLongObject, long_value.ob_digit);
#else
    size_t header = offsetof(PyLongObject, ob_digit);
#endif
    if (!is_defined(object, header)) {
        return NULL;
    }
#if PY_VERSION_HEX >= 0x030C0000
    size_t digits = ((PyLongObject *)object)->long_value.lv_tag >> 3;
#else
    size_t digits = (size_t)(Py_SIZE(object) < 0 ? -Py_SIZE(object) : Py_SIZE(object));
#endif
    if (digits > 4 || header + digits * sizeof(digit) > size
        || !is_defined((char *)object + header, digits * sizeof(digit))) {
        return NULL;
    }
    int overflow;
    long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
    return overflow ? NULL : PyLong_FromLongLong(value);
}

static PyObject *
copy_of_value(PyObject *object, size_t size)
{
    if (PyUnicode_CheckExact(object)) {
        return copy_of_text(object, size);
    }
    if (PyBytes_CheckExact(object)) {
        return copy_of_bytes(object, size);
    }
    if (PyLong_CheckExact(object)) {
        return copy_of_int(object, size);
    }
    return NULL;
}

#endif
