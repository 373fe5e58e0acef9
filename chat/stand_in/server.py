"""The stand-in as a server, on this machine only."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from chat.stand_in.rules import reply
from chat.stand_in.wire import NAME, of_anthropic, of_openai, to_anthropic, to_openai

_FORMATS = {"/v1/chat/completions": (of_openai, to_openai), "/v1/messages": (of_anthropic, to_anthropic)}
_MOST_BYTES = 10 * 2**20


@contextmanager
def serving(port: int = 0) -> Iterator[str]:
    """Serve on a port, or a free one, until the block ends; give the base URL for clients of OpenAI's format."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "scripted-stand-in"
    sys_version = ""

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), _MOST_BYTES))
        known = _FORMATS.get(self.path.partition("?")[0])
        if not known:
            self._answer(HTTPStatus.NOT_FOUND, _error(f"This is the {NAME}. It answers at {', '.join(_FORMATS)}."))
            return
        understand, put = known
        try:
            asked = json.loads(body)
            if asked.get("stream"):
                raise ValueError("The stand-in does not stream.")
            self._answer(HTTPStatus.OK, put(reply(understand(asked))))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            self._answer(HTTPStatus.BAD_REQUEST, _error(f"{type(error).__name__}: {error}"))

    def log_message(self, *_: Any, **__: Any) -> None:
        """Log nothing: what people say is theirs."""

    def _answer(self, status: HTTPStatus, body: dict[str, Any]) -> None:
        sent = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)


def _error(message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": "invalid_request_error", "message": message}}
