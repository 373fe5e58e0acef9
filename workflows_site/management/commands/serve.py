"""Run the service on one machine."""

import os
import socket
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from granian import Granian
from granian.constants import Interfaces

# How long requests under way may take after SIGTERM; supervisors usually kill after 10 seconds or more.
GRACE_SECONDS = 9
# How long the worker may take after that to finish what it holds.
WORKER_GRACE_SECONDS = 5


class Command(BaseCommand):
    """Serve and deliver in the foreground until SIGTERM or SIGINT; requests under way are finished."""

    help = "Serve the API, the admin and the pages with granian, in the foreground, with a worker that delivers."
    requires_system_checks = "__all__"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 to be reached from elsewhere")
        parser.add_argument("--workers", type=int, default=min(4, os.cpu_count() or 1), help="processes")
        parser.add_argument("--threads", type=int, default=8, help="requests at a time in each process")
        parser.add_argument("--senders", type=int, default=8, help="deliveries at a time; 0 to run no worker here")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve."""
        if not 1 <= options["port"] <= 65535:
            raise CommandError("--port must be between 1 and 65535.")
        if options["workers"] < 1 or options["threads"] < 1:
            raise CommandError("--workers and --threads must be at least 1.")
        if not 0 <= options["senders"] <= 100:
            raise CommandError("--senders must be between 0 and 100.")
        _check_address(options["host"], options["port"])
        server = Granian(
            "workflows_site.wsgi:application",
            address=options["host"],
            port=options["port"],
            interface=Interfaces.WSGI,
            websockets=False,  # which WSGI has not, and of which it would tell everybody who starts
            workers=options["workers"],
            blocking_threads=options["threads"],
            workers_kill_timeout=GRACE_SECONDS,
        )
        with _working(options["senders"]) if options["senders"] else nullcontext():
            server.serve()


@contextmanager
def _working(threads: int) -> Iterator[None]:
    """Deliver, and do what time brings, for as long as the server runs.

    A process, not a thread: granian forks its workers, and a fork may copy a lock that a thread is holding.
    """
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_worker", "--keep"]
    options = ["--threads", str(threads), "--while", str(os.getpid())]
    with subprocess.Popen([*command, *options]) as worker:  # noqa: S603  our own command
        try:
            yield
        finally:
            _stop(worker)


def _stop(worker: subprocess.Popen[bytes]) -> None:
    """Let the worker finish what it holds; what takes longer is sent again, under the same key."""
    worker.terminate()
    try:
        worker.wait(WORKER_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()


def _check_address(host: str, port: int) -> None:
    """Refuse an address that cannot be listened at; granian would answer with a trace."""
    try:
        family = socket.AF_INET6 if ip_address(host).version == 6 else socket.AF_INET
    except ValueError:
        raise CommandError("--host must be an IP address, like 127.0.0.1 or 0.0.0.0.") from None
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise CommandError(f"Nothing can listen at {host}:{port}: {error.strerror}. Try another --port.") from None
