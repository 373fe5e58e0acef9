"""Do what time brings: let idle workflows expire, and forget old idempotency keys."""

import logging
import os
from argparse import ArgumentParser
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error, close_old_connections
from django.utils import timezone

from instances.stopping import asked_to_stop
from instances.sweep import Swept, expire_idle, purge_idempotency_keys

# How soon a sweep that rests notices that it is to stop.
GLANCE_SECONDS = 0.2

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Sweep once and say what was done, or every so often until SIGTERM or SIGINT. Any number may run at once."""

    help = (
        "Let idle workflows expire and forget old idempotency keys: once, for cron, or with --every until SIGTERM or "
        "SIGINT. What is begun is finished. Once, the exit status is 1 if a workflow could not expire."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, with this pause between two sweeps")
        parser.add_argument(
            "--while", type=int, metavar="PID", help="with --every: only while this process, which started it, lives"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep."""
        every, parent = options["every"], options["while"]
        if every is not None and not 1 <= every <= 86_400:
            raise CommandError("--every must be between 1 and 86400.")
        if parent is not None and every is None:
            raise CommandError("--while goes with --every.")
        with asked_to_stop() as is_asked:
            if every is None:
                self._sweep_once(is_asked)
            else:
                _keep_sweeping(every, lambda: is_asked() or parent not in (None, os.getppid()))

    def _sweep_once(self, is_stopping: Callable[[], bool]) -> None:
        try:
            swept, purged = _sweep(is_stopping)
        except Error as error:
            raise CommandError(f"The database refused ({type(error).__name__}). Is it there, and migrated?") from None
        self.stdout.write(_words(swept, purged))
        if swept.failed:
            raise CommandError(f"Workflows that could not expire: {swept.failed}. The log names them.")


def _keep_sweeping(every: int, is_stopping: Callable[[], bool]) -> None:
    """Sweep, rest, and sweep again; a database that is away now may be back the next time."""
    while not is_stopping():
        close_old_connections()
        try:
            swept, purged = _sweep(is_stopping)
        except Error as error:
            logger.error("The sweep could not go on: %s", type(error).__name__)  # noqa: TRY400  no values in the log
        else:
            if swept.expired or purged:
                logger.info(_words(swept, purged))
        rested_at = monotonic() + every
        while not is_stopping() and (left := rested_at - monotonic()) > 0:
            sleep(min(left, GLANCE_SECONDS))


def _sweep(is_stopping: Callable[[], bool]) -> tuple[Swept, int]:
    at = timezone.now()
    return expire_idle(at, is_stopping=is_stopping), purge_idempotency_keys(at, is_stopping=is_stopping)


def _words(swept: Swept, purged: int) -> str:
    return f"Workflows expired: {swept.expired}. Idempotency keys forgotten: {purged}."
