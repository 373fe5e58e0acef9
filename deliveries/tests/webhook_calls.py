"""Webhooks as tests receive them."""

from typing import Any

from standardwebhooks import Webhook

from deliveries.tests.receivers import Received


def verified(received: Received, secret: str) -> dict[str, Any]:
    """Return the message, if the library of Standard Webhooks says that this secret signed it."""
    message: dict[str, Any] = Webhook(secret).verify(received.body, dict(received.headers))
    return message


def ids_of(requests: list[Received]) -> list[str]:
    """Return the ids of webhooks in the order in which they came."""
    return [received.headers["webhook-id"] for received in requests]
