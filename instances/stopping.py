"""Stopping a command that runs for long: what is begun is finished, and then it ends."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Note SIGTERM and SIGINT, rather than being stopped by them in the middle of something.

    No `threading.Event`: its lock may be held by the very code that the signal interrupts.
    """
    asked: list[int] = []
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda came, _frame: asked.append(came)) for number in numbers}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
