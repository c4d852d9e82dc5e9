"""What a fork server does once, so that its children need not: valgrind translates machine code
when it first runs, which takes longer than most bodies do, and a child inherits the translations.
"""
import gc
import os

from . import sections, task, wire

# What bodies are made of: text, containers, functions, classes, exceptions.
BODY = {'line': 1, 'indent': 2, 'text': '''
import sys
from os import path
class Thing(object):
    kind = 'thing'
    def __init__(self, value, *rest, **named):
        self.value = value
        self.rest = rest
    def __enter__(self):
        return self
    def __exit__(self, *cause):
        return False
    def __repr__(self):
        return '%s(%r, %.1f)' % (self.kind, self.value, 1.5)
def count(limit):
    at = 0
    while at < limit:
        yield at
        at += 1
texts = [str(number) + 'x' for number in count(20)]
lengths = {text: len(text) for text in texts if text}
unique = set(texts) | {1, 2.5, None}
joined = ','.join(sorted(lengths, key=lambda text: text[::-1])).upper()
parts = joined.encode('utf-8').decode('utf-8').split(',')
pairs = list(zip(parts, map(len, reversed(parts))))
(first, _), last = pairs[0], pairs[-1]
big = 3 ** len(pairs) // 7 % 2 ** 70 + int('12')
with Thing(big, *parts, a=1) as thing:
    repr([thing, bytearray(b'abc') + b'd', unique, first < last[0]])
'{0:>5}|{1}'.format(first, last).replace('|', '-').strip().find('X')
for key, value in lengths.items():
    if value > 2:
        break
try:
    lengths['missing'] or int('no')
except (KeyError, ValueError) as error:
    str(error)
finally:
    del lengths, unique
'''}


def rehearse(probe):
    """Goes once along the way that each child goes, with a body that does a bit of everything."""
    wire.parse_json('{"text":"","numbers":[1,-1],"yes":true,"none":null}')
    task.write_started(wire.Status(os.devnull), probe)
    code = sections.compile_sections({'body': BODY}, 'rehearsal')['body']
    namespace = {'__name__': 'rehearsal', '__builtins__': __builtins__}
    try:
        wire.to_json(probe.measure(code, namespace, gc.collect, 2, 0, 0, False, ''))
    except Exception:
        pass    # a preloaded module may have changed what such code does
