"""What the end of a delivery means for what asked for it: a workflow, an action step of it, or an endpoint."""

from datetime import datetime

from deliveries.endpoints import GONE, WebhookEndpoint
from deliveries.models import Delivery, Kind, Status
from deliveries.results import Delivered, NotYet, Refused, Result
from instances import results
from instances.acting import Acting
from rest.callers import Caller

WORKER = Caller(actor="worker")


def follow(delivery: Delivery, status: Status, result: Result, *, at: datetime) -> None:
    """Tell who asked for a delivery what came of it, in the transaction that settles it."""
    match Kind(delivery.kind):
        case Kind.END_ACTION:
            _end(delivery, status, result, at=at)
        case Kind.WEBHOOK:
            _note_health(delivery, result, at=at)
        case Kind.ACTION:
            return


def _end(delivery: Delivery, status: Status, result: Result, *, at: datetime) -> None:
    acting = Acting(caller=WORKER, at=at)
    if delivery.workflow_id is None:
        return
    if isinstance(result, Delivered):
        results.finish(delivery.workflow_id, result=result.answer, acting=acting)
    else:
        code = "outcome_unknown" if status is Status.OUTCOME_UNKNOWN else "end_action_failed"
        results.give_up(delivery.workflow_id, code=code, reason=delivery.reason, acting=acting)


def _note_health(delivery: Delivery, result: Result, *, at: datetime) -> None:
    """Remember how an endpoint does, after every attempt: one that is gone, or that fails for days, is disabled."""
    endpoint = WebhookEndpoint.objects.targeted(delivery.target)
    match result:
        case Delivered():
            endpoint.note_success(at)
        case Refused(is_gone=True):
            endpoint.disable(GONE, at=at)
        case NotYet(blames_receiver=True):
            endpoint.note_failure(at)
        case _:
            return  # it was not the receiver that failed
