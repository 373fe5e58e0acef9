"""What the end of a delivery means for what asked for it: a workflow, an action step of it, or an endpoint."""

from datetime import datetime

from deliveries.endpoints import GONE, WebhookEndpoint
from deliveries.models import Delivery, Kind
from deliveries.results import Delivered, NotYet, Refused, Result, Status, Verdict
from engine.actions import ActionFailed, ActionResult, ActionSucceeded
from instances import results
from instances.acting import Acting
from instances.models import Workflow


def follow(delivery: Delivery, verdict: Verdict, result: Result, *, workflow: Workflow | None, acting: Acting) -> None:
    """Tell who asked for a delivery what came of it, in the transaction that settles it and holds the workflow."""
    kind = Kind(delivery.kind)
    if kind is Kind.WEBHOOK:
        _note_health(delivery, result, at=acting.at)
    elif workflow is not None and verdict.status != Status.PENDING:
        if kind is Kind.END_ACTION:
            _end(workflow, verdict, result, acting)
        else:
            outcome = _action_result(verdict, result)
            results.receive(workflow, step=delivery.step, run=delivery.run, result=outcome, acting=acting)


def _end(workflow: Workflow, verdict: Verdict, result: Result, acting: Acting) -> None:
    if isinstance(result, Delivered):
        results.finish(workflow, result=result.answer, acting=acting)
    else:
        code = "outcome_unknown" if verdict.status == Status.OUTCOME_UNKNOWN else "end_action_failed"
        results.give_up(workflow, code=code, reason=verdict.reason, acting=acting)


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
