"""What was sent is repeated nowhere: it may hold secrets, and some receivers send back what they were sent."""

import logging
import traceback

import pytest

from deliveries.addresses import NOTHING_ALLOWED, Allowed
from deliveries.client import SendFailed, send
from deliveries.tests.receivers import Reply, receiver
from engine.requests import Request

SECRET = "s3cr3t-of-the-bank"


def secretive(url: str) -> Request:
    """Return a request that is full of secrets."""
    headers = {"Authorization": f"Bearer {SECRET}"}
    return Request(method="POST", url=f"{url}/?key={SECRET}", headers=headers, body=f'"{SECRET}"')


@pytest.mark.parametrize(
    "raw",
    [
        f"{SECRET}\r\n\r\n".encode(),
        f"HTTP/1.1 200 OK\r\n{SECRET}\r\n\r\n".encode(),
        f"HTTP/1.1 200 OK\r\nContent-Length: {SECRET}\r\n\r\n".encode(),
        f"HTTP/1.1 200 OK\r\nTransfer-Encoding: {SECRET}\r\n\r\n".encode(),
        f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{SECRET}\r\n".encode(),
        f"HTTP/1.1 200 OK\r\nX-Echo: {SECRET}\r\nContent-Length: 9\r\n\r\n{SECRET[:3]}".encode(),
    ],
)
def test_no_failure_says_what_was_sent_or_echoed(raw: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with receiver(lambda _received, _number: Reply(raw=raw)) as server, pytest.raises(SendFailed) as caught:
        send(secretive(server.url), deadline=5, allow=Allowed.parse(server.authority))

    assert SECRET in server.requests[0].target
    assert SECRET not in "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caplog.text


def test_no_log_says_what_was_sent_or_echoed(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echoed = Reply(headers={"X-Echo": SECRET}, body=SECRET.encode())
    with receiver(lambda _received, _number: echoed) as server:
        answer = send(secretive(server.url), deadline=5, allow=Allowed.parse(server.authority))

    assert answer.headers["x-echo"] == SECRET
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "request_of_secrets",
    [
        secretive("http://127.0.0.1"),
        secretive("https://10.0.0.1"),
        secretive("https://[::1"),
        Request(method="GET", url="https://example.com/", headers={"X-Key": f"{SECRET}\n"}),
        Request(method="GET", url="https://example.com/", headers={"Host": SECRET}),
    ],
)
def test_no_refusal_says_what_would_have_been_sent(request_of_secrets: Request) -> None:
    with pytest.raises(SendFailed) as caught:
        send(request_of_secrets, deadline=5, allow=NOTHING_ALLOWED)

    assert SECRET not in "".join(traceback.format_exception(caught.value)) + repr(caught.value)
