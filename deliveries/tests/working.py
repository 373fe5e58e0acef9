"""What a worker does, step by step and in this thread: tests say when, and see what came of it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from deliveries.attempts import carry_out
from deliveries.claiming import claim
from deliveries.dispatch import dispatch
from deliveries.models import Channel, Delivery

MOST = 1000


def work(*, at: datetime | None = None) -> int:
    """Dispatch, and send all that is due; return how many attempts were made."""
    dispatch(at or timezone.now())
    count = 0
    while count < MOST and (held := claim(at or timezone.now())):
        carry_out(held)
        count += 1
        dispatch(at or timezone.now())
    return count


def work_patiently(*, rounds: int = 20) -> int:
    """Work until nothing is pending, as if the time to the next attempt had passed each time."""
    count = work()
    while rounds and (pending := Delivery.objects.filter(status="pending")).exists():
        hurry(pending.values_list("pk", flat=True))
        count += work()
        rounds -= 1
    return count


def hurry(ids: object) -> None:
    """Let the time pass that deliveries wait for, and the time that their channels rest."""
    past = timezone.now() - timedelta(seconds=1)
    Channel.objects.update(open_until=None)
    Delivery.objects.filter(pk__in=list(ids), status="pending").update(next_attempt_at=past)  # type: ignore[call-overload]


def only_delivery(workflow_id: UUID) -> Delivery:
    """Return the one delivery of a workflow."""
    return Delivery.objects.get(workflow=workflow_id)
