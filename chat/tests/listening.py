"""A place between a client and the service: passes every request on, and keeps what was sent."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Where clients send to, and what they sent: the path, and the body as JSON."""

    url: str
    sent: list[tuple[str, Any]] = field(default_factory=list)

    def bodies(self, ending: str) -> list[Any]:
        """Return what was sent to a path with this ending."""
        return [body for path, body in self.sent if urlsplit(path).path.endswith(ending)]

    @property
    def conversation(self) -> str:
        """The one conversation that was spoken of."""
        (name,) = {unquote(path.split("/")[3]) for path, _ in self.sent if "/conversations/" in path}
        return name


@contextmanager
def listening(to: str) -> Iterator[Listener]:
    """Listen to all that is said to a server until the block ends."""
    with httpx.Client(base_url=to, timeout=30, trust_env=False) as onward:

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._pass_on()

            def do_POST(self) -> None:
                self._pass_on()

            def log_message(self, *_: Any, **__: Any) -> None:
                pass

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                listener.sent.append((self.path, json.loads(body or "null")))
                kept = {name: value for name, value in self.headers.items() if name in _KEPT}
                answer = onward.request(self.command, self.path, content=body, headers=kept)
                self.send_response(answer.status_code)
                self.send_header("Content-Type", answer.headers["content-type"])
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        listener = Listener(url=f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield listener
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


_KEPT = ("Authorization", "Content-Type", "Idempotency-Key")
