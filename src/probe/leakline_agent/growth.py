"""Growth mode: what does each iteration of the body leave behind?"""
import gc
import sys

from . import blocks, sections, seed


def empty_free_lists():
    """Takes what 2.7 keeps of freed lists and dictionaries, 80 of each.

    gc.collect() does not free them there, so the first 80 leaked ones would cost no block.
    Returns what must stay alive during the measurement.
    """
    return [[[], {}] for _ in range(80)] if sys.version_info < (3,) else []


def run(task, namespace, status, probe):
    """Measures the task. Raises SectionError when the scenario's code does."""
    codes = sections.compile_sections(task['code'], task['file'])
    if 'setup' in codes:
        sections.run_section('setup', sections.execute, codes['setup'], namespace)
    seed.reset(task)
    kept = empty_free_lists()
    log_start = blocks.log_size(task)
    rows = sections.run_section(
        'body', probe.measure, codes['body'], namespace, gc.collect,
        task['warmup'], task['iterations'], task['checkpoints'],
        task.get('checks') == 'ends', blocks.xml_path(task))
    for number, counters in enumerate(rows):
        status.write('checkpoint', number=number, counters=counters)
    if task.get('inspect'):
        blocks.inspect(task, log_start, status, probe)
    if 'teardown' in codes:
        sections.run_section('teardown', sections.execute, codes['teardown'], namespace)
    del kept
    status.write('complete')
