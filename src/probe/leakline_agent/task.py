"""Runs one task: everything around a scenario that growth and exit mode share."""
import os
import sys

from . import EXIT_BAD_TASK, EXIT_EXCEPTION, exit_mode, failure, growth, sections, seed, wire

# The modules that were __main__ before: on 2.7 a module that is let go of empties its globals.
former_mains = []


def load_probe(folder):
    """Imports the C module from its folder, which does not stay on sys.path."""
    sys.path.insert(0, folder)
    try:
        import leakline_probe
    finally:
        sys.path.remove(folder)
    return leakline_probe


def name_frames(probe, template):
    """Lets stacks show Python functions; their names go to the file, `%p` for the process id."""
    if template:
        before, _, after = template.partition('%p')
        probe.name_frames(before, after)


def make_namespace(task):
    """A fresh __main__ with the scenario's variables in it."""
    former_mains.append(sys.modules['__main__'])
    main = type(sys)('__main__')
    main.__builtins__ = sys.modules.get('builtins') or sys.modules['__builtin__']
    main.__dict__.update(task.get('variables') or {})
    sys.modules['__main__'] = main
    return main.__dict__


def prepare(task):
    """Gives the process the folder, the arguments and the search path that the task asks for."""
    os.environ.update(task.get('environment') or {})
    os.chdir(task['directory'])
    sys.argv[:] = [task.get('script') or task['file']] + task.get('argv', [])
    sys.path[:0] = [folder for folder in task.get('path', []) if folder not in sys.path]
    seed.reset(task)


def write_started(status, probe):
    """Tells which interpreter runs, and who serves its memory."""
    is_locked = getattr(sys, '_is_gil_enabled', None)
    status.write(
        'started', pid=os.getpid(), version='%d.%d.%d' % sys.version_info[:3],
        allocator=probe.allocator(), gil=is_locked is None or is_locked(),
        valgrind=probe.running_on_valgrind() > 0)


def leave(probe, code):
    """Ends the process without finalising Python and without a leak check."""
    probe.set_exit_check(False)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass    # closed by the scenario
    os._exit(code)


def run(task, probe):
    """Runs the task. Returns only when the interpreter shall exit the normal way, in exit mode."""
    probe.set_exit_check(task['mode'] == 'exit')
    status = wire.Status(task['status'])
    write_started(status, probe)
    name_frames(probe, task.get('map'))
    prepare(task)
    namespace = make_namespace(task)
    try:
        if task['mode'] == 'exit':
            return exit_mode.run(task, namespace, status)
        growth.run(task, namespace, status, probe)
    except sections.SectionError as error:
        fields = failure.describe(error, task)
        if error.section == 'body':
            fields['iteration'] = probe.iterations()
        status.write('exception', **fields)
        leave(probe, fields.get('code') or EXIT_EXCEPTION)
    leave(probe, 0)


def run_file(path):
    """Runs the task in a JSON file. Returns an exit code, or does not return."""
    try:
        task = wire.read_json(path)
        probe = load_probe(task['probe'])
    except Exception as error:
        sys.stderr.write('leakline: cannot start the task %s: %s\n' % (path, error))
        return EXIT_BAD_TASK
    return run(task, probe)
