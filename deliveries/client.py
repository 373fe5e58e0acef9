"""Sends one HTTP request to where it may go, and reads as much of the answer as is good for us.

There are no redirects, cookies, proxies, retries or decompression here, and nothing of the environment: this speaks
HTTP/1.1 over `egress` with httpcore alone, which has none of them.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import httpcore

from deliveries import egress
from deliveries.addresses import Allowed, Target, UrlRefused, target_of
from engine.headers import refused_header
from engine.requests import Request

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
MOST_BODY_BYTES = 65536
# What an answer may take beside its body: headers, provisional answers, the frames of chunks.
_OVERHEAD_BYTES = 256 * 1024
_OVERHEAD_FACTOR = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a receiver answered."""

    status: int
    headers: Mapping[str, str]
    """By name in lower case; repeated ones joined by commas."""
    body: bytes
    is_cut: bool
    """The body is not whole: it was too long, or compressed and therefore not read."""
    seconds: float


class SendFailed(Exception):
    """A request got no answer; the message names no header's value, body or query, which may hold secrets."""

    def __init__(self, code: str, message: str, *, may_have_arrived: bool) -> None:
        """Keep what decides whether it may be sent again."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.may_have_arrived = may_have_arrived
        """False only if certainly nothing of the request was sent."""


def send(request: Request, *, deadline: float, max_body: int = MOST_BODY_BYTES, allow: Allowed) -> Answer:
    """Send a request, secrets filled in, and return the answer, whatever its status; all within `deadline` seconds.

    :raises SendFailed: it may not be sent, or there was no whole answer
    """
    began_at = time.monotonic()
    target = _target(request, allow)
    headers = _headers(request, target)
    body = _body(request)
    backend = egress.Egress(
        allow=allow,
        deadline=egress.Deadline(deadline),
        most_bytes=max_body * _OVERHEAD_FACTOR + _OVERHEAD_BYTES,
    )
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    connection = httpcore.HTTPConnection(url.origin, ssl_context=egress.context_to_change(), network_backend=backend)
    try:
        with connection, connection.stream(request.method, url, headers=headers, content=body) as response:
            received = _joined(response.headers)
            content, is_cut = _content(response.iter_stream(), received, max_body)
    except egress.Failure as failure:
        raise SendFailed(failure.code, str(failure), may_have_arrived=backend.has_written) from None
    except (httpcore.ProtocolError, httpcore.NetworkError):
        # What these say may quote the answer.
        message = f"{target.host} does not answer with whole and valid HTTP/1.1."
        raise SendFailed("protocol", message, may_have_arrived=backend.has_written) from None
    seconds = time.monotonic() - began_at
    return Answer(status=response.status, headers=received, body=content, is_cut=is_cut, seconds=seconds)


def _target(request: Request, allow: Allowed) -> Target:
    if request.method not in METHODS:
        raise SendFailed("blocked", f"Use one of {', '.join(sorted(METHODS))}.", may_have_arrived=False)
    try:
        return target_of(request.url, allow=allow)
    except UrlRefused as refused:
        raise SendFailed("blocked", str(refused), may_have_arrived=False) from None


def _headers(request: Request, target: Target) -> list[tuple[bytes, bytes]]:
    """Return the headers as bytes: those of the request after ours."""
    ours = {"Host": target.authority, "User-Agent": "workflows", "Accept-Encoding": "identity", "Connection": "close"}
    seen: set[str] = set()
    for name, value in request.headers.items():
        refused = refused_header(name, value)
        if refused is None and name.lower() in seen:
            refused = f"The header {name} is given twice."
        if refused is not None:
            raise SendFailed("header_refused", refused, may_have_arrived=False)
        seen.add(name.lower())
    given = dict(request.headers)
    kept = {name: value for name, value in ours.items() if name.lower() not in seen}
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in (kept | given).items()]


def _body(request: Request) -> bytes | None:
    if request.body is None:
        # Where a body is usual, none is said to be none.
        return b"" if request.method in ("POST", "PUT", "PATCH") else None
    try:
        return request.body.encode()
    except UnicodeEncodeError:
        message = "The body holds half a character (a lone surrogate), which UTF-8 cannot carry."
        raise SendFailed("body_refused", message, may_have_arrived=False) from None


def _joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _content(chunks: Iterable[bytes], headers: Mapping[str, str], most: int) -> tuple[bytes, bool]:
    """Return the body, and whether there is more of it."""
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        # We asked for none: 48 kB of gzip may be 50 MB.
        return b"", True
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > most:
            return bytes(content[:most]), True
    return bytes(content), False
