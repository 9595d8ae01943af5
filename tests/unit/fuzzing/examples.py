"""How many examples property tests try.

By default they are few, and the same in every run.  For a long run, each time with others:

    VOLLY_EXAMPLES=200 python -m pytest tests/unit/mls/test_histories.py --timeout 0

tries 200 times as many; a failure is shrunk, printed, and tried first in the next run.
"""

import os

from hypothesis import HealthCheck, settings

FACTOR = int(os.environ.get("VOLLY_EXAMPLES", "1"))


def examples(count: int, steps: int = 50) -> settings:
    """Settings for a property test.

    Args:
        count: examples by default.
        steps: of a state machine, in each example.
    """
    return settings(
        max_examples=count * FACTOR,
        stateful_step_count=steps,
        derandomize=FACTOR == 1,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
