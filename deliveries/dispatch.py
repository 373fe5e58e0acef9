"""From events to deliveries: what is to be sent because something became true is written down, once.

The event is the fact and was committed with it; here it becomes rows that a worker can claim. Both happen in one
transaction, so that a crash in between leaves an event that is dispatched by whoever comes next.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from deliveries.models import Channel, Delivery
from deliveries.orders import Again, Order, orders_of
from deliveries.results import Status
from deliveries.webhooks import Audience
from events.models import Event
from instances.quiet import log_quietly
from rest.encryption import seal

BATCH = 200

logger = logging.getLogger(__name__)


def dispatch(at: datetime, *, subject_id: UUID | None = None, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Write down what is to be sent because of the events that nobody looked at yet; return how many there were.

    With `subject_id` only those of one workflow.
    """
    count = last = 0
    while not is_stopping():
        # Looking first spares SQLite its one write lock when there is nothing to do.
        waiting = Event.objects.undispatched(after=last)
        if subject_id is not None:
            waiting = waiting.filter(subject_id=subject_id)
        ids = list(waiting.values_list("pk", flat=True)[:BATCH])
        if not ids:
            break
        count += _dispatch_some(ids, at)
        last = ids[-1]
        at += timedelta(microseconds=1)  # so that few deliveries share a moment, by which they are told apart later
    return count


@transaction.atomic
def _dispatch_some(ids: list[int], at: datetime) -> int:
    """Dispatch these events, but for those that another worker has; one that fails stops no other."""
    waiting = Event.objects.undispatched().filter(pk__in=ids)
    if connection.vendor == "postgresql":
        waiting = waiting.select_for_update(skip_locked=True)
        with connection.cursor() as cursor:  # a workflow that was deleted is to be noticed event by event
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    batch = _Batch(list(waiting))
    done = [event.pk for event in batch.events if _dispatch_one(event, batch, at)]
    Event.objects.note_dispatched(done, at=at)
    return len(done)


class _Batch:
    """Events that are dispatched together, with what is read once for all of them."""

    def __init__(self, events: list[Event]) -> None:
        self.events = events
        self.audience = Audience(events)
        self.channels: dict[str, Channel] = {}

    def channel(self, name: str) -> Channel:
        """Return the channel of this name; two workers may make it at the same moment."""
        known = name[:2100]
        if known not in self.channels:
            self.channels[known] = Channel.objects.get_or_create(name=known)[0]
        return self.channels[known]


def _dispatch_one(event: Event, batch: _Batch, at: datetime) -> bool:
    try:
        orders = [*orders_of(event), *batch.audience.orders_of(event)]
        if orders:
            with transaction.atomic():
                _write(event, orders, batch, at)
    except IntegrityError:  # the workflow was deleted at this moment; the next pass sees that
        batch.channels.clear()  # one that was made just now is gone again
        return False
    except Exception as error:  # noqa: BLE001  a bug in one kind of delivery must stop no other
        batch.channels.clear()
        log_quietly(logger, f"Event {event.pk} could not be dispatched", error)
        return False
    return True


def _write(event: Event, orders: Iterable[Order | Again], batch: _Batch, at: datetime) -> None:
    new = []
    for order in orders:
        match order:
            case Again():
                order.delivery.reopen(at=at, give_up_at=at + order.within, only_given_up=True)
            case Order():
                new.append(_delivery(event, order, batch.channel(order.channel), at))
    Delivery.objects.bulk_create(new)


def _delivery(event: Event, order: Order, channel: Channel, at: datetime) -> Delivery:
    return Delivery(
        kind=order.kind,
        event=event,
        target=order.target,
        channel=channel,
        workflow_id=order.workflow_id,
        step=order.step,
        run=order.run,
        sealed_request=seal(order.request) if order.request is not None else "",
        terms=order.terms,
        is_idempotent=order.is_idempotent,
        status=Status.PENDING.value,
        max_attempts=order.max_attempts,
        give_up_at=at + order.within,
        next_attempt_at=at,
        created_at=at,
    )
