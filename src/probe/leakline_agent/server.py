"""The fork server: imports once what scenarios need, then runs each of them in a child."""
import errno
import fcntl
import gc
import os
import select
import signal
import sys

from . import EXIT_BAD_TASK, EXIT_PRELOAD_FAILED, EXIT_THREADS, failure, rehearsal, sections, wire
from . import task as tasks

# The pipe that leakline reads; the process inherits it.
ANSWERS = 3


def answer(event, **fields):
    """Writes one message to leakline."""
    wire.write_all(ANSWERS, wire.to_json(dict(fields, event=event)))


def thread_count():
    """Threads of this process, those that Python does not know of among them."""
    return len(os.listdir('/proc/self/task'))


def preload(names):
    """Imports the modules. Returns those that started threads; raises SectionError."""
    threaded = []
    for name in names:
        before = thread_count()
        sections.run_section(name, __import__, name)
        if thread_count() > before:
            threaded.append(name)
    return threaded


def open_wakeup():
    """A descriptor that becomes readable when a child ends."""
    reader, writer = os.pipe()
    for descriptor in (reader, writer):
        flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_NONBLOCK)
        fcntl.fcntl(descriptor, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(writer)
    return reader, writer


def redirect(descriptor, path, flags):
    """Opens `path` as `descriptor`."""
    opened = os.open(path, flags, 0o666)
    os.dup2(opened, descriptor)
    if opened != descriptor:
        os.close(opened)


def become_child(task, probe, parent, wakeup):
    """Turns a fresh copy of the server into a process that has nothing of the server's."""
    probe.die_with_parent(parent)
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for descriptor in wakeup + (ANSWERS,):
        os.close(descriptor)
    redirect(0, os.devnull, os.O_RDONLY)
    for descriptor, name in ((1, 'stdout'), (2, 'stderr')):
        redirect(descriptor, task.get(name) or os.devnull,
                 os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)


def run_child(task, probe, parent, wakeup):
    """Runs the task in the forked child; the server's frames above never see its failure."""
    try:
        become_child(task, probe, parent, wakeup)
        tasks.run(task, probe)
    except Exception as error:
        sys.stderr.write('leakline: cannot run the task: %s: %s\n' % (type(error).__name__, error))
        tasks.leave(probe, EXIT_BAD_TASK)


def settle():
    """Takes what is there now out of the collector's sight: a child's collections need not look at it."""
    gc.collect()
    if hasattr(gc, 'freeze'):
        gc.freeze()


def start_child(path, probe, wakeup):
    """Forks a child for the task file. Returns its process id, None when it could not start.

    In the child it raises SystemExit, which unwinds the server's frames to a normal exit.
    """
    try:
        task = wire.read_json(path)
        settle()
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        pid = os.fork()
    except Exception as error:
        answer('failed', task=path, message='%s: %s' % (type(error).__name__, error))
        return None
    if pid == 0:
        run_child(task, probe, parent, wakeup)
        sys.exit(0)
    try:
        os.setpgid(pid, pid)    # here too, so that the group exists before leakline hears of it
    except OSError:
        pass
    answer('forked', task=path, pid=pid)
    return pid


def kill_group(pid):
    """Ends whatever is left of a child's process group."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        pass


def reap(children):
    """Answers for each child that has ended, and removes it."""
    for pid in list(children):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended == 0:
            continue
        kill_group(pid)
        signalled = os.WIFSIGNALED(status)
        answer('ended', task=children.pop(pid), pid=pid,
               code=None if signalled else os.WEXITSTATUS(status),
               signal=os.WTERMSIG(status) if signalled else None)


def wait_for_input(descriptors):
    """The descriptors that can be read; none when a signal came between (2.7)."""
    try:
        return select.select(descriptors, [], [])[0]
    except (OSError, select.error) as error:
        if error.args[0] != errno.EINTR:
            raise
        return []


def answer_requests(probe):
    """Reads task files from standard input and runs them until it is closed."""
    children = {}
    wakeup = open_wakeup()
    pending = b''
    answer('ready', pid=os.getpid())
    while True:
        ready = wait_for_input([0, wakeup[0]])
        if wakeup[0] in ready:
            os.read(wakeup[0], 4096)
        reap(children)
        if 0 not in ready:
            continue
        received = os.read(0, 65536)
        if not received:
            break
        lines = (pending + received).split(b'\n')
        pending = lines.pop()
        for line in lines:
            path = wire.parse_json(line.decode('utf-8'))
            pid = start_child(path, probe, wakeup)
            if pid is not None:
                children[pid] = path
    for pid in children:
        kill_group(pid)
        os.waitpid(pid, 0)


def serve(path):
    """Runs the fork server that a JSON file describes. Returns its exit code."""
    server = wire.read_json(path)
    probe = tasks.load_probe(server['probe'])
    probe.set_exit_check(False)
    sys.path[:0] = server.get('path', [])
    try:
        threaded = preload(server.get('preload', []))
    except sections.SectionError as error:
        fields = failure.describe(error, {'file': ''})
        fields['module'] = fields.pop('section')
        answer('preload-failed', **fields)
        return EXIT_PRELOAD_FAILED
    if thread_count() > 1:
        answer('threads', modules=threaded)
        return EXIT_THREADS
    settle()
    # Not before: what is allocated while importing is in no report, and most of what an import runs
    # it runs once, which is when a named frame costs most.
    tasks.name_frames(probe, server.get('map'))
    rehearsal.rehearse(probe)
    answer_requests(probe)
    os._exit(0)
