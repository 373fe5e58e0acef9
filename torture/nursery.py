"""Starts web servers and workers within milliseconds: the service is loaded once, and each of them is a fork of that.

As a program it takes orders from its standard input, a line of JSON each, and answers each with a number.
"""

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, Signals
from typing import IO, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Nursery:
    """A running nursery, and what it started."""

    orders: IO[str]
    answers: IO[str]

    def start(self, what: str, *, point: str = "", falls_by: Signals = SIGKILL, **options: int) -> int:
        """Start a web server (`port`) or a worker (`threads`), to fall at a point if one is named; return its pid."""
        return self._order(do="start", what=what, point=point, falls_by=falls_by, options=options)

    def wait(self, pid: int) -> int:
        """Wait until a process ended or fell asleep, and return its status: minus the signal that did it."""
        return self._order(do="wait", pid=pid)

    def end(self, pid: int, number: Signals = SIGKILL) -> int:
        """Send a signal that ends a process, and wait until it did."""
        os.kill(pid, number)
        return self.wait(pid)

    def _order(self, **order: Any) -> int:
        self.orders.write(json.dumps(order) + "\n")
        self.orders.flush()
        return int(self.answers.readline())


@contextmanager
def nursery(environment: Mapping[str, str], log: Path) -> Iterator[Nursery]:
    """Run a nursery until the block ends; what it started is killed then."""
    with (
        log.open("ab") as written,
        subprocess.Popen(
            [sys.executable, "-m", "torture.nursery"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=written,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            if process.stdin is None or process.stdout is None:
                raise RuntimeError("The nursery has no pipes.")
            yield Nursery(orders=process.stdin, answers=process.stdout)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, SIGKILL)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is given
        """Say nothing."""


def _web(*, port: int) -> None:
    from workflows_site.wsgi import application  # noqa: PLC0415  it needs what main() sets up

    with make_server("127.0.0.1", port, application, handler_class=_Quiet) as server:
        server.serve_forever()


def _worker(*, threads: int) -> None:
    from django.core.management import call_command  # noqa: PLC0415  as above

    call_command("run_worker", threads=threads)


def _start(order: Mapping[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        sys.stdin.close()
        if order["point"]:
            from torture.points import POINTS, arm  # noqa: PLC0415  as above

            arm(POINTS[order["point"]], Signals(order["falls_by"]))
        run = _web if order["what"] == "web" else _worker
        run(**order["options"])
    except BaseException:  # noqa: BLE001  nothing of this fork may go on where the nursery stood
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main() -> None:
    """Load the service, and take orders."""
    django.setup()
    # What is loaded here need not be loaded in each of them.
    from deliveries.management.commands import run_worker  # noqa: F401, PLC0415
    from workflows_site import urls, wsgi  # noqa: F401, PLC0415

    for line in sys.stdin:
        order = json.loads(line)
        match order["do"]:
            case "start":
                print(_start(order), flush=True)
            case "wait":
                _, status = os.waitpid(order["pid"], os.WUNTRACED)
                asleep = os.WIFSTOPPED(status)
                print(-os.WSTOPSIG(status) if asleep else os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
