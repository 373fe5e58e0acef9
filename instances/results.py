"""What came back from outside for a workflow: how its end action ended. Whoever delivers calls this; no client can."""

from typing import Any
from uuid import UUID

from django.db import transaction

from engine import finishing
from engine import workflow as engine
from engine.conclusion import Decision
from engine.finishing import NotFinishing
from engine.progress import Status
from instances.acting import Acting, Done, today_of
from instances.locks import lock_person
from instances.models import Workflow
from instances.settling import settle
from registry.definitions import definition_of


def hold(workflow_id: UUID) -> Workflow | None:
    """Lock a workflow and its person for the rest of the transaction; None if it is gone."""
    known = Workflow.objects.filter(pk=workflow_id).only("user_id", "user_type_id").first()
    if known is None:
        return None
    lock_person(known.person)
    return Workflow.objects.with_names().locked().filter(pk=workflow_id).first()


@transaction.atomic
def finish(workflow_id: UUID, *, result: Any, acting: Acting) -> Done | None:
    """Complete a workflow whose end action got through; None if it is not waiting for that."""
    workflow = hold(workflow_id)
    if workflow is None:
        return None
    try:
        decision = finishing.finish(definition_of(workflow.version_id), workflow.progress, result=result)
    except NotFinishing:
        return None
    return _settled(workflow, decision, acting)


@transaction.atomic
def give_up(workflow_id: UUID, *, code: str, reason: str, acting: Acting) -> Done | None:
    """Fail a workflow whose end action will not get through; None if it is not waiting for that."""
    workflow = hold(workflow_id)
    if workflow is None:
        return None
    try:
        decision = finishing.give_up(definition_of(workflow.version_id), workflow.progress, code=code, reason=reason)
    except NotFinishing:
        return None
    return _settled(workflow, decision, acting)


@transaction.atomic
def ask_again(workflow_id: UUID, *, acting: Acting) -> Done | None:
    """Ask again for the end action of a failed workflow, as an operator may who looked; None if it has not failed."""
    workflow = hold(workflow_id)
    if workflow is None or workflow.status != Status.FAILED:
        return None
    definition = definition_of(workflow.version_id)
    decision = engine.retry(definition, workflow.progress, None, today=today_of(definition, acting.at))
    return _settled(workflow, decision, acting)


def is_receiving(workflow_id: UUID, *, step: str, run: int) -> bool:
    """Tell whether an answer to this request of a step would still count."""
    workflow = Workflow.objects.filter(pk=workflow_id).first()
    if workflow is None:
        return False
    state, is_over = workflow.progress.actions.get(step), workflow.status in (Status.COMPLETED, Status.CANCELLED)
    return state is not None and state.run == run and not is_over


def _settled(workflow: Workflow, decision: Decision, acting: Acting) -> Done:
    return settle(workflow, definition_of(workflow.version_id), decision, acting)
