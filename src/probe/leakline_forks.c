/* leakline_forks: preloaded into every program of an exit scenario with `trace-children`, so that a
   forked child tells what it left behind itself and not what it inherited.

   A forked child has a copy of every block of its parent, and valgrind would list them all once
   more when the child exits. So the child looks for leaks as soon as it is there, which writes
   nothing, and when it leaves it lists what has changed since then: a growth scenario with one
   interval. A library of its own, since programs other than Python cannot load the probe. */
#include <pthread.h>
#include <sys/types.h>
#include <unistd.h>
#include <valgrind/memcheck.h>

/* The C library's own blocks, its output buffers among them. valgrind frees them before its check
   at exit; see --run-libc-freeres in its manual. */
extern void __libc_freeres(void) __attribute__((weak));

/* The process that was forked and looked for leaks; 0 in one that a program was started in. A child
   of vfork never gets here: it becomes another program at once. */
static pid_t forked;

static void
after_fork(void)
{
    forked = getpid();
    VALGRIND_CLO_CHANGE("--show-leak-kinds=none");
    VALGRIND_PRINTF("leakline checkpoint 0 of 1\n");
    VALGRIND_DO_QUICK_LEAK_CHECK;
}

__attribute__((constructor)) static void
watch_forks(void)
{
    pthread_atfork(NULL, NULL, after_fork);
}

static void
list_what_changed(void)
{
    if (__libc_freeres != NULL) {
        __libc_freeres();
    }
    VALGRIND_PRINTF("leakline checkpoint 1 of 1\n");
    VALGRIND_CLO_CHANGE("--show-leak-kinds=all");
    VALGRIND_DO_CHANGED_LEAK_CHECK;
    VALGRIND_CLO_CHANGE("--show-leak-kinds=none");
}

/* valgrind calls this in place of the C library's _exit, through which exit() leaves too, and so
   after whatever else the program does. See "Function wrapping" in its manual. */
void I_WRAP_SONAME_FNNAME_ZU(libcZdsoZa, _exit)(int status);

void
I_WRAP_SONAME_FNNAME_ZU(libcZdsoZa, _exit)(int status)
{
    OrigFn leave;
    VALGRIND_GET_ORIG_FN(leave);
    if (getpid() == forked) {
        list_what_changed();
    }
    CALL_FN_v_W(leave, status);
}
