"""Carrying out at once, in the request that asked for it, what a workflow waits for, as any worker would."""

import logging
import time
from datetime import datetime, timedelta
from threading import Thread
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from deliveries.attempts import carry_out
from deliveries.claiming import Held, claim
from deliveries.dispatch import dispatch
from deliveries.models import Delivery, Kind
from deliveries.orders import ASKING
from deliveries.results import Status
from events.models import Event
from instances.models import Workflow
from instances.quiet import log_quietly

logger = logging.getLogger(__name__)

GLANCE_SECONDS = 0.05
"""How soon it is noticed that another worker, who was first, is done."""


def carry_out_for(workflow_id: UUID, seconds: float) -> None:
    """Send what a workflow waits for, one after the other, until nothing is left or the time is over.

    What is under way then is not cut off: it goes on in a thread of its own, and if that dies with the process, its
    lease runs out and a worker sends it again.
    """
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        dispatch(timezone.now(), subject_id=workflow_id)
        held = claim(timezone.now(), workflow_id=workflow_id)
        if held is not None:
            thread = Thread(target=_send, args=[held], name=f"waiting-{workflow_id}")
            thread.start()
            connection.close()  # the thread has one of its own, and others want one, too
            thread.join(left)
        elif not _awaited(workflow_id, timezone.now() + timedelta(seconds=left)):
            return
        else:
            time.sleep(min(left, GLANCE_SECONDS))


def _awaited(workflow_id: UUID, until: datetime) -> bool:
    """Tell whether something is still to come by then, or to be written down by a worker that is at it right now.

    Asked in one query, for what a worker does in between is to be seen either before or after.
    """
    pending = Delivery.objects.filter(workflow=OuterRef("pk"), status=Status.PENDING).exclude(kind=Kind.WEBHOOK)
    pending = pending.filter(Q(lease_token__isnull=False) | Q(next_attempt_at__lte=until))
    asked = Event.objects.undispatched().filter(subject_id=OuterRef("pk"), type__in=ASKING)
    return Workflow.objects.filter(Exists(pending) | Exists(asked), pk=workflow_id).exists()


def _send(held: Held) -> None:
    try:
        carry_out(held)
    except Exception as error:  # noqa: BLE001  the lease runs out, and a worker tries again
        log_quietly(logger, f"Delivery {held.delivery.pk} could not be carried out", error)
    finally:
        connection.close()
