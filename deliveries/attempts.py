"""One attempt from its lease to its result. Nothing is sent inside a transaction."""

import logging
import random
from uuid import UUID

from django.tasks import task
from django.utils import timezone

from deliveries.claiming import Held, begin, held
from deliveries.models import Delivery, Kind
from deliveries.results import NotYet, Refused, Result
from deliveries.sending import send
from deliveries.settling import settle
from instances import results
from instances.quiet import log_quietly

logger = logging.getLogger(__name__)


@task()
def attempt(delivery_id: str, token: str) -> bool:
    """Send a delivery, if the lease that came with the task is still good; whichever engine runs the task.

    What goes wrong is logged here and not raised: an engine would write the message down, with people's values in it.
    """
    try:
        found = held(UUID(delivery_id), UUID(token))
        return found is not None and carry_out(found)
    except Exception as error:  # noqa: BLE001  the lease runs out, and somebody tries again
        log_quietly(logger, f"Delivery {delivery_id} could not be settled", error)
        return False


def carry_out(held: Held) -> bool:
    """Attempt a delivery and settle it; False if the lease was lost, before or meanwhile."""
    begun = begin(held, timezone.now())
    if begun is None:
        return False
    if begun.was_interrupted and not begun.delivery.is_idempotent:
        result: Result = NotYet(code="interrupted", reason="It may have been sent before. It is not sent again.")
    elif begun.delivery.tried > begun.delivery.max_attempts:
        result = Refused(code="interrupted", reason="Every attempt to send it ended without a result.")
    elif begun.delivery.give_up_at < begun.attempt.started_at:
        result = Refused(code="too_late", reason="It was not sent in the time that it had.")
    elif not _is_awaited(begun.delivery):
        result = Refused(code="not_awaited", reason="Its workflow ended, or asks for something else by now.")
    else:
        result = _sent(begun.delivery)
    # Spreading retries is no secret.
    return settle(begun, result, at=timezone.now(), chance=random.random())  # noqa: S311


def _is_awaited(delivery: Delivery) -> bool:
    """Tell whether the workflow still wants the action of a step; what is given up in between is not to be done late.

    An end action is wanted until it is settled, and an event stays true.
    """
    if delivery.kind != Kind.ACTION:
        return True
    workflow = delivery.workflow
    return workflow is not None and results.is_receiving(workflow, step=delivery.step, run=delivery.run)


def _sent(delivery: Delivery) -> Result:
    """Send, and take whatever goes wrong in our own code for a failed attempt: nothing is lost, and nothing stuck."""
    try:
        return send(delivery)
    except Exception as error:  # noqa: BLE001  a bug in one kind of delivery must stop no other
        log_quietly(logger, f"Delivery {delivery.pk} could not be sent", error)
        words = "Something went wrong here. It is in our log."
        return NotYet(code="internal_error", reason=words, blames_receiver=False)
