"""What time brings and nobody asks for: idle workflows expire, and old idempotency keys are forgotten.

Any number of processes may sweep at once, and beside any request: whoever commits first wins.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q

from engine import workflow as engine
from instances.acting import today_of
from instances.event_data import events_of
from instances.idempotency import KEPT_FOR
from instances.models import IdempotencyKey, Workflow
from instances.quiet import log_quietly
from registry.definitions import definition_of

ACTOR = "sweep"
BATCH = 500

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How many workflows expired, and how many should have and could not: what stood in their way is in the log."""

    expired: int
    failed: int


def expire_idle(at: datetime, *, is_stopping: Callable[[], bool] = lambda: False) -> Swept:
    """End the workflows that are due, the longest overdue first, each in a transaction of its own."""
    expired = failed = 0
    for workflow_id in _due(at):
        if is_stopping():
            break
        try:
            expired += _expire(workflow_id, at)
        except Exception as error:  # noqa: BLE001  whatever ails this one, the others are due too
            log_quietly(logger, f"Workflow {workflow_id} could not expire", error)
            failed += 1
    return Swept(expired=expired, failed=failed)


def purge_idempotency_keys(at: datetime, *, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Delete the keys that are not remembered any more, and return how many there were."""
    purged = 0
    # Looking first spares SQLite its one write lock when there is nothing to do.
    while not is_stopping() and _forgotten(at).exists():
        count = _purge_some(at)
        if not count:  # what is left is held by requests that come back to an old key
            break
        purged += count
    return purged


def _due(at: datetime) -> Iterator[UUID]:
    """Yield the workflows that are due, batch by batch; each once, even one that could not be ended."""
    due = Workflow.objects.due(at).values_list("expires_at", "pk")
    batch = list(due[:BATCH])
    while batch:
        yield from (workflow_id for _, workflow_id in batch)
        last_at, last_id = batch[-1]
        after = Q(expires_at__gt=last_at) | Q(expires_at=last_at, pk__gt=last_id)
        # The first of the two conditions says no more than the second, but an index can begin there.
        batch = list(due.filter(Q(expires_at__gte=last_at), after)[:BATCH])


@transaction.atomic
def _expire(workflow_id: UUID, at: datetime) -> bool:
    """End a workflow, unless somebody has it now, or was there since it was found."""
    workflow = Workflow.objects.due(at).with_names().locked(skip_taken=True).filter(pk=workflow_id).first()
    if workflow is None:
        return False
    definition = definition_of(workflow.version_id)
    decision = engine.expire(definition, workflow.progress, today=today_of(definition, at))
    workflow.record(definition, decision, events_of(definition, decision.facts), at=at, actor=ACTOR)
    return True


def _forgotten(at: datetime) -> models.QuerySet[IdempotencyKey]:
    return IdempotencyKey.objects.filter(created_at__lte=at - KEPT_FOR)


@transaction.atomic
def _purge_some(at: datetime) -> int:
    """Delete a batch of keys. Locked first: a request that takes an old one over would lose it otherwise."""
    oldest = _forgotten(at).order_by("created_at").select_for_update(skip_locked=True)
    taken = list(oldest.values_list("pk", flat=True)[:BATCH])
    return IdempotencyKey.objects.filter(pk__in=taken).delete()[0]
