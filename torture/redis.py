"""A Redis server of its own, which may forget everything."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from torture.postgres import Unavailable
from workflows_site.tests.servers import free_port

PATIENCE_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Redis:
    """A running server."""

    port: int

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"redis://127.0.0.1:{self.port}/0"

    def forget_everything(self) -> None:
        """Take out whatever is queued."""
        if self._ask("FLUSHALL") != "+OK":
            raise RuntimeError("Redis did not take FLUSHALL.")

    def is_up(self) -> bool:
        """Return whether it answers."""
        try:
            return self._ask("PING") == "+PONG"
        except OSError:
            return False

    def _ask(self, command: str) -> str:
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE_SECONDS) as connection:
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(100).decode().strip()


@contextmanager
def redis() -> Iterator[Redis]:
    """Run a server until the block ends.

    :raises Unavailable: there is no redis-server
    """
    program = shutil.which("redis-server")
    if program is None:
        raise Unavailable("there is no redis-server on PATH")
    ours = Redis(port=free_port())
    with (
        TemporaryDirectory(prefix="torture-") as folder,
        subprocess.Popen(  # noqa: S603  our own command
            [program, "--port", str(ours.port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
            stdout=subprocess.DEVNULL,
        ) as process,
    ):
        try:
            give_up_at = time.monotonic() + PATIENCE_SECONDS
            while not ours.is_up():
                if time.monotonic() > give_up_at:
                    raise RuntimeError("redis-server does not answer.")
                time.sleep(0.05)
            yield ours
        finally:
            process.kill()
