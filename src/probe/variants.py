"""Smaller versions of a piece of Python, for `leakline repro --shrink`.

    python variants.py FILE

Writes a JSON list of texts, each the text in FILE with some of its statements removed or with a
compound statement replaced by what it holds, the largest reductions first. Needs Python 3.9 for
ast.unparse. Does not run under valgrind.
"""
import ast
import copy
import json
import sys

STATEMENT_LISTS = ('body', 'orelse', 'finalbody', 'handlers', 'cases')


def statement_lists(tree):
    """Every (path of the node, field) whose value is a list of statements, outer ones first."""
    found = []
    pending = [((), tree)]
    while pending:
        path, node = pending.pop(0)
        for field in STATEMENT_LISTS:
            children = getattr(node, field, None)
            if not isinstance(children, list):
                continue
            if field in ('body', 'orelse', 'finalbody'):
                found.append((path, field))
            pending.extend((path + ((field, index),), child) for index, child in enumerate(children))
    return found


def node_at(tree, path):
    """The node that a path of (field, index) leads to."""
    for field, index in path:
        tree = getattr(tree, field)[index]
    return tree


def chunks(count):
    """Ranges of neighbours to remove, from all of them down to single ones (ddmin's order)."""
    size = count
    while size >= 1:
        for start in range(0, count, size):
            yield start, min(start + size, count)
        size = size // 2


def replaced(tree, path, field, start, end, statements):
    """A copy of the tree with a slice of one statement list replaced."""
    changed = copy.deepcopy(tree)
    owner = node_at(changed, path)
    children = getattr(owner, field)
    children[start:end] = statements
    if not children and field == 'body' and path:
        children.append(ast.Pass())
    return changed


def inner_statements(node):
    """What is left of a compound statement when its head is taken off."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return []
    return [child for field in ('body', 'orelse', 'finalbody')
            for child in (getattr(node, field, None) or [])
            if isinstance(child, ast.stmt)]


def variants(text):
    """The smaller texts, without repetition, the smallest first."""
    tree = ast.parse(text)
    original = ast.unparse(tree)
    found = {}
    for path, field in statement_lists(tree):
        children = getattr(node_at(tree, path), field)
        for start, end in chunks(len(children)):
            found[ast.unparse(replaced(tree, path, field, start, end, []))] = None
        for index, child in enumerate(children):
            inner = inner_statements(child)
            if inner:
                found[ast.unparse(replaced(tree, path, field, index, index + 1, inner))] = None
    found.pop(original, None)
    return sorted((each for each in found if each.strip() and compiles(each)), key=len)


def compiles(text):
    """False for what is no Python any more: a try without handlers, a break outside of a loop."""
    try:
        compile(text, 'variant', 'exec')
    except SyntaxError:
        return False
    return True


if __name__ == '__main__':
    with open(sys.argv[1], encoding='utf-8') as file:
        print(json.dumps(variants(file.read())))
