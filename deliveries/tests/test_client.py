"""One request and its answer: what is sent, how much is read, and what is said when it fails."""

import socket
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from deliveries.addresses import Allowed
from deliveries.client import METHODS, MOST_BODY_BYTES, Answer, SendFailed, send
from deliveries.tests.receivers import Behaviour, Received, Receiver, Reply, gzip_bomb, json_reply, receiver
from engine.requests import Request


def always(reply: Reply) -> Behaviour:
    """Do the same with every request."""
    return lambda _received, _number: reply


def ask(server: Receiver, *, path: str = "/", deadline: float = 5, max_body: int = 65536, **parts: Any) -> Answer:
    """Send a request to a receiver; without more, a GET."""
    request = Request(**{"method": "GET", "url": server.url + path, **parts})
    return send(request, deadline=deadline, max_body=max_body, allow=Allowed.parse(server.authority))


def failure_of(reply: Reply, *, deadline: float = 5, **parts: Any) -> tuple[SendFailed, float]:
    """Return how sending fails with such an answer, and after how many seconds."""
    with receiver(always(reply)) as server:
        began_at = time.monotonic()
        with pytest.raises(SendFailed) as caught:
            ask(server, deadline=deadline, **parts)
        return caught.value, time.monotonic() - began_at


def test_a_request_arrives_as_it_is_written() -> None:
    with receiver(always(json_reply({"id": 7}, status=201))) as server:
        answer = ask(
            server,
            path="/loans/%2Fx?q=a%20b&r[]=1",
            method="POST",
            headers={"Content-Type": "application/json", "X-Name": "Zoë", "Idempotency-Key": "k1"},
            body='{"amount": 5, "who": "Zoë 日本"}',
        )

    (received,) = server.requests
    assert (received.method, received.target) == ("POST", "/loans/%2Fx?q=a%20b&r[]=1")
    assert received.json() == {"amount": 5, "who": "Zoë 日本"}
    assert dict(received.headers) == {
        "host": server.authority,
        "user-agent": "workflows",
        "accept-encoding": "identity",
        "connection": "close",
        "content-type": "application/json",
        "x-name": "Zoë",
        "idempotency-key": "k1",
        "content-length": str(len(received.body)),
    }
    assert (answer.status, answer.body, answer.is_cut) == (201, b'{"id": 7}', False)
    assert answer.headers["content-type"] == "application/json"
    assert 0 < answer.seconds < 5


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_gets_its_answer(method: str) -> None:
    with receiver(always(Reply(status=204))) as server:
        assert ask(server, method=method).status == 204

    assert server.requests[0].method == method


@pytest.mark.parametrize(("method", "length"), [("POST", "0"), ("PUT", "0"), ("PATCH", "0"), ("GET", None)])
def test_no_body_is_said_to_be_none_where_one_is_usual(method: str, length: str | None) -> None:
    with receiver() as server:
        ask(server, method=method)

    assert server.requests[0].headers.get("content-length") == length


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "get", "GET / HTTP/1.1\r\nX:", ""])
def test_no_other_method_is_spoken(method: str) -> None:
    with receiver() as server, pytest.raises(SendFailed) as caught:
        ask(server, method=method)

    assert (caught.value.code, caught.value.may_have_arrived, server.connections) == ("blocked", False, 0)


@pytest.mark.parametrize("status", [200, 204, 304, 404, 410, 429, 500, 503])
def test_any_status_is_an_answer(status: int) -> None:
    with receiver(always(Reply(status=status, headers={"Retry-After": "7"}))) as server:
        answer = ask(server)

    assert (answer.status, answer.headers["retry-after"]) == (status, "7")


def test_headers_that_come_twice_are_joined() -> None:
    raw = b"HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 0\r\n\r\n"
    with receiver(always(Reply(raw=raw))) as server:
        assert ask(server).headers["x-a"] == "1, 2"


def test_an_answer_in_chunks_is_put_together() -> None:
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    with receiver(always(Reply(raw=raw))) as server:
        answer = ask(server)

    assert (answer.body, answer.is_cut) == (b"abcde", False)


