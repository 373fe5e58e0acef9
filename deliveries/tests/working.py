"""What a worker does, step by step and in this thread: tests say when, and see what came of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from uuid import UUID

from django.db import connection
from django.utils import timezone

from deliveries.attempts import carry_out
from deliveries.claiming import claim
from deliveries.dispatch import dispatch
from deliveries.models import Channel, Delivery
from deliveries.worker import Worker

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


def until(holds: Callable[[], bool], *, seconds: float = 30) -> None:
    """Wait until something holds that a worker brings about."""
    give_up_at = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up_at, "It never came to hold."
        time.sleep(0.02)


@contextmanager
def at_work(*, threads: int, let_go: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Run a worker until the block ends; `let_go` ends what its senders may still wait for then."""
    stopping = Event()
    thread = Thread(target=_run, args=[Worker(threads=threads, is_stopping=stopping.is_set)])
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        let_go()
        thread.join()


def _run(worker: Worker) -> None:
    try:
        worker.run()
    finally:
        connection.close()
