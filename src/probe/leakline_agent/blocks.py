"""What leaked: reads the blocks of the loss records that grew in the last interval."""
import os

VALUES_MAX = 3
QUOTED_MAX = 60

try:
    # Where valgrind's log goes unless it has a file of its own: what descriptor 2 was on before
    # a fork server's child was given another.
    default_log = os.readlink('/proc/self/fd/2')
except OSError:
    default_log = ''


def log_path(task):
    """The file that valgrind's log goes to."""
    return (task.get('log') or default_log).replace('%p', str(os.getpid()))


def log_size(task):
    """Where the log ends now; 0 when it is no file, and then nothing can be inspected."""
    try:
        return os.path.getsize(log_path(task))
    except OSError:
        return 0


def xml_path(task):
    """The file that valgrind's XML goes to, '' when the blocks need not be listed."""
    return task['xml'].replace('%p', str(os.getpid())) if task.get('inspect') else ''


def listed_blocks(text):
    """[(loss record, [(address, size)])] of what `block_list` wrote to valgrind's log."""
    prefix = '==%d== ' % os.getpid()
    records = []
    for line in text.splitlines():
        if not line.startswith(prefix):
            continue
        line = line[len(prefix):]
        if ' in loss record ' in line:
            number = line.partition(' in loss record ')[2].split()[0]
            records.append((int(number.replace(',', '')), []))
        elif line.startswith('0x') and line.endswith(']') and records:
            address, _, size = line[:-1].partition('[')
            records[-1][1].append((int(address, 16), int(size.replace(',', ''))))
    return records


def all_types():
    """Every type there is, found from `object` down."""
    found = {id(object): object}
    waiting = [object]
    while waiting:
        for subtype in type.__subclasses__(waiting.pop()):
            if id(subtype) not in found:
                found[id(subtype)] = subtype
                waiting.append(subtype)
    return found


def name_of(kind):
    """`list`, `decimal.Decimal`."""
    module = getattr(kind, '__module__', None)
    name = getattr(kind, '__qualname__', kind.__name__)
    if not isinstance(module, str) or module in ('builtins', '__builtin__', 'exceptions'):
        return name
    return '%s.%s' % (module, name)


def quote(value):
    """repr(value), cut where it is long."""
    text = repr(value)
    return text if len(text) <= QUOTED_MAX else text[:QUOTED_MAX] + '...'


def summarise(objects):
    """One entry for each type among [(type, refcount, value)], the most frequent first."""
    by_name = {}
    for kind, refcount, value in objects:
        by_name.setdefault(name_of(kind), []).append((refcount, value))
    types = []
    for name, found in by_name.items():
        counts = [refcount for refcount, _ in found if refcount > 0]
        values = sorted(set(quote(value) for _, value in found if value is not None))
        types.append({
            'type': name, 'count': len(found), 'values': values[:VALUES_MAX],
            'refcount': {'min': min(counts), 'max': max(counts)} if counts else None})
    return sorted(types, key=lambda entry: (-entry['count'], entry['type']))


def inspect(task, start, status, probe):
    """Writes an `inspected` event for each loss record in the log from `start` on."""
    try:
        with open(log_path(task), 'rb') as log:
            log.seek(start)
            records = listed_blocks(log.read().decode('utf-8', 'replace'))
        types = all_types()     # held, so that their addresses stay theirs
        type_ids = set(types)
        for record, blocks in records:
            objects = [probe.identify(address, size, type_ids) for address, size in blocks]
            objects = [found for found in objects if found is not None]
            status.write('inspected', record=record, blocks=len(blocks),
                         types=summarise(objects), raw=len(blocks) - len(objects))
    except Exception as error:
        status.write('not-inspected', message='%s: %s' % (type(error).__name__, error))
