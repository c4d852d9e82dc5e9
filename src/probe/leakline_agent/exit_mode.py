"""Exit mode: run something once and let valgrind say at exit what is left."""
import atexit
import os
import sys

from . import failure, sections

kept = []


def open_descriptors():
    """{descriptor: what it is open on}."""
    found = {}
    for name in os.listdir('/proc/self/fd'):
        try:
            found[int(name)] = os.readlink('/proc/self/fd/' + name)
        except OSError:
            pass    # the one that listed the folder
    return found


def run_script(path, namespace):
    """Runs a file as `python FILE` would."""
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    namespace['__file__'] = path
    with open(path, 'rb') as file:
        source = file.read()
    exec(compile(source, path, 'exec', 0, True), namespace)


def run_module(name):
    """Runs a module as `python -m NAME` would; its namespace lives until exit, as there."""
    import runpy
    sys.path.insert(0, os.getcwd())
    kept.append(runpy.run_module(name, run_name='__main__', alter_sys=True))


def write_complete(status, pid, before):
    """The last thing that Python runs: tells what is still open, and that the exit was clean.

    A forked child that leaves in the same way says nothing: its parent may not have come so far.
    """
    if os.getpid() != pid:
        return
    after = open_descriptors()
    left = [path for number, path in sorted(after.items()) if before.get(number) != path]
    status.write('complete', descriptors={
        'before': len(before), 'after': len(after), 'left': left})


def steps_of(task, namespace):
    """What to run, in order: (section, function, arguments)."""
    codes = sections.compile_sections(task.get('code') or {}, task['file'])
    steps = [(name, sections.execute, (codes[name], namespace))
             for name in ('setup', 'code') if name in codes]
    if task.get('script'):
        steps.append(('script', run_script, (task['script'], namespace)))
    if task.get('module'):
        steps.append(('module', run_module, (task['module'],)))
    return steps


def run(task, namespace, status):
    """Runs the task's code, script or module. Raises SectionError when that fails."""
    steps = steps_of(task, namespace)
    # Registered first, so run last: os._exit in the scenario skips it, and what the scenario's
    # own exit functions close is not called left open.
    atexit.register(write_complete, status, os.getpid(), open_descriptors())
    for name, function, arguments in steps:
        try:
            sections.run_section(name, function, *arguments)
        except sections.SectionError as error:
            cause = error.cause[1]
            if not isinstance(cause, SystemExit) or failure.exit_code_of(cause) != 0:
                raise
            break
