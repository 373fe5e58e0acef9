"""How many examples the laws are tried on: a few each time, many if `HYPOTHESIS_PROFILE=thorough` asks for it."""

import os

from hypothesis import settings

IS_THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


def budget(*, quick: int, thorough: int, steps: int = 50) -> settings:
    """Return settings that draw the same examples in every run, so that what was green stays green.

    `steps` are those that a state machine takes at most.
    """
    return settings(
        max_examples=thorough if IS_THOROUGH else quick,
        stateful_step_count=steps,
        derandomize=True,
        database=None,
        deadline=None,
    )
