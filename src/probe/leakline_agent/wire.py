"""JSON in and JSON lines out, without the json package.

`import json` brings re, enum and functools along, a quarter of what the interpreter needs to
start under valgrind. JSON that JSON.stringify made is a Python expression but for three names,
and the C module behind the package escapes strings.
"""
import os

from _json import encode_basestring_ascii

try:
    text_types = (str, unicode)
    integers = (int, long)
except NameError:
    text_types = (str,)
    integers = (int,)

# Python's flag of `from __future__ import unicode_literals`, which is the rule in 3.x.
UNICODE_LITERALS = 0x20000 if str is bytes else 0
JSON_NAMES = {'true': True, 'false': False, 'null': None, '__builtins__': {}}


def native(value):
    """The value with every ASCII string as `str`, which makes a difference on 2.7 only."""
    if isinstance(value, dict):
        return dict((native(key), native(item)) for key, item in value.items())
    if isinstance(value, list):
        return [native(item) for item in value]
    if str is bytes and isinstance(value, text_types):
        try:
            return value.encode('ascii')
        except UnicodeError:
            return value
    return value


def parse_json(text):
    """The value that JSON text says. Trusts the text: it is leakline's own."""
    return native(eval(compile(text.strip(), 'JSON', 'eval', UNICODE_LITERALS, True), JSON_NAMES))


def read_json(path):
    """The value in a JSON file that leakline wrote. Raises what reading it raises."""
    with open(path, 'rb') as file:
        return parse_json(file.read().decode('utf-8'))


def to_json(value):
    """The value as JSON on one line; what JSON cannot say becomes a string."""
    if value is None:
        return 'null'
    if value is True or value is False:
        return 'true' if value else 'false'
    if isinstance(value, integers):
        return '%d' % value
    if isinstance(value, dict):
        return '{%s}' % ','.join(
            '%s:%s' % (encode_basestring_ascii(key), to_json(item))
            for key, item in sorted(value.items()))
    if isinstance(value, (list, tuple)):
        return '[%s]' % ','.join(to_json(item) for item in value)
    if str is bytes and isinstance(value, str):
        value = value.decode('utf-8', 'replace')
    if not isinstance(value, text_types):
        value = repr(value)
    return encode_basestring_ascii(value)


def write_all(descriptor, line):
    """Writes one line to a descriptor, whole."""
    rest = line.encode('ascii') + b'\n'
    while rest:
        rest = rest[os.write(descriptor, rest):]


class Status(object):
    """The JSON-lines file that tells leakline how far a task came.

    It is opened for each line and closed again: a scenario may close every descriptor it
    finds, and may not find one that is not its own.
    """

    def __init__(self, path):
        self.path = os.path.abspath(path)

    def write(self, event, **fields):
        """Appends one event."""
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            write_all(descriptor, to_json(dict(fields, event=event)))
        finally:
            os.close(descriptor)
