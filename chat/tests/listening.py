"""A place between a client and the service: passes every request on, and keeps what was sent."""

import json
from collections.abc import Iterator, Mapping
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
                answer = onward.request(
                    self.command, self.path, content=body, headers=_kept(dict(self.headers.items()))
                )
                self.send_response(answer.status_code)
                for name, value in {**_kept(answer.headers), "Content-Length": str(len(answer.content))}.items():
                    self.send_header(name, value)
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


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """Return what is passed on: all but what is about one connection, and how its bodies are sent."""
    return {name: value for name, value in headers.items() if name.lower() not in _OF_ONE_CONNECTION}


_OF_ONE_CONNECTION = {
    "host", "connection", "keep-alive", "accept-encoding", "content-encoding", "content-length", "transfer-encoding"
}  # fmt: skip
