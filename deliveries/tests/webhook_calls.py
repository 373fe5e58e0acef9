"""Webhooks as tests receive them, and requests about endpoints as tests make them."""

from typing import Any

from rest_framework.test import APIClient
from standardwebhooks import Webhook

from deliveries.tests.receivers import Received
from instances.tests.calls import Answer

PATH = "/api/webhook-endpoints"
GOOD = "https://receiver.example/hook"


def create(client: APIClient, **body: Any) -> Answer:
    """Store an endpoint."""
    return client.post(PATH, {"url": GOOD, **body})


def errors_of(response: Answer) -> list[tuple[str, str]]:
    """Return where each mistake is, and its code."""
    assert response.status_code == 400, response.content
    return [(error["path"], error["code"]) for error in response.json()["errors"]]


def verified(received: Received, secret: str) -> dict[str, Any]:
    """Return the message, if the library of Standard Webhooks says that this secret signed it."""
    message: dict[str, Any] = Webhook(secret).verify(received.body, dict(received.headers))
    return message


def ids_of(requests: list[Received]) -> list[str]:
    """Return the ids of webhooks in the order in which they came."""
    return [received.headers["webhook-id"] for received in requests]
