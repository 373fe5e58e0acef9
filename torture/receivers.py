"""A receiver that is busy now and then, and now and then takes a request and loses its answer. It forgets none."""

import json
import random
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from torture.history import Hit


class Behaviour(Enum):
    """What is done with a request."""

    TAKE = "take"
    BUSY = "busy"
    LOSE_ANSWER = "lose answer"


type Choose = Callable[[], Behaviour]


def unreliable(seed: int, *, busy: float = 0.10, lost: float = 0.05) -> Choose:
    """Return a choice that is busy for some requests, and loses the answers of others."""
    chance = random.Random(seed)  # noqa: S311  repeatable on purpose

    def choose() -> Behaviour:
        drawn = chance.random()
        if drawn < busy:
            return Behaviour.BUSY
        return Behaviour.LOSE_ANSWER if drawn < busy + lost else Behaviour.TAKE

    return choose


def always(behaviour: Behaviour) -> Choose:
    """Return a choice that never changes."""
    return lambda: behaviour


class Receiver(ThreadingHTTPServer):
    """Listens at a free port of this machine."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, choose: Choose) -> None:
        """Listen."""
        super().__init__(("127.0.0.1", 0), _Request)
        self.choose = choose
        self.lock = threading.Lock()
        self.faults: list[Exception] = []
        self._hits: list[Hit] = []
        self._taken: set[str] = set()

    @property
    def authority(self) -> str:
        """Host and port, as EGRESS_ALLOW names them."""
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def hits(self) -> tuple[Hit, ...]:
        """What came so far."""
        with self.lock:
            return tuple(self._hits)

    @property
    def taken(self) -> int:
        """How many workflows something was taken of."""
        with self.lock:
            return len(self._taken)

    def note(self, key: str, body: dict[str, Any]) -> Behaviour:
        """Remember a request, and say what to do with it."""
        with self.lock:
            behaviour = self.choose()
            workflow = str(body["workflow_id"])
            self._hits.append(Hit(workflow=workflow, key=key, was_taken=behaviour is not Behaviour.BUSY))
            if behaviour is not Behaviour.BUSY:
                self._taken.add(workflow)
            return behaviour

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep what went wrong here; that the other side is killed in the middle of a request is no fault."""
        fault = sys.exception()
        if isinstance(fault, Exception) and not isinstance(fault, OSError):
            self.faults.append(fault)


class _Request(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        if len(raw) < int(self.headers["Content-Length"]):
            self.close_connection = True  # the other side was killed while it sent
            return
        body = json.loads(raw)
        match self.server.note(self.headers["Idempotency-Key"], body):
            case Behaviour.TAKE:
                self._answer(200, b'{"taken": true}')
            case Behaviour.BUSY:
                self._answer(503, b"")
            case Behaviour.LOSE_ANSWER:
                self.close_connection = True

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is given
        """Say nothing."""


@contextmanager
def receiving(choose: Choose) -> Iterator[Receiver]:
    """Receive until the block ends.

    :raises Exception: what went wrong in the receiver itself
    """
    with Receiver(choose) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
    for fault in server.faults:
        raise fault
