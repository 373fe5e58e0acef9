"""The processes of the service, each a group of its own: started, killed with all that it started, started again."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings

KILL_SECONDS = 30


class Fleet:
    """Processes by name. What they write goes into one file, for whoever wonders."""

    def __init__(self, commands: Mapping[str, Sequence[str]], *, environment: Mapping[str, str], log: Path) -> None:
        """Know the commands: what follows `python` on a command line."""
        self.commands = commands
        self.environment = environment
        self.log = log.open("ab")
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in list(self.processes):
            self.kill(name)
        self.log.close()

    def start(self, *names: str) -> None:
        """Start these processes."""
        for name in names:
            self.processes[name] = subprocess.Popen(  # noqa: S603  our own commands
                [sys.executable, *self.commands[name]],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdout=self.log,
                stderr=self.log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """Kill a process and all that it started, as a machine does that loses its power."""
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(KILL_SECONDS)

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process and all that it started."""
        os.killpg(self.processes[name].pid, number)

    def terminate(self, name: str, *, within: float) -> int:
        """Ask a process to stop, and return its status; what it started it stops itself.

        :raises subprocess.TimeoutExpired: it does not stop
        """
        process = self.processes.pop(name)
        process.terminate()
        try:
            return process.wait(within)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
