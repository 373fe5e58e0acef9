"""What the end of a delivery means for what asked for it: a workflow, an action step of it, or an endpoint."""

from datetime import datetime
from uuid import UUID

from deliveries.endpoints import GONE, WebhookEndpoint
from deliveries.models import Delivery, Kind
from deliveries.results import Delivered, NotYet, Refused, Result, Status, Verdict
from engine.actions import ActionFailed, ActionResult, ActionSucceeded
from instances import results
from instances.acting import Acting
from instances.action_results import receive_action_result
from rest.callers import Caller

WORKER = Caller(actor="worker")


def follow(delivery: Delivery, verdict: Verdict, result: Result, *, at: datetime) -> None:
    """Tell who asked for a delivery what came of it, in the transaction that settles it."""
    kind, workflow_id = Kind(delivery.kind), delivery.workflow_id
    if kind is Kind.WEBHOOK:
        _note_health(delivery, result, at=at)
    elif workflow_id is not None and verdict.status != Status.PENDING:
        if kind is Kind.END_ACTION:
            _end(workflow_id, verdict, result, at=at)
        else:
            outcome = _action_result(verdict, result)
            receive_action_result(
                workflow_id, step=delivery.step, run=delivery.run, result=outcome, at=at, actor=WORKER.actor
            )


def _end(workflow_id: UUID, verdict: Verdict, result: Result, *, at: datetime) -> None:
    acting = Acting(caller=WORKER, at=at)
    if isinstance(result, Delivered):
        results.finish(workflow_id, result=result.answer, acting=acting)
    else:
        code = "outcome_unknown" if verdict.status == Status.OUTCOME_UNKNOWN else "end_action_failed"
        results.give_up(workflow_id, code=code, reason=verdict.reason, acting=acting)


def _action_result(verdict: Verdict, result: Result) -> ActionResult:
    if isinstance(result, Delivered):
        return ActionSucceeded(answer=result.answer)
    return ActionFailed(code=verdict.code, reason=verdict.reason, may_have_been_done=verdict.in_doubt)


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
