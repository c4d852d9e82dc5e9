"""Says what an exception was and where in the scenario file it came from."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def remember_source(sections, file):
    """Gives linecache the lines of the scenario file that the sections stand on."""
    import linecache
    lines = []
    for section in sections.values():
        text = section['text'].splitlines()
        start = section['line'] - 1
        lines.extend(['\n'] * (start + len(text) - len(lines)))
        indent = ' ' * (section.get('indent') or 0)
        lines[start:start + len(text)] = [indent + line + '\n' for line in text]
    # Without a time of change, linecache does not look for the file.
    linecache.cache[file] = (sum(map(len, lines)), None, lines, file)


def without_agent(traceback):
    """The traceback from the first frame on that is not the agent's own."""
    while traceback is not None:
        path = os.path.abspath(traceback.tb_frame.f_code.co_filename)
        if os.path.dirname(path) != HERE:
            break
        traceback = traceback.tb_next
    return traceback


def line_in(file, error, traceback):
    """The innermost line of `file` that took part, None when none did."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return error.lineno
    line = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == file:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def message_of(error):
    """str(error), which a strange exception may refuse."""
    try:
        return str(error)
    except Exception:
        return '(its message cannot be read: %s)' % sys.exc_info()[0].__name__


def exit_code_of(error):
    """What the interpreter would end with on this SystemExit."""
    if error.code is None:
        return 0
    return error.code & 0xff if isinstance(error.code, int) else 1


def describe(failure, task):
    """The fields of the `exception` event for a SectionError."""
    kind, error, traceback = failure.cause
    fields = {'section': failure.section, 'type': kind.__name__, 'message': message_of(error)}
    if isinstance(error, SystemExit):
        fields['code'] = exit_code_of(error)
    traceback = without_agent(traceback)
    fields['line'] = line_in(task['file'], error, traceback)
    try:
        from traceback import format_exception
        remember_source(task.get('code') or {}, task['file'])
        fields['traceback'] = ''.join(format_exception(kind, error, traceback))
    except Exception:
        fields['traceback'] = '%s: %s\n' % (fields['type'], fields['message'])
    return fields
