"""What is dialled: judged addresses only, whatever the resolver says, and never for longer than the deadline."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpcore
import httpx
import pytest

from deliveries import egress
from deliveries.addresses import NOTHING_ALLOWED
from deliveries.tests.asking import HOST, get, refusal, timed
from deliveries.tests.conftest import Dialled, Resolver
from deliveries.tests.hostile_urls import NAMES, REFUSED_WHEN_SAVED
from deliveries.tests.receivers import Receiver, Reply, receiver


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


def test_passwords_of_the_user_are_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password word\n")
    monkeypatch.setenv("NETRC", str(netrc))

    with receiver() as server:
        get(server.url, allow=server.authority)

    assert "authorization" not in server.requests[0].headers


def test_a_broken_connection_is_left_to_the_answer_that_may_stand_in_it() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    door = egress.Egress(allow=NOTHING_ALLOWED, deadline=egress.Deadline(1), most_bytes=1)
    stream = egress.Stream(ours, egress=door)

    with pytest.raises(httpcore.WriteError):
        stream.write(b"x")
    stream.close()

    assert door.has_written
