"""The service as a process of its own: `manage.py` in a subprocess, on a free port and a database of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from django.conf import settings

PATIENCE_SECONDS = 30
KEY = "k" * 50
ENCRYPTION_KEY = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="


def run_python(arguments: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the project's folder with these settings and no others."""
    given = {
        "SECRET_KEY": KEY,
        "ENCRYPTION_KEYS": ENCRYPTION_KEY,
        "ALLOWED_HOSTS": "api.example",
        "PATH": os.environ["PATH"],
        **environment,
    }
    return subprocess.run(  # noqa: S603  our own command
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS * 2,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A checkout with its environment."""

    environment: Mapping[str, str]

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(  # noqa: S603  our own commands
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    @contextmanager
    def running(self, *arguments: str, stdout: int = subprocess.DEVNULL) -> Iterator[subprocess.Popen[bytes]]:
        """Run a command until the block ends, if the test has not stopped it before."""
        with subprocess.Popen(  # noqa: S603  as above
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdout=stdout,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                # Those that it started are processes too, and may outlive one that is killed alone.
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    @contextmanager
    def serving(self, *, stdout: int = subprocess.DEVNULL) -> Iterator["Server"]:
        """Serve until the block ends, if the test has not stopped it before."""
        port = free_port()
        with self.running("serve", "--port", str(port), "--workers", "1", "--threads", "2", stdout=stdout) as process:
            server = Server(process=process, port=port)
            server.wait_until_it_answers()
            yield server


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running service."""

    process: subprocess.Popen[bytes]
    port: int

    def ask(self, path: str, *, method: str = "GET", body: str | None = None, **headers: str) -> tuple[int, str]:
        """Return the status and body of one request."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def wait_until_it_answers(self) -> None:
        """Return when the first request is answered."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self.ask("/healthz")
            except ConnectionError:
                if time.monotonic() > give_up_at or self.process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return


def site(folder: Path, **changes: str) -> Site:
    """Return a site with an empty SQLite database in this folder, in the environment that users have."""
    ours = ("DJANGO_SETTINGS_MODULE", "DEBUG", "HTTPS")
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ours},
        "SECRET_KEY": "0" * 50,
        "ENCRYPTION_KEYS": "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        **changes,
    }
    return Site(environment=environment)


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port
