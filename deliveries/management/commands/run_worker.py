"""Deliver what is to leave the building, and do what time brings."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

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
        parser.add_argument("--threads", type=int, default=8, help="deliveries at a time")
        parser.add_argument("--while", type=int, metavar="PID", help="only while this process, which started it, lives")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        threads, parent = options["threads"], options["while"]
        if not 1 <= threads <= 100:
            raise CommandError("--threads must be between 1 and 100.")
        with asked_to_stop() as is_asked:
            Worker(
                threads=threads, is_stopping=lambda: is_asked() or parent not in (None, os.getppid())
            ).run()
