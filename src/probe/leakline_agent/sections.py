"""The pieces of Python in a scenario file: compiled so that they keep their place in it."""
import __future__
import sys

from _ast import AST, PyCF_ONLY_AST

NAMES = ('setup', 'body', 'teardown', 'code')

FUTURE_FLAGS = 0
for _name in __future__.all_feature_names:
    FUTURE_FLAGS |= getattr(__future__, _name).compiler_flag


def shift_columns(node, indent):
    """Moves each node of a tree `indent` columns to the right, to where it is in the file."""
    for name in node._attributes:
        if name in ('col_offset', 'end_col_offset') and getattr(node, name, None) is not None:
            setattr(node, name, getattr(node, name) + indent)
    for name in node._fields:
        value = getattr(node, name, None)
        for child in value if isinstance(value, list) else (value,):
            if isinstance(child, AST):
                shift_columns(child, indent)


def compile_section(name, section, file, flags=0):
    """The section's code object, named `name`, with the lines and columns it has in `file`."""
    text = '\n' * (section['line'] - 1) + section['text']
    tree = compile(text, file, 'exec', PyCF_ONLY_AST | flags, True)
    if section.get('indent') and sys.version_info >= (3, 8):
        shift_columns(tree, section['indent'])
    code = compile(tree, file, 'exec', flags, True)
    if sys.version_info >= (3, 11):
        return code.replace(co_name=name, co_qualname=name)
    if sys.version_info >= (3, 8):
        return code.replace(co_name=name)
    return code


class SectionError(Exception):
    """An exception in a section; `cause` is what sys.exc_info() said."""

    def __init__(self, section, cause):
        Exception.__init__(self, section)
        self.section = section
        self.cause = cause


def compile_sections(sections, file):
    """{name: code object}. What one section imports from __future__ holds for the next ones."""
    flags = 0
    codes = {}
    for name in NAMES:
        if sections.get(name):
            try:
                codes[name] = compile_section(name, sections[name], file, flags)
            except Exception:
                raise SectionError(name, sys.exc_info())
            flags |= codes[name].co_flags & FUTURE_FLAGS
    return codes


def execute(code, namespace):
    """Runs a code object at the level of a module."""
    exec(code, namespace)


def run_section(name, function, *arguments):
    """Calls the function and turns whatever it raises into a SectionError."""
    try:
        return function(*arguments)
    except BaseException:
        raise SectionError(name, sys.exc_info())
