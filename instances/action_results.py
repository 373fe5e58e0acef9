"""Storing what came back from the request of a step: one transaction, whoever carried the request out."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from engine import workflow as engine
from engine.actions import ActionResult
from engine.facts import ActionOutdated
from instances.acting import Acting, Done, today_of
from instances.event_data import events_of
from instances.locks import lock_person_of
from instances.models import Workflow
from instances.settling import settle
from registry.definitions import definition_of
from rest.callers import Caller


@transaction.atomic
def receive_action_result(
    workflow_id: UUID, *, step: str, run: int, result: ActionResult, at: datetime, actor: str
) -> Done | None:
    """Store a result and go on from there; None if the workflow is gone.

    A result that nothing waits for any more is noted in the timeline, and changes nothing.
    """
    acting = Acting(caller=Caller(actor=actor), at=at)
    lock_person_of(workflow_id, acting.caller)
    workflow = Workflow.objects.with_names().locked().filter(pk=workflow_id).first()
    if workflow is None:
        return None
    definition = definition_of(workflow.version_id)
    today = today_of(definition, at)
    decision = engine.receive(definition, workflow.progress, step, run, result, today=today)
    if any(isinstance(fact, ActionOutdated) for fact in decision.facts):
        workflow.log(events_of(definition, decision.facts), at=at, actor=actor)
        return Done(workflow=workflow, definition=definition, decision=decision)
    return settle(workflow, definition, decision, acting)
