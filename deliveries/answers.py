"""What is answered about deliveries, endpoints, secrets and tools: no secret, and nothing of what was sent."""

from typing import Any

from deliveries.endpoints import TARGET, WebhookEndpoint
from deliveries.models import Delivery, DeliveryAttempt, Kind, Secret
from deliveries.tools import Tool
from instances.masking import MASK
from permissions.policy import may_see_sensitive
from rest.callers import Caller


def endpoint_answer(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Return an endpoint as operators see it."""
    return {
        "id": endpoint.pk,
        "url": endpoint.url,
        "description": endpoint.description,
        "event_types": endpoint.event_types,
        "is_active": endpoint.is_active,
        "disabled_reason": endpoint.disabled_reason or None,
        "disabled_at": endpoint.disabled_at,
        "failing_since": endpoint.failing_since,
        "last_success_at": endpoint.last_success_at,
        "created_at": endpoint.created_at,
        "updated_at": endpoint.updated_at,
    }


def delivery_answer(delivery: Delivery, caller: Caller) -> dict[str, Any]:
    """Return a delivery with its attempts. What was sent is left out: it holds what people said.

    So does a URL once it is rendered; it is told as the author wrote it.
    """
    sees_all = may_see_sensitive(scopes=caller.scopes, permissions=caller.permissions)
    is_hidden = delivery.is_sensitive and not sees_all
    return {
        "id": delivery.pk,
        "kind": delivery.kind,
        "status": delivery.status,
        "event": {
            "type": delivery.event.type,
            "sequence": delivery.event.sequence,
            "subject_id": delivery.event.subject_id,
            "at": delivery.event.at,
        },
        "workflow_id": delivery.workflow_id,
        "step": delivery.step or None,
        "method": "POST" if delivery.kind == Kind.WEBHOOK else delivery.terms.get("method"),
        **_receiver(delivery),
        "code": delivery.code or None,
        "reason": delivery.reason or None,
        "attempts": delivery.attempts,
        "max_attempts": delivery.max_attempts,
        "created_at": delivery.created_at,
        "next_attempt_at": None if delivery.settled_at else delivery.next_attempt_at,
        "give_up_at": delivery.give_up_at,
        "settled_at": delivery.settled_at,
        "tries": [attempt_answer(attempt, is_hidden=is_hidden) for attempt in delivery.tries.all()],
    }


def attempt_answer(attempt: DeliveryAttempt, *, is_hidden: bool) -> dict[str, Any]:
    """Return one attempt, with the beginning of what came back, unless it may hold what is hidden from the caller."""
    return {
        "number": attempt.number,
        "started_at": attempt.started_at,
        "ended_at": attempt.ended_at,
        "result": attempt.result or None,
        "code": attempt.code or None,
        "reason": attempt.reason or None,
        "status_code": attempt.status_code,
        "excerpt": MASK if is_hidden and attempt.excerpt else attempt.seen,
    }


def _receiver(delivery: Delivery) -> dict[str, str | None]:
    """Return where it goes: a channel is named after what its deliveries have in common."""
    kind, _, name = delivery.channel.name.partition(" ")
    return {
        "url": name if kind == "api_call" else None,
        "tool": name if kind == "tool_call" else None,
        "endpoint_id": delivery.target.removeprefix(TARGET) if delivery.kind == Kind.WEBHOOK else None,
    }


def secret_answer(secret: Secret) -> dict[str, Any]:
    """Return a secret as clients see it: never its value."""
    return {
        "name": secret.name,
        "hosts": secret.hosts,
        "created_at": secret.created_at,
        "updated_at": secret.updated_at,
        "updated_by": secret.updated_by,
        "last_used_at": secret.last_used_at,
    }


def tool_answer(tool: Tool) -> dict[str, Any]:
    """Return a tool as clients see it."""
    return {
        "name": tool.name,
        "description": tool.description,
        "arguments": tool.arguments,
        "idempotent": tool.is_idempotent,
        "permission": tool.permission,
    }
