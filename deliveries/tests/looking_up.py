"""Workflows that look something up at a receiver: they ask for an account, find its balance out, ask for an amount."""

from typing import Any
from uuid import UUID

from conftest import step
from deliveries.tests.receivers import Receiver
from instances.models import Workflow
from instances.tests.calls import stored

PROPERTIES: dict[str, Any] = {
    "account": {"type": "string"},
    "balance": {"type": "number", "minimum": 0},
    "amount": {"type": "number"},
}


def look_up(server: Receiver, **changes: Any) -> dict[str, Any]:
    """Return an action that asks the receiver for the balance of an account."""
    return {
        "type": "api_call",
        "target": f"{server.url}/accounts/{{{{state.account}}}}",
        "config": {"method": "GET", "max_attempts": 3},
        "result": {"balance": "/available"},
        "idempotent": True,
        **changes,
    }


def parts(action: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return what a builder of workflows takes to make one that has told its account."""
    steps = [
        step("which", fields=["account"]),
        step("funds", fields=["balance"], action=action),
        step("transfer", fields=["amount"]),
    ]
    return {"properties": PROPERTIES, "steps": steps, "state_data": {"account": "A1"}, **changes}


def paths(server: Receiver) -> list[str]:
    """Return what the receiver was asked for, in that order."""
    return [received.target for received in server.requests]


def keys(server: Receiver) -> list[UUID]:
    """Return the idempotency keys that came with that."""
    return [UUID(received.headers["idempotency-key"]) for received in server.requests]


def funds(workflow: Workflow) -> tuple[str, str, str]:
    """Return the status of a workflow, and that of the request for the balance with its code."""
    now = stored(workflow)
    return now.status, now.actions["funds"]["status"], now.actions["funds"]["code"]
