"""Builders for tests of deliveries."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from pytest_django import Settings

from deliveries.addresses import Allowed
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
