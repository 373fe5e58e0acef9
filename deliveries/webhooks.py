"""Webhooks: who hears of an event, what is told, and how it is signed.

What is told is rendered once, when the event is dispatched, and stored as text, so that every attempt sends the same
bytes. Where it goes and with which secrets is read anew for each attempt.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from deliveries import vault
from deliveries.endpoints import WebhookEndpoint
from deliveries.event_types import HEARD, TEST
from deliveries.models import Delivery, Kind
from deliveries.orders import Order
from deliveries.results import Refused
from deliveries.signing import signature_headers
from engine.progress import locate
from engine.requests import Request
from events.models import Event
from instances.masking import all_shown
from instances.models import Workflow
from registry.definitions import definitions_of
from rest.callers import Caller

MAX_ATTEMPTS = 10
PATIENCE = timedelta(days=4)

RECEIVER = Caller(actor="webhook")
"""What a receiver may see: no sensitive value, whoever it is."""

# Of an event's own data, what holds no value that anybody gave.
_TOLD = ("step", "outcome", "code", "reason", "waiting_for", "predecessor_id", "note")


class Audience:
    """Who hears of a batch of events, and what; read once for all of them, and only if anybody listens."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events

    def orders_of(self, event: Event) -> list[Order]:
        """Return the webhooks that tell of an event."""
        listening = self._listening_to(event)
        if not listening:
            return []
        body = json.dumps(self._message(event), ensure_ascii=False, separators=(",", ":"))
        workflow = self._workflows.get(event.subject_id)
        return [
            Order(
                kind=Kind.WEBHOOK,
                target=endpoint.target,
                channel=endpoint.channel_name,
                workflow_id=workflow.pk if workflow else None,
                request={"body": body},
                max_attempts=MAX_ATTEMPTS,
                within=PATIENCE,
            )
            for endpoint in listening
        ]

    def _listening_to(self, event: Event) -> list[WebhookEndpoint]:
        if event.type not in HEARD:
            return []
        return [endpoint for endpoint in self._endpoints if endpoint.hears(event)]

    @cached_property
    def _endpoints(self) -> list[WebhookEndpoint]:
        return list(WebhookEndpoint.objects.active().order_by("pk"))

    @cached_property
    def _workflows(self) -> Mapping[UUID, Workflow]:
        subjects = {event.subject_id for event in self._events if self._listening_to(event)}
        return Workflow.objects.with_names().in_bulk(subjects)

    @cached_property
    def _told(self) -> Mapping[UUID, Mapping[str, Any]]:
        """What is told of each workflow that there still is."""
        definitions = definitions_of(workflow.version_id for workflow in self._workflows.values())
        return {
            pk: {
                "workflow_id": str(pk),
                "template_id": str(workflow.template_id),
                "template": workflow.template.name,
                "version": workflow.version.number,
                "conversation_id": workflow.conversation_id,
                "user_id": workflow.user_id,
                "status": workflow.status,
                "outcome": workflow.outcome or None,
                "state": all_shown(
                    definitions[workflow.version_id],
                    locate(definitions[workflow.version_id], workflow.progress).live,
                    RECEIVER,
                ),
            }
            for pk, workflow in self._workflows.items()
        }

    def _message(self, event: Event) -> dict[str, Any]:
        moment = event.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return {"type": event.type, "timestamp": moment, "data": {"sequence": event.sequence, **self._data(event)}}

    def _data(self, event: Event) -> Mapping[str, Any]:
        own = {name: event.data[name] for name in _TOLD if name in event.data}
        template = {"template_id": str(event.template_id), "version": event.template_version}
        if event.type == TEST:
            return {"endpoint_id": str(event.subject_id)}
        if event.type == "template.published":
            return {**template, "template": event.data["name"], **own}
        return {"workflow_id": str(event.subject_id), **template, **self._told.get(event.subject_id, {}), **own}


def signed_request(delivery: Delivery, *, body: str, at: datetime) -> Request | Refused:
    """Return the request that sends a webhook at this moment, or why it is not to be sent any more."""
    endpoint = WebhookEndpoint.objects.targeted(delivery.target).first()
    if endpoint is None:
        return Refused(code="endpoint_deleted", reason="The endpoint was deleted.")
    if not endpoint.is_active:
        return Refused(code="endpoint_disabled", reason="The endpoint is disabled. Enable it, then replay.")
    if _lost_its_workflow(delivery):
        body = _without_state(body)
    secrets = [vault.secret_of_endpoint(kept) for kept in endpoint.encrypted_secrets(at)]
    signature = signature_headers(secrets, message_id=str(delivery.pk), at=at, body=body)
    return Request(
        method="POST",
        url=endpoint.url,
        headers={"Content-Type": "application/json", **signature},
        body=body,
    )


def _lost_its_workflow(delivery: Delivery) -> bool:
    """Tell whether the workflow that a webhook is about was deleted since; one about a template has none."""
    return delivery.workflow_id is None and delivery.event.subject_id != delivery.event.template_id


def _without_state(body: str) -> str:
    """Return a message without what people said."""
    message = json.loads(body)
    message["data"].pop("state", None)
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