def test_provisional_answers_are_passed_over() -> None:
    raw = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with receiver(always(Reply(raw=raw))) as server:
        assert ask(server).body == b"ok"


def test_an_answer_given_before_the_request_was_read_counts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:

        def answer_at_once() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass

        serving = pool.submit(answer_at_once)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        allow = Allowed.parse(url.removeprefix("http://").rstrip("/"))
        answer = send(Request(method="POST", url=url, body="x" * 100_000), deadline=5, allow=allow)
        serving.result(5)

    assert answer.status == 413


def test_a_cookie_that_was_given_is_not_given_back() -> None:
    with receiver(always(Reply(headers={"Set-Cookie": "a=b"}))) as server:
        ask(server)
        ask(server)

    assert all("cookie" not in received.headers for received in server.requests)


def test_many_may_be_sent_at_a_time() -> None:
    def echo(received: Received, _number: int) -> Reply:
        return Reply(body=received.body, delay=0.05)

    with receiver(echo) as server, ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda number: ask(server, method="POST", body=str(number)), range(64)))

    assert [answer.body for answer in answers] == [str(number).encode() for number in range(64)]
    assert len(server.requests) == 64


# How much is read.


@pytest.mark.parametrize(("size", "is_cut"), [(99, False), (100, False), (101, True), (100_000, True)])
def test_a_body_is_read_up_to_the_cap(size: int, is_cut: bool) -> None:
    with receiver(always(Reply(body=b"x" * size))) as server:
        answer = ask(server, max_body=100)

    assert (len(answer.body), answer.is_cut) == (min(size, 100), is_cut)


def test_a_body_without_end_is_cut_and_not_waited_for() -> None:
    with receiver(always(Reply(body=b"x" * 10_000, is_endless=True))) as server:
        answer = ask(server)

    assert (len(answer.body), answer.is_cut) == (MOST_BODY_BYTES, True)
    assert answer.seconds < 2


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip_bomb(20_000_000)
    with receiver(always(bomb)) as server:
        tracemalloc.start()
        answer = ask(server, max_body=1000)
        _, ours = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        with httpx.Client(trust_env=False) as ordinary:
            unpacked = ordinary.get(server.url).content
        _, theirs = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert (answer.status, answer.body, answer.is_cut) == (200, b"", True)
    assert ours < 1_000_000
    assert (len(unpacked), theirs > 20_000_000) == (20_000_000, True)


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "GZIP", "identity, gzip", "made-up"])
def test_what_is_compressed_against_our_word_is_not_read(encoding: str) -> None:
    with receiver(always(Reply(headers={"Content-Encoding": encoding}, body=b"abc"))) as server:
        answer = ask(server)

    assert (answer.body, answer.is_cut) == (b"", True)


def test_what_is_said_not_to_be_compressed_is_read() -> None:
    with receiver(always(Reply(headers={"Content-Encoding": "Identity"}, body=b"abc"))) as server:
        assert ask(server).body == b"abc"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200_000),
        Reply(raw=b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000),
        Reply(raw=b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, is_endless=True),
        Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1;" + b"x" * 1_000_000),
    ],
    ids=["many headers", "a long header", "provisional answers", "a long extension of a chunk"],
)
def test_more_than_an_answer_is_not_read(reply: Reply) -> None:
    failure, seconds = failure_of(reply)

    assert (failure.code, failure.may_have_arrived) == ("protocol", True)
    assert seconds < 3


# When it ends.


@pytest.mark.parametrize(
    "reply",
    [
        Reply(delay=10),
        Reply(header_pause=0.05),
        Reply(body=b"x" * 1000, body_pause=0.05),
        Reply(body=b"x", body_pause=0.05, is_endless=True),
    ],
    ids=["no answer", "dripping headers", "dripping body", "dripping body without end"],
)
def test_an_answer_that_drips_ends_at_the_deadline(reply: Reply) -> None:
    failure, seconds = failure_of(reply, deadline=0.5)

    assert (failure.code, failure.may_have_arrived) == ("deadline", True)
    assert failure.message == "There was no whole answer within 0.5 seconds."
    assert 0.5 <= seconds < 1.5


