/* What the kernel knows about this process, counted without making an object or a heap
   block: every number here is read between two leak checks of a measurement, so buffers are
   static and files are read with plain system calls. */
#ifndef LEAKLINE_COUNTERS_H
#define LEAKLINE_COUNTERS_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static char read_buffer[16384];

struct directory_entry {            /* as getdents64(2) writes it */
    unsigned long long inode;
    long long offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

/* Calls `visit` with the name of each numbered entry of the directory. Returns how many there
   were, 0 when the directory cannot be read. */
static unsigned long
for_each_number(const char *directory, void (*visit)(const char *name, void *arg), void *arg)
{
    static char buffer[8192] __attribute__((aligned(8)));
    unsigned long count = 0;
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    for (;;) {
        long size = syscall(SYS_getdents64, fd, buffer, sizeof(buffer));
        if (size <= 0) {
            break;
        }
        for (long at = 0; at < size;) {
            struct directory_entry *entry = (struct directory_entry *)(buffer + at);
            if (entry->name[0] >= '0' && entry->name[0] <= '9') {
                count++;
                if (visit != NULL) {
                    visit(entry->name, arg);
                }
            }
            at += entry->length;
        }
    }
    close(fd);
    return count;
}

/* Open descriptors, valgrind's own among them: they are the same at each checkpoint. */
static unsigned long
count_descriptors(void)
{
    unsigned long count = for_each_number("/proc/self/fd", NULL, NULL);
    return count > 0 ? count - 1 : 0;   /* less the one that reads the directory */
}

static unsigned long
count_threads(void)
{
    return for_each_number("/proc/self/task", NULL, NULL);
}

/* Reads a whole small file of /proc, cut at the end of the buffer; '' when it cannot be read. */
static const char *
read_small(const char *path)
{
    size_t used = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        while (used < sizeof(read_buffer) - 1) {
            ssize_t size = read(fd, read_buffer + used, sizeof(read_buffer) - 1 - used);
            if (size <= 0) {
                break;
            }
            used += (size_t)size;
        }
        close(fd);
    }
    read_buffer[used] = '\0';
    return read_buffer;
}

static void
add_children_of_thread(const char *thread, void *arg)
{
    char path[64] = "/proc/self/task/";
    strncat(path, thread, 20);
    strcat(path, "/children");
    for (const char *at = read_small(path); *at != '\0'; at++) {
        *(unsigned long *)arg += *at == ' ';    /* a space follows each process id */
    }
}

static void
add_if_child(const char *process, void *arg)
{
    char path[40] = "/proc/";
    strncat(path, process, 20);
    strcat(path, "/stat");
    /* "PID (NAME) STATE PARENT …": the name may hold anything, so from its last bracket on. */
    const char *name_end = strrchr(read_small(path), ')');
    if (name_end != NULL && strlen(name_end) > 4
        && strtol(name_end + 4, NULL, 10) == (long)getpid()) {
        ++*(unsigned long *)arg;
    }
}

/* Child processes, those that ended and were not waited for among them. */
static unsigned long
count_children(void)
{
    unsigned long count = 0;
    /* A thread's file `children` exists only where the kernel has CONFIG_PROC_CHILDREN. */
    if (access("/proc/thread-self/children", R_OK) == 0) {
        for_each_number("/proc/self/task", add_children_of_thread, &count);
    }
    else {
        for_each_number("/proc", add_if_child, &count);
    }
    return count;
}

struct mappings {
    unsigned long count;
    unsigned long bytes;
};

static int
has_prefix(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Adds the mapping that a line of /proc/self/maps describes when it is memory that the program
   mapped for itself: anonymous, shared anonymous, memfd or System V, readable or writable.

   Executable mappings are left out. valgrind maps everything of its own, and the superblocks
   that its malloc gives to the program, readable, writable and executable; so what remains is
   the program's (the text of a JIT is not counted, a price paid for that).
   The program's stack grows by itself and is recognised by an address on it. */
static void
add_mapping(char *line, void *arg)
{
    struct mappings *total = arg;
    char *at;
    unsigned long here = (unsigned long)&at;
    unsigned long start = strtoul(line, &at, 16);
    unsigned long end = strtoul(at + 1, &at, 16);
    const char *permissions = at + 1;
    const char *path = permissions;
    for (int field = 0; field < 4 && path != NULL; field++) {
        path = strchr(path + 1, ' ');   /* past permissions, offset, device, inode */
    }
    if (path == NULL) {
        return;
    }
    path += strspn(path, " ");
    if (permissions[2] == 'x' || (permissions[0] == '-' && permissions[1] == '-')) {
        return;
    }
    if (*path != '\0' && !has_prefix(path, "[anon") && !has_prefix(path, "/dev/zero (deleted)")
        && !has_prefix(path, "/memfd:") && !has_prefix(path, "/SYSV")) {
        return;
    }
    if (start <= here && here < end) {
        return;
    }
    total->count++;
    total->bytes += end - start;
}

/* Calls `visit` with each line of an open file, from where it stands, and closes it. A line that
   is longer than the buffer is left out. */
static void
for_each_line(int fd, void (*visit)(char *line, void *arg), void *arg)
{
    size_t used = 0;
    for (;;) {
        ssize_t size = read(fd, read_buffer + used, sizeof(read_buffer) - 1 - used);
        if (size <= 0) {
            break;
        }
        used += (size_t)size;
        read_buffer[used] = '\0';
        char *line = read_buffer;
        for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
            *end = '\0';
            visit(line, arg);
        }
        used = (size_t)(read_buffer + used - line);
        memmove(read_buffer, line, used);
        if (used == sizeof(read_buffer) - 1) {
            used = 0;
        }
    }
    close(fd);
}

/* Mappings outside malloc. The kernel merges neighbours that are alike, so of the two numbers
   it is the bytes that grow evenly with a leak. */
static struct mappings
count_mappings(void)
{
    struct mappings total = {0, 0};
    int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        for_each_line(fd, add_mapping, &total);
    }
    return total;
}

#endif
