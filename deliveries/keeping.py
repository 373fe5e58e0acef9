"""Keeps one worker running: one that dies is started again, and one that dies at once not too often."""

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

GLANCE_SECONDS = 0.1
SHORTEST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
LONG_LIFE_SECONDS = 60.0

logger = logging.getLogger(__name__)


def keep_running(command: Sequence[str], *, is_stopping: Callable[[], bool]) -> None:
    """Run a command, and again when it ends, until asked to stop; then ask it to stop and wait until it did.

    A process of its own rather than threads: a crash of the interpreter, or the kernel short of memory, takes the
    worker and leaves its keeper.
    """
    pause = SHORTEST_PAUSE_SECONDS
    while not is_stopping():
        began_at = time.monotonic()
        with subprocess.Popen([sys.executable, *command]) as process:  # noqa: S603  our own command
            while process.poll() is None and not is_stopping():
                time.sleep(GLANCE_SECONDS)
            process.terminate()
            process.wait()
        if is_stopping():
            return
        lived_long = time.monotonic() - began_at > LONG_LIFE_SECONDS
        pause = SHORTEST_PAUSE_SECONDS if lived_long else min(pause * 2, LONGEST_PAUSE_SECONDS)
        logger.error("The worker ended with status %s; it is started again.", process.returncode)
        _rest(pause, is_stopping)


def _rest(seconds: float, is_stopping: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not is_stopping() and time.monotonic() < until:
        time.sleep(GLANCE_SECONDS)
