"""Builders for tests of deliveries."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from deliveries.addresses import Allowed
from deliveries.endpoint_services import WithSecret, create_endpoint
from deliveries.tests.receivers import Behaviour, Receiver, Reply, receiver


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
