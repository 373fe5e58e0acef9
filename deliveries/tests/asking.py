"""Sending requests in tests, and how that fails."""

import time
from collections.abc import Callable

import pytest

from deliveries.addresses import Allowed
from deliveries.client import Answer, SendFailed, send
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


def failing(act: Callable[[], object]) -> SendFailed:
    """Return how sending fails."""
    with pytest.raises(SendFailed) as caught:
        act()
    return caught.value


def timed[T](act: Callable[[], T]) -> tuple[T, float]:
    """Return what comes out, and after how many seconds."""
    began_at = time.monotonic()
    return act(), time.monotonic() - began_at
