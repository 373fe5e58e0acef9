"""What the end of a delivery means for what asked for it: a workflow, an action step of it, or an endpoint."""

from datetime import datetime

from deliveries.models import Delivery, Kind, Status
from deliveries.results import Delivered, Result
from instances import results
from instances.acting import Acting
from rest.callers import Caller

WORKER = Caller(actor="worker")


def follow(delivery: Delivery, status: Status, result: Result, *, at: datetime) -> None:
    """Tell who asked for a delivery what came of it, in the transaction that settles it."""
    match Kind(delivery.kind):
        case Kind.END_ACTION:
            _end(delivery, status, result, at=at)
        case Kind.ACTION | Kind.WEBHOOK:
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
