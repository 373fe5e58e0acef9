"""Deliver what is to leave the building, and do what time brings."""

import os
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from deliveries.keeping import keep_running
from deliveries.worker import Worker
from instances.stopping import asked_to_stop


class Command(BaseCommand):
    """Work until SIGTERM or SIGINT, and finish what is begun. Any number may run at once, on any number of machines."""

    help = (
        "Send end actions and webhooks, let idle workflows expire and forget what is old, until SIGTERM or SIGINT. "
        "Any number of workers may run at once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--threads", type=int, default=8, help="deliveries at a time; with Celery, in all")
        parser.add_argument("--while", type=int, metavar="PID", help="only while this process, which started it, lives")
        parser.add_argument("--keep", action="store_true", help="run a worker in a process of its own, and keep it up")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        threads, parent = options["threads"], options["while"]
        if not 1 <= threads <= 100:
            raise CommandError("--threads must be between 1 and 100.")
        with asked_to_stop() as is_asked:
            self._work(threads, keep=options["keep"], is_stopping=lambda: is_asked() or _is_orphaned(parent))

    @staticmethod
    def _work(threads: int, *, keep: bool, is_stopping: Callable[[], bool]) -> None:
        if keep:
            command = [str(settings.BASE_DIR / "manage.py"), "run_worker", "--threads", str(threads)]
            keep_running([*command, "--while", str(os.getpid())], is_stopping=is_stopping)
        else:
            Worker(threads=threads, is_stopping=is_stopping).run()


def _is_orphaned(parent: int | None) -> bool:
    return parent is not None and parent != os.getppid()
