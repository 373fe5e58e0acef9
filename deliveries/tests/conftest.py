"""Receivers that may be reached, and the two seams at which tests meet the network: resolving and dialling."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from deliveries import egress
from deliveries.addresses import Allowed
from deliveries.endpoint_services import WithSecret, create_endpoint
from deliveries.tests.certificates import Authority
from deliveries.tests.receivers import Behaviour, Receiver, Reply, receiver

type Dialled = list[tuple[str, int]]


class Resolver:
    """Knows the names it is told; each has rounds of answers, of which the last one stays."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._rounds: dict[str, list[list[str]]] = {}

    def knows(self, name: str, *rounds: list[str]) -> None:
        """Answer with these addresses: the first round to the first question, and so on."""
        self._rounds[name] = list(rounds)

    def getaddrinfo(self, host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        """Answer as the one of the system does."""
        self.asked.append(host)
        rounds = self._rounds.get(host)
        if rounds is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        answers = rounds.pop(0) if len(rounds) > 1 else rounds[0]
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
            if ":" in address
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in answers
        ]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    """Return the only resolver there is."""
    resolver = Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", resolver.getaddrinfo)
    return resolver


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> Dialled:
    """Return where is dialled to; nothing but this machine is, and 10.255.255.1 never answers."""
    dialled: Dialled = []
    connect = socket.socket.connect

    def note(self: socket.socket, address: Any) -> None:
        dialled.append(address[:2])
        if address[0] == "10.255.255.1":
            time.sleep(self.gettimeout() or 0)
            raise TimeoutError("timed out")
        if not address[0].startswith("127."):
            raise ConnectionRefusedError(111, "Connection refused")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", note)
    return dialled


@pytest.fixture(scope="session")
def authority() -> Authority:
    """Return an authority that nobody trusts yet."""
    return Authority()


@pytest.fixture
def trust(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Callable[[Authority], None]]:
    """Return how an operator lets this machine trust an authority."""

    def trusting(authority: Authority) -> None:
        file = tmp_path / "authority.pem"
        file.write_bytes(authority.certificate)
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        egress.tls_context.cache_clear()

    yield trusting
    egress.tls_context.cache_clear()


@pytest.fixture
def listen(settings: Settings) -> Iterator[Callable[..., Receiver]]:
    """Return a builder of receivers on this machine, which the operator allows to be reached."""
    authorities: list[str] = []
    with ExitStack() as stack:

        def begin(behaviour: Behaviour = lambda _received, _number: Reply()) -> Receiver:
            server = stack.enter_context(receiver(behaviour))
            authorities.append(server.authority)
            settings.EGRESS_ALLOW = Allowed.parse(authorities)
            return server

        yield begin


@pytest.fixture
def make_endpoint(db: None) -> Callable[..., WithSecret]:
    """Return a builder of webhook endpoints at a receiver, for these types of events or for all."""

    def make(server: Receiver, *event_types: str) -> WithSecret:
        return create_endpoint(url=f"{server.url}/hook", event_types=list(event_types), at=timezone.now())

    return make


@pytest.fixture
def operator(make_client: Callable[..., APIClient]) -> APIClient:
    """Return somebody whose key is for operations and for nothing else."""
    return make_client(scopes=["operations"])
