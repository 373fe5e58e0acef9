"""Who sends what: a lease that one worker has at a time, and the attempt that is noted before anything is sent.

A lease is a token and a moment. "Due" and "the lease ran out" are the same question, so a killed worker needs nobody
to clean up after it, and one that was asleep past its lease finds that the token is no longer its own.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from deliveries.models import Channel, Delivery, DeliveryAttempt, DeliveryQuerySet, Kind

LEASE = timedelta(seconds=settings.DELIVERIES_LEASE_SECONDS)
"""At least twice as long as anything may take to send."""

MOST_IN_A_CHANNEL = 4
"""So many deliveries to one receiver are under way at a time, in all workers together."""

MOST_CHANNELS_TRIED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A delivery under a lease of ours."""

    delivery: Delivery
    token: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A delivery that is about to be sent, with the attempt that says so.

    `was_interrupted` tells that an earlier attempt never told its result: it may have got through.
    """

    delivery: Delivery
    token: UUID
    attempt: DeliveryAttempt
    was_interrupted: bool = False


def claim(at: datetime, *, workflow_id: UUID | None = None) -> Held | None:
    """Take a lease of something that is due, in turn from each receiver; None if there is nothing.

    With `workflow_id` only what that workflow waits for is taken, and none of the webhooks about it.
    """
    due = Delivery.objects.due(at)
    if workflow_id is not None:
        due = due.filter(workflow=workflow_id).exclude(kind=Kind.WEBHOOK)
    channels = Channel.objects.ready(at, most_at_a_time=MOST_IN_A_CHANNEL)
    if workflow_id is not None:
        channels = channels.filter(pk__in=due.values("channel"))
    for channel in channels[:MOST_CHANNELS_TRIED]:
        if held := _take(due.filter(channel=channel), channel, at):
            return held
    return _take_overdue(due, at)


def held(delivery_id: UUID, token: UUID) -> Held | None:
    """Return the delivery if this lease of it is still good."""
    found = Delivery.objects.held_by(token).filter(pk=delivery_id).first()
    return Held(delivery=found, token=token) if found else None


@transaction.atomic
def begin(held: Held, at: datetime) -> Begun | None:
    """Note that an attempt begins, under a lease that is counted from now; None if the lease is lost."""
    interrupted = held.delivery.tries.filter(ended_at=None).order_by("number").last()
    attempt = held.delivery.begin_attempt(held.token, at=at, lease=LEASE)
    if attempt is None:
        return None
    if interrupted is not None:
        interrupted.interrupt(at)
    return Begun(
        delivery=held.delivery,
        token=held.delivery.lease_token or held.token,
        attempt=attempt,
        was_interrupted=interrupted is not None,
    )


def _take_overdue(due: DeliveryQuerySet, at: datetime) -> Held | None:
    """Take a lease of what is to be given up, whoever its receiver is: nothing is sent any more."""
    if not due.overdue(at).exists():
        return None
    with transaction.atomic():
        return _leased(due.overdue(at), at)


@transaction.atomic
def _take(due: DeliveryQuerySet, channel: Channel, at: datetime) -> Held | None:
    # First of all, because it locks: of those who saw the same room, the next one looks when the last one has taken it.
    Channel.objects.filter(pk=channel.pk).update(last_claimed_at=at)
    if not channel.has_room(at, most_at_a_time=MOST_IN_A_CHANNEL):
        return None
    return _leased(due, at)


def _leased(due: DeliveryQuerySet, at: datetime) -> Held | None:
    found = due.order_by("next_attempt_at", "pk").unlocked().first()
    token = uuid.uuid4()
    if found is None or not Delivery.objects.take(found, token=token, at=at, lease=LEASE):
        return None
    found.lease_token = token
    return Held(delivery=found, token=token)
