"""What is dialled: judged addresses only, whatever the resolver says, and never for longer than the deadline."""

import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpcore
import httpx
import pytest

from deliveries import egress
from deliveries.addresses import NOTHING_ALLOWED, Allowed
from deliveries.client import Answer, SendFailed, send
from deliveries.tests.certificates import Authority
from deliveries.tests.conftest import Dialled, Resolver
from deliveries.tests.hostile_urls import NAMES, REFUSED_WHEN_SAVED
from deliveries.tests.receivers import Receiver, Reply, receiver
from engine.requests import Request

HOST = "bank.example"


def get(url: str, *, allow: str = "", deadline: float = 5) -> Answer:
    """Send a request without a body."""
    return send(Request(method="GET", url=url), deadline=deadline, allow=Allowed.parse(allow))


def refusal(url: str, *, allow: str = "", deadline: float = 5) -> SendFailed:
    """Return why a request is not sent."""
    with pytest.raises(SendFailed) as caught:
        get(url, allow=allow, deadline=deadline)
    return caught.value


@pytest.fixture
def canary() -> Iterator[Receiver]:
    """Listen where nobody may come."""
    with receiver() as server:
        yield server


def test_no_hostile_url_reaches_anything(resolver: Resolver, dialled: Dialled, canary: Receiver) -> None:
    for url, _ in REFUSED_WHEN_SAVED:
        failure = refusal(url.replace("PORT", str(canary.port)))

        assert (failure.code, failure.may_have_arrived) == ("blocked", False), url

    assert (dialled, resolver.asked, canary.connections) == ([], [], 0)


