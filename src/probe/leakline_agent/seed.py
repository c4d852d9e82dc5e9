"""Makes `random` say the same in each run."""
import sys


def reset(task):
    """Seeds `random` when it is loaded; to load it just for this would cost its import."""
    random = sys.modules.get('random')
    if random is not None:
        random.seed(task.get('seed', 0))
