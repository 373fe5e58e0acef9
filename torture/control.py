"""The control: the service without its outbox, which sends when the transaction has committed, and retries in memory.

That is what is usually written, and it must lose deliveries under the same kills; otherwise a run proves nothing.
"""

import time
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from deliveries.orders import Order, orders_of
from deliveries.results import Delivered
from deliveries.sending import exchange, with_headers
from deliveries.settling import WORKER
from engine.requests import Request
from events.models import Event, EventQuerySet, NewEvent, Subject
from instances import results
from instances.acting import Acting

ATTEMPTS = 10
PAUSE_SECONDS = 0.5

_senders = ThreadPoolExecutor(4)


def send_on_commit() -> None:
    """Send what an event asks for as soon as it is committed, from this process."""
    write = EventQuerySet.write

    def writing(self: EventQuerySet, subject: Subject, events: Iterable[NewEvent], *, at: datetime, actor: str) -> None:
        written = list(events)
        write(self, subject, written, at=at, actor=actor)
        if any(event.type == "workflow.end_action_requested" for event in written):
            transaction.on_commit(lambda: _send_later(subject))

    EventQuerySet.write = writing  # type: ignore[method-assign]


def _send_later(subject: Subject) -> None:
    _senders.submit(_send, subject)


def _send(subject: Subject) -> None:
    try:
        event = Event.objects.get(subject_id=subject.id, type="workflow.end_action_requested")
        for order in orders_of(event):
            if isinstance(order, Order) and order.request is not None:
                _send_order(subject, Request.from_dict(order.request), order)
    finally:
        connection.close()


def _send_order(subject: Subject, request: Request, order: Order) -> None:
    request = with_headers(request, {"Idempotency-Key": str(uuid.uuid4())})
    for _ in range(ATTEMPTS):
        result = exchange(request, order.terms)
        if isinstance(result, Delivered):
            _finish(subject, result.answer)
            return
        time.sleep(PAUSE_SECONDS)


@transaction.atomic
def _finish(subject: Subject, answer: Any) -> None:
    acting = Acting(caller=WORKER, at=timezone.now())
    workflow = results.hold(subject.id, acting)
    if workflow is not None:
        results.finish(workflow, result=answer, acting=acting)