def test_an_ordinary_client_is_led_astray_by_the_same_urls(
    dialled: Dialled, canary: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without this, the test above could pass because its URLs lead nowhere."""
    resolve = socket.getaddrinfo

    def without_a_network(host: str, port: int, *_: object, **__: object) -> list[object]:
        return [*resolve(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)]

    monkeypatch.setattr(socket, "getaddrinfo", without_a_network)
    urls = [url.replace("https:", "http:").replace("PORT", str(canary.port)) for url, _ in REFUSED_WHEN_SAVED]
    with httpx.Client(trust_env=False) as ordinary:
        for url in urls:
            with suppress(httpx.HTTPError, httpx.InvalidURL, UnicodeError):
                ordinary.get(url)

    assert canary.connections >= 12
    assert ("127.0.0.1", canary.port) in dialled


@pytest.mark.parametrize("name", NAMES)
def test_no_name_that_leads_astray_is_followed(resolver: Resolver, dialled: Dialled, name: str) -> None:
    resolver.knows(name, NAMES[name])

    failure = refusal(f"https://{name}/")

    assert (failure.code, failure.may_have_arrived, dialled) == ("blocked", False, [])
    assert f"{name} leads to an address that may not be dialled" in failure.message
    assert "EGRESS_ALLOW" in failure.message
    assert not any(address in failure.message for address in NAMES[name])


def test_a_public_name_is_dialled_where_it_was_judged(resolver: Resolver, dialled: Dialled) -> None:
    resolver.knows("good.example", ["93.184.216.34"])

    assert refusal("https://good.example/").code == "unreachable"
    assert dialled == [("93.184.216.34", 443)]


def test_a_name_that_resolves_otherwise_the_next_time_wins_nothing(resolver: Resolver, dialled: Dialled) -> None:
    resolver.knows("flip.example", *[["93.184.216.34"], ["127.0.0.1"]] * 3)

    codes = [refusal("https://flip.example/").code for _ in range(6)]

    assert codes == ["unreachable", "blocked"] * 3
    assert dialled == [("93.184.216.34", 443)] * 3
    assert resolver.asked == ["flip.example"] * 6


def test_one_answer_that_may_not_be_dialled_spoils_all_even_the_last_of_many(
    resolver: Resolver, dialled: Dialled
) -> None:
    resolver.knows("many.example", [*(f"93.184.216.{number}" for number in range(200)), "10.0.0.1"])

    assert refusal("https://many.example/").code == "blocked"
    assert dialled == []


def test_of_many_answers_a_few_are_tried(resolver: Resolver, dialled: Dialled) -> None:
    resolver.knows("many.example", [f"93.184.216.{number % 100}" for number in range(200)])

    failure = refusal("https://many.example/")

    assert failure.message == "many.example cannot be reached at port 443: Connection refused."
    assert dialled == [(f"93.184.216.{number}", 443) for number in range(egress.MOST_ADDRESSES)]


def test_an_address_that_never_answers_leaves_time_for_the_next(resolver: Resolver, dialled: Dialled) -> None:
    with receiver() as server:
        resolver.knows(HOST, ["10.255.255.1", "127.0.0.1"])

        answer = get(f"http://{HOST}:{server.port}/", allow=f"{HOST}:{server.port}", deadline=1.6)

    assert answer.status == 200
    assert [address for address, _ in dialled] == ["10.255.255.1", "127.0.0.1"]
    assert answer.seconds < 1.6


def test_a_host_that_never_answers_ends_at_the_deadline(resolver: Resolver, dialled: Dialled) -> None:
    resolver.knows(HOST, ["10.255.255.1"])

    failure, seconds = timed(lambda: refusal(f"https://{HOST}/", allow=HOST, deadline=0.3))

    assert (failure.code, failure.may_have_arrived) == ("deadline", False)
    assert 0.3 <= seconds < 1.3
    assert len(dialled) == 1


def test_a_connection_that_ends_up_elsewhere_carries_nothing(
    resolver: Resolver, canary: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = socket.socket.connect
    monkeypatch.setattr(socket.socket, "connect", lambda self, _: connect(self, ("127.0.0.1", canary.port)))
    resolver.knows("good.example", ["93.184.216.34"])

    failure = refusal("https://good.example/")

    assert (failure.code, failure.may_have_arrived, canary.requests) == ("blocked", False, [])


def test_an_unknown_name_is_said_to_be_unknown(resolver: Resolver) -> None:
    failure = refusal("https://nowhere.example/")

    assert (failure.code, failure.may_have_arrived) == ("unresolvable", False)
    assert failure.message == "There is no address for the host nowhere.example."
    assert resolver.asked == ["nowhere.example"]


def test_a_resolver_that_hangs_does_not_outlast_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        released.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    failure, seconds = timed(lambda: refusal("https://slow.example/", deadline=0.3))
    released.set()

    assert (failure.code, failure.may_have_arrived) == ("deadline", False)
    assert 0.3 <= seconds < 1.3


def test_an_address_needs_no_resolver(resolver: Resolver) -> None:
    with receiver() as server:
        assert get(server.url, allow=server.authority).status == 200

    assert resolver.asked == []


def test_an_address_of_version_6_is_dialled_like_any_other(resolver: Resolver, dialled: Dialled) -> None:
    resolver.knows("six.example", ["2606:2800:220:1::1"])

    assert refusal("https://six.example/").code == "unreachable"
    assert refusal("http://[0::1]:99/", allow="[::1]:99").code == "unreachable"
    assert dialled == [("2606:2800:220:1::1", 443), ("::1", 99)]


def test_the_list_opens_one_port_of_one_host(dialled: Dialled) -> None:
    with receiver() as server, receiver() as other:
        assert get(server.url, allow=server.authority).status == 200
        assert refusal(other.url, allow=server.authority).code == "blocked"

    assert (dialled, other.connections) == ([("127.0.0.1", server.port)], 0)


def test_sockets_of_this_machine_are_not_dialled() -> None:
    door = egress.Egress(allow=NOTHING_ALLOWED, deadline=egress.Deadline(1), most_bytes=1)

    with pytest.raises(egress.Failure, match="not dialled"):
        door.connect_unix_socket("/var/run/docker.sock")


def test_a_redirect_is_an_answer_and_not_followed(dialled: Dialled) -> None:
    there = {"Location": "http://169.254.169.254/latest/meta-data/"}
    with receiver(lambda _received, _number: Reply(status=302, headers=there)) as server:
        answer = get(server.url, allow=server.authority)

    assert (answer.status, answer.headers["location"]) == (302, there["Location"])
    assert dialled == [("127.0.0.1", server.port)]


def test_proxies_of_the_environment_are_not_asked(canary: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, canary.url)
        monkeypatch.setenv(name.lower(), canary.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    with receiver() as server:
        assert get(server.url, allow=server.authority).status == 200
        assert canary.connections == 0

        with httpx.Client() as ordinary:
            ordinary.get(server.url)
        assert canary.connections == 1


def test_a_password_file_of_the_user_is_not_read(tmp_path: os.PathLike[str], monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = os.path.join(tmp_path, "netrc")
    with open(netrc, "w") as file:
        file.write("default login me password word\n")
    monkeypatch.setenv("NETRC", netrc)

    with receiver() as server:
        get(server.url, allow=server.authority)

    assert "authorization" not in server.requests[0].headers


# Encryption.


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


def test_a_broken_connection_is_left_to_the_answer_that_may_stand_in_it() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    door = egress.Egress(allow=NOTHING_ALLOWED, deadline=egress.Deadline(1), most_bytes=1)
    stream = egress.Stream(ours, egress=door)

    with pytest.raises(httpcore.WriteError):
        stream.write(b"x")
    stream.close()

    assert door.has_written


def failing(act: Callable[[], object]) -> SendFailed:
    """Return how sending fails."""
    with pytest.raises(SendFailed) as caught:
        act()
    return caught.value


def timed[T](act: Callable[[], T]) -> tuple[T, float]:
    """Return what comes out, and after how many seconds."""
    began_at = time.monotonic()
    return act(), time.monotonic() - began_at


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
