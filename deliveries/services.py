"""What operators do with deliveries: send again what was given up, once as far as the receiver can tell."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from deliveries.errors import AlreadyDelivered, DeliveryNotFound, NothingToReplay
from deliveries.models import Channel, Delivery, Kind
from deliveries.results import Status
from deliveries.webhooks import PATIENCE
from engine.errors import DomainError
from instances import results
from instances.acting import Acting

ACTION_PATIENCE = timedelta(hours=24)
MOST_REPLAYED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be sent again: what was given up of deliveries made in this time, of one kind or of all."""

    since: datetime
    until: datetime
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How many are sent again, how many cannot be any more, and from when on there are more, if there are."""

    count: int
    refused: int
    next_since: datetime | None


@transaction.atomic
def replay(delivery_id: UUID, acting: Acting) -> Delivery:
    """Send a delivery again, under the same key: at once if it waits, and otherwise if it was given up.

    A webhook that got through can be sent again, too: its receiver knows it by its id.

    :raises DeliveryNotFound: there is none
    :raises AlreadyDelivered: it is an action, and was done
    :raises NothingToReplay: its workflow was cancelled or deleted, or went on without it
    """
    delivery = Delivery.objects.filter(pk=delivery_id).select_related("channel").first()
    if delivery is None:
        raise DeliveryNotFound("There is no such delivery.")
    if delivery.status == Status.PENDING:
        Delivery.objects.filter(pk=delivery.pk, lease_token=None).update(next_attempt_at=acting.at)
    elif delivery.kind == Kind.WEBHOOK:
        delivery.reopen(at=acting.at, give_up_at=acting.at + PATIENCE)
    elif delivery.status == Status.DELIVERED:
        raise AlreadyDelivered("It got through. Sending it again would do a second time what was asked for once.")
    else:
        _ask_again(delivery, acting)
    # Somebody thinks that the receiver is well again. Last, for who settles locks a delivery before its channel.
    Channel.objects.filter(pk=delivery.channel_id).update(open_until=None)
    delivery.refresh_from_db()
    return delivery


def replay_all(wanted: Wanted, acting: Acting) -> Replayed:
    """Send again what was given up in a range of time, the oldest first, each in a transaction of its own.

    What is in doubt is left out: somebody has to look at each of those.
    """
    made = Delivery.objects.filter(created_at__gte=wanted.since, created_at__lt=wanted.until)
    found = made.filter(status=Status.FAILED, **({"kind": wanted.kind} if wanted.kind else {}))
    rows = list(found.order_by("created_at", "-id").values_list("pk", "created_at")[: MOST_REPLAYED + 1])
    count = refused = 0
    for delivery_id, _ in rows[:MOST_REPLAYED]:
        try:
            replay(delivery_id, acting)
        except DomainError:  # its workflow was cancelled, deleted or went on: there is nothing to send
            refused += 1
        else:
            count += 1
    return Replayed(count=count, refused=refused, next_since=rows[-1][1] if len(rows) > MOST_REPLAYED else None)


def _ask_again(delivery: Delivery, acting: Acting) -> None:
    """Send the same request under the same key once more.

    For an end action the workflow asks anew, and so waits for it; the answer to an action is taken late, too.
    """
    workflow = results.hold(delivery.workflow_id, acting)
    if workflow is None or not _is_latest(delivery):
        is_asked = False
    elif delivery.kind == Kind.END_ACTION:
        is_asked = results.ask_again(workflow, acting=acting) is not None
    else:
        is_asked = results.is_receiving(workflow, step=delivery.step, run=delivery.run)
        is_asked = is_asked and delivery.reopen(
            at=acting.at, give_up_at=acting.at + ACTION_PATIENCE, only_given_up=True
        )
    if not is_asked:
        raise NothingToReplay("Its workflow was cancelled or deleted, or went on since. There is nothing to send.")


def _is_latest(delivery: Delivery) -> bool:
    """Tell whether no other request was made since: values may have changed, and an old request is history."""
    mine = Delivery.objects.filter(workflow=delivery.workflow_id, kind=delivery.kind, step=delivery.step)
    return not mine.filter(event_id__gt=delivery.event_id).exists()
