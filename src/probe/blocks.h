/* What is in a leaked block: a Python object, or something else?

   The block is only read where memcheck calls its bytes defined (VALGRIND_GET_VBITS reports no
   error for the others), and it counts as an object only when everything fits together: its
   type is one that exists, that type's objects start where this one would, the block is long
   enough, and the reference count is no address. */
#ifndef LEAKLINE_BLOCKS_H
#define LEAKLINE_BLOCKS_H

#include "counters.h"

/* So many loss records are listed, with so many blocks each: to look at them must not cost more
   than the measurement. */
#define LISTED_RECORDS_MAX 40
#define LISTED_BLOCKS_MAX 100

/* The loss records that grew most in the last interval. */
struct grown_records {
    int count;
    struct {
        unsigned long growth, number;
    } records[LISTED_RECORDS_MAX];
};

/* One of valgrind's numbers, `1,234`. */
static unsigned long
parse_number(const char *text)
{
    unsigned long number = 0;
    for (; (*text >= '0' && *text <= '9') || *text == ','; text++) {
        number = *text == ',' ? number : number * 10 + (unsigned long)(*text - '0');
    }
    return number;
}

/* Remembers a loss record, in place of the slowest one when there is no room. */
static void
keep_fastest(struct grown_records *grown, unsigned long growth, unsigned long number)
{
    int place = grown->count;
    if (growth == 0) {
        return;
    }
    if (place == LISTED_RECORDS_MAX) {
        place = 0;
        for (int i = 1; i < LISTED_RECORDS_MAX; i++) {
            place = grown->records[i].growth < grown->records[place].growth ? i : place;
        }
        if (grown->records[place].growth >= growth) {
            return;
        }
    }
    else {
        grown->count++;
    }
    grown->records[place].growth = growth;
    grown->records[place].number = number;
}

/* Remembers the loss record of a line of the XML,
   `<text>… bytes in 30 (+10) blocks are … in loss record 5 of 9</text>`. */
static void
add_if_grown(char *line, void *arg)
{
    struct grown_records *grown = arg;
    char *after = strstr(line, ") blocks are ");
    char *number = after == NULL ? NULL : strstr(after, "loss record ");
    if (number == NULL || strstr(line, "<text>") == NULL) {
        return;
    }
    *after = '\0';
    char *change = strrchr(line, '(');
    if (change == NULL || change[1] != '+') {
        return;
    }
    keep_fastest(grown, parse_number(change + 2), parse_number(number + strlen("loss record ")));
}

/* Lets valgrind write to its log which blocks there are in the loss records that grew in the
   check that has just been made, `==PID== 0xADDRESS[SIZE]` each. The XML from `start` on tells
   which records those are.

   It has to be here, before anything is allocated or freed: after that valgrind says "Can't
   print obsolete block list". */
static void
list_grown_blocks(const char *xml, off_t start)
{
    static struct grown_records grown;
    grown.count = 0;
    int fd = open(xml, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return;
    }
    lseek(fd, start, SEEK_SET);
    for_each_line(fd, add_if_grown, &grown);
    for (int i = 0; i < grown.count; i++) {
        char command[80];
        snprintf(command, sizeof(command), "block_list %lu limited %d",
                 grown.records[i].number, LISTED_BLOCKS_MAX);
        (void)VALGRIND_MONITOR_COMMAND(command);
    }
}

/* Values are quoted up to this many characters. */
#define QUOTED_MAX 40

/* No address is so small: under valgrind the lowest mapping is at 0x100000 or above it. */
#define REFCOUNT_MAX (1 << 20)

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