@pytest.mark.parametrize("bytes_at_a_time", [0, 100_000])
def test_a_receiver_that_reads_nothing_or_slowly_is_left_at_the_deadline(bytes_at_a_time: int) -> None:
    is_over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:

        def read_slowly() -> None:
            connection, _ = listener.accept()
            with connection:
                while not is_over.wait(0.02):
                    connection.recv(bytes_at_a_time)

        reading = pool.submit(read_slowly)
        authority = f"127.0.0.1:{listener.getsockname()[1]}"
        request = Request(method="POST", url=f"http://{authority}/", body="x" * 20_000_000)
        began_at = time.monotonic()
        with pytest.raises(SendFailed) as caught:
            send(request, deadline=0.5, allow=Allowed.parse(authority))
        seconds = time.monotonic() - began_at
        is_over.set()
        reading.result(5)

    assert (caught.value.code, caught.value.may_have_arrived) == ("deadline", True)
    assert 0.5 <= seconds < 1.5


@pytest.mark.parametrize("deadline", [0, -1])
def test_after_the_deadline_nothing_is_begun(deadline: float) -> None:
    with receiver() as server, pytest.raises(SendFailed) as caught:
        ask(server, deadline=deadline)

    assert (caught.value.code, caught.value.may_have_arrived, server.connections) == ("deadline", False, 0)


# What is said.


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(is_lost=True), "protocol"),
        (Reply(is_reset=True), "interrupted"),
        (Reply(raw=b""), "protocol"),
        (Reply(raw=b"rubbish\r\n\r\n"), "protocol"),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), "protocol"),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "protocol"),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nX Y: z\r\n\r\n"), "protocol"),
        (Reply(raw=b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), "protocol"),
        (Reply(raw=b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "protocol"),
    ],
)
def test_what_is_no_whole_answer_may_have_arrived_all_the_same(reply: Reply, code: str) -> None:
    failure, _ = failure_of(reply)

    assert (failure.code, failure.may_have_arrived) == (code, True)


def test_a_port_at_which_nobody_listens_was_certainly_not_reached() -> None:
    with receiver() as server:
        pass
    with pytest.raises(SendFailed) as caught:
        ask(server)

    assert (caught.value.code, caught.value.may_have_arrived) == ("unreachable", False)
    assert caught.value.message == f"127.0.0.1 cannot be reached at port {server.port}: Connection refused."


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "elsewhere.example"},
        {"Content-Length": "0"},
        {"Transfer-Encoding": "chunked"},
        {"transfer_encoding": "chunked"},
        {"X": "a\r\nTransfer-Encoding: chunked"},
        {"X": "a\nb"},
        {"X": "a\x00b"},
        {"X\r\nHost": "elsewhere.example"},
        {"X: y\r\nZ": "a"},
        {"X": "日本"},
        {"Accept": "a", "accept": "b"},
    ],
)
def test_no_header_smuggles_anything(headers: dict[str, str]) -> None:
    with receiver() as server, pytest.raises(SendFailed) as caught:
        ask(server, headers=headers)

    assert (caught.value.code, caught.value.may_have_arrived, server.connections) == ("header_refused", False, 0)


def test_an_author_may_say_who_is_calling() -> None:
    with receiver() as server:
        ask(server, headers={"user-agent": "acme/1"})

    assert server.requests[0].headers["user-agent"] == "acme/1"
    assert server.requests[0].head.lower().count(b"user-agent") == 1


def test_half_a_character_is_refused_before_anything_is_sent() -> None:
    with receiver() as server, pytest.raises(SendFailed) as caught:
        ask(server, method="POST", body="\ud800")

    assert (caught.value.code, caught.value.may_have_arrived, server.connections) == ("body_refused", False, 0)
