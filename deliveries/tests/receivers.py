"""A receiver of requests for tests: it answers as it is told, well or badly, and remembers what came.

def busy_at_first(received: Received, number: int) -> Reply:
    return Reply(status=503) if number == 1 else Reply(status=204)

with receiver(busy_at_first) as server:
    ...
assert [received.method for received in server.requests] == ["POST"]
"""

import gzip
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request, as it came."""

    method: str
    target: str
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes
    head: bytes
    """The lines before the body, byte for byte."""
    at: float
    """When it was complete, by time.monotonic()."""

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to do with a request: answer it, slowly, endlessly or not at all."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0
    """Seconds before the first byte."""
    header_pause: float = 0
    """Seconds between the bytes of the headers."""
    body_pause: float = 0
    """Seconds between the bytes of the body."""
    is_endless: bool = False
    """The body, or `raw`, is repeated for as long as it is read."""
    is_lost: bool = False
    """The connection is closed without an answer, once the request was taken."""
    is_reset: bool = False
    """The connection is reset without an answer."""
    raw: bytes | None = None
    """Instead of an answer, exactly these bytes."""

    def head(self) -> bytes:
        """Return the lines before the body."""
        headers = dict(self.headers)
        if not self.is_endless and self.status >= 200:
            headers.setdefault("Content-Length", str(len(self.body)))
        lines = [f"HTTP/1.1 {self.status} {'OK' if self.status < 400 else 'No'}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")


type Behaviour = Callable[[Received, int], Reply]
"""What is done with a request; the number counts them, from 1."""


def json_reply(value: Any, *, status: int = 200) -> Reply:
    """Return an answer in JSON."""
    return Reply(status=status, headers={"Content-Type": "application/json"}, body=json.dumps(value).encode())


def gzip_bomb(size: int = 50_000_000) -> Reply:
    """Return an answer of some 50 kB that unpacks to 50 MB."""
    return Reply(headers={"Content-Encoding": "gzip"}, body=gzip.compress(b"\x00" * size))


class Receiver:
    """A listening receiver; what it took is in `requests`, in the order in which it was complete."""

    def __init__(self, behaviour: Behaviour, *, tls: ssl.SSLContext | None) -> None:
        """Listen at a free port."""
        self.requests: list[Received] = []
        self.connections = 0
        """How often anybody connected, even without a request."""
        self.faults: list[Exception] = []
        """What went wrong in the test's own behaviour."""
        self._behaviour = behaviour
        self._tls = tls
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def authority(self) -> str:
        """Host and port, as the allow-list names them."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        return f"{'https' if self._tls else 'http'}://{self.authority}"

    def close(self) -> None:
        """Stop listening, and break what is open."""
        self._is_over.set()
        with suppress(OSError):
            # Closing alone does not wake the thread that accepts.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(PATIENCE_SECONDS)
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._is_over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)
        try:
            connection.settimeout(PATIENCE_SECONDS)
            stream = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
            with stream:
                self._answer(stream)
        except OSError:
            return  # the other side went away, which is what many tests are about
        except Exception as fault:  # noqa: BLE001  raised in the test when the receiver closes
            self.faults.append(fault)
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _answer(self, stream: socket.socket) -> None:
        received = _read(stream)
        if received is None:
            return
        with self._lock:
            self.requests.append(received)
            number = len(self.requests)
        reply = self._behaviour(received, number)
        self._is_over.wait(reply.delay)
        if reply.is_reset:
            # Closing with a linger of nothing sends RST.
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if reply.is_reset or reply.is_lost:
            return
        if reply.raw is None:
            self._send(stream, reply.head(), reply.header_pause)
        body = reply.body if reply.raw is None else reply.raw
        self._send(stream, body, reply.body_pause)
        while reply.is_endless and not self._is_over.is_set():
            self._send(stream, body, reply.body_pause)

    def _send(self, stream: socket.socket, data: bytes, pause: float) -> None:
        if not pause:
            stream.sendall(data)
            return
        for byte in data:
            if self._is_over.is_set():
                return
            stream.sendall(bytes([byte]))
            self._is_over.wait(pause)


@contextmanager
def receiver(
    behaviour: Behaviour = lambda _received, _number: Reply(),
    *,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Receiver]:
    """Receive until the block ends; every request is answered 200 unless the behaviour says otherwise."""
    server = Receiver(behaviour, tls=tls)
    try:
        yield server
    finally:
        server.close()
    for fault in server.faults:
        raise fault


def _read(stream: socket.socket) -> Received | None:
    """Read one request; None if the other side leaves before it is complete."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = stream.recv(65536)
        if not chunk:
            return None
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    while len(body) < int(headers.get("content-length", "0")):
        chunk = stream.recv(65536)
        if not chunk:
            return None
        body += chunk
    return Received(method=method, target=target, headers=headers, body=body, head=head, at=time.monotonic())
