"""Encrypted connections: with the host that is named and nobody else, until the deadline."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from deliveries import egress
from deliveries.client import Answer
from deliveries.tests.asking import HOST, failing, get, refusal, timed
from deliveries.tests.certificates import Authority
from deliveries.tests.conftest import Resolver
from deliveries.tests.receivers import Receiver, Reply, receiver


def over_tls(server: Receiver, host: str = HOST, *, deadline: float = 5) -> Answer:
    """Send a request to a receiver under a name that the resolver knows."""
    return get(f"https://{host}:{server.port}/", allow=f"{host}:{server.port}", deadline=deadline)


def test_a_certificate_of_a_trusted_authority_for_the_host_is_accepted(
    resolver: Resolver, authority: Authority, trust: Callable[[Authority], None]
) -> None:
    trust(authority)
    resolver.knows(HOST, ["127.0.0.1"])
    asked_for: list[str | None] = []
    context = authority.server(HOST)
    context.sni_callback = lambda _stream, name, _context: asked_for.append(name)

    with receiver(tls=context) as server:
        answer = over_tls(server)

    assert answer.status == 200
    assert asked_for == [HOST]
    assert server.requests[0].headers["host"] == f"{HOST}:{server.port}"


@pytest.mark.parametrize(
    ("host", "days", "reason"),
    [
        ("other.example", 10, "Hostname mismatch"),
        ("127.0.0.1", 10, "Hostname mismatch"),
        (HOST, -1, "certificate has expired"),
    ],
)
def test_any_other_certificate_is_refused_before_anything_is_sent(
    resolver: Resolver, authority: Authority, trust: Callable[[Authority], None], *, host: str, days: int, reason: str
) -> None:
    trust(authority)
    resolver.knows(HOST, ["127.0.0.1"])

    with receiver(tls=authority.server(host, days=days)) as server:
        failure = failing(lambda: over_tls(server))

    assert (failure.code, failure.may_have_arrived, server.requests) == ("tls", False, [])
    assert f"The certificate of {HOST} is refused: {reason}" in failure.message


def test_an_authority_that_nobody_trusts_vouches_for_nothing(
    resolver: Resolver, authority: Authority, trust: Callable[[Authority], None]
) -> None:
    trust(Authority())
    resolver.knows(HOST, ["127.0.0.1"])

    with receiver(tls=authority.server(HOST)) as server:
        failure = failing(lambda: over_tls(server))

    assert (failure.code, failure.may_have_arrived, server.requests) == ("tls", False, [])


def test_old_versions_of_tls_are_not_spoken() -> None:
    context = egress.tls_context()

    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_what_all_threads_encrypt_with_is_not_changed_by_any(
    resolver: Resolver, authority: Authority, trust: Callable[[Authority], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(authority)
    resolver.knows(HOST, ["127.0.0.1"])
    shared = egress.tls_context()
    changed: list[ssl.SSLContext] = []
    monkeypatch.setattr(ssl.SSLContext, "set_alpn_protocols", lambda self, _protocols: changed.append(self))

    with receiver(tls=authority.server(HOST)) as server:
        over_tls(server)

    assert changed
    assert shared not in changed


def test_something_that_does_not_speak_tls_is_no_answer(resolver: Resolver) -> None:
    resolver.knows(HOST, ["127.0.0.1"])

    with listening(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")) as port:
        failure = refusal(f"https://{HOST}:{port}/", allow=f"{HOST}:{port}")

    assert (failure.code, failure.may_have_arrived) == ("tls", False)
    assert failure.message.startswith(f"No encrypted connection to {HOST}: ")


def silent(connection: socket.socket) -> None:
    """Take what comes, and say nothing."""
    while connection.recv(65536):
        pass


def dripping(connection: socket.socket) -> None:
    """Begin a long record of a handshake, and never end it."""
    connection.sendall(b"\x16\x03\x03\x3f\xff\x02\x00\x3f\x00")
    for _ in range(100):
        connection.sendall(b"\x00")
        time.sleep(0.05)


@pytest.mark.parametrize("behaviour", [silent, dripping])
def test_a_handshake_that_does_not_end_is_ended_at_the_deadline(
    resolver: Resolver, behaviour: Callable[[socket.socket], None]
) -> None:
    # Of two addresses, the first has half of the time to be reached, and then all of it.
    resolver.knows(HOST, ["127.0.0.1", "127.0.0.2"])

    with listening(behaviour) as port:
        url = f"https://{HOST}:{port}/"
        failure, seconds = timed(lambda: refusal(url, allow=f"{HOST}:{port}", deadline=0.4))

    assert (failure.code, failure.may_have_arrived) == ("deadline", False)
    assert 0.4 <= seconds < 1.4


def test_an_encrypted_answer_that_drips_ends_at_the_deadline(
    resolver: Resolver, authority: Authority, trust: Callable[[Authority], None]
) -> None:
    trust(authority)
    resolver.knows(HOST, ["127.0.0.1"])
    slowly = Reply(body=b"x" * 1000, body_pause=0.05)

    with receiver(lambda _received, _number: slowly, tls=authority.server(HOST)) as server:
        failure, seconds = timed(lambda: failing(lambda: over_tls(server, deadline=0.4)))

    assert (failure.code, failure.may_have_arrived) == ("deadline", True)
    assert 0.4 <= seconds < 1.4


@contextmanager
def listening(behaviour: Callable[[socket.socket], None]) -> Iterator[int]:
    """Listen at a port, and treat one connection as told."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                behaviour(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)
