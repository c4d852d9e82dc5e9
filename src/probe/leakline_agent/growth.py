"""Growth mode: what does each iteration of the body leave behind?"""
import gc

from . import sections, seed


def run(task, namespace, status, probe):
    """Measures the task. Raises SectionError when the scenario's code does."""
    codes = sections.compile_sections(task['code'], task['file'])
    if 'setup' in codes:
        sections.run_section('setup', sections.execute, codes['setup'], namespace)
    seed.reset(task)
    rows = sections.run_section(
        'body', probe.measure, codes['body'], namespace, gc.collect,
        task['warmup'], task['iterations'], task['checkpoints'])
    for number, counters in enumerate(rows):
        status.write('checkpoint', number=number, counters=counters)
    if 'teardown' in codes:
        sections.run_section('teardown', sections.execute, codes['teardown'], namespace)
    status.write('complete')
