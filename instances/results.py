"""What came back from outside for a workflow: how its end action ended, or what the action of a step found out.

Whoever delivers calls this, inside a transaction and with a workflow that it holds; no client can.
"""

from typing import Any
from uuid import UUID

from engine import finishing
from engine import workflow as engine
from engine.action_results import Awaited
from engine.actions import ActionResult, ActionSucceeded
from engine.facts import ActionOutdated
from engine.finishing import NotFinishing
from engine.progress import Status
from instances.acting import Acting, Done, today_of
from instances.event_data import events_of
from instances.locks import lock_person_of
from instances.models import Workflow
from instances.settling import settle
from registry.definitions import definition_of


def hold(workflow_id: UUID | None, acting: Acting) -> Workflow | None:
    """Lock a workflow, after its person, for the rest of the transaction; None if there is none, or it is gone."""
    if workflow_id is None:
        return None
    lock_person_of(workflow_id, acting.caller)
    return Workflow.objects.with_names().locked().filter(pk=workflow_id).first()


def finish(held: Workflow, *, result: Any, acting: Acting) -> Done | None:
    """Complete a workflow whose end action got through; None if it is not waiting for that."""
    definition = definition_of(held.version_id)
    try:
        decision = finishing.finish(definition, held.progress, result=result)
    except NotFinishing:
        return None
    return settle(held, definition, decision, acting)


def give_up(held: Workflow, *, code: str, reason: str, acting: Acting) -> Done | None:
    """Fail a workflow whose end action will not get through; None if it is not waiting for that."""
    definition = definition_of(held.version_id)
    try:
        decision = finishing.give_up(definition, held.progress, code=code, reason=reason)
    except NotFinishing:
        return None
    return settle(held, definition, decision, acting)


def ask_again(held: Workflow, *, acting: Acting) -> Done | None:
    """Ask again for the end action of a failed workflow, as an operator may who looked; None if it has not failed."""
    if held.status != Status.FAILED:
        return None
    definition = definition_of(held.version_id)
    decision = engine.retry(definition, held.progress, None, today=today_of(definition, acting.at))
    return settle(held, definition, decision, acting)


def receive(held: Workflow, *, step: str, run: int, result: ActionResult, acting: Acting) -> Done:
    """Store what the action of a step came to, and go on from there.

    A result that nothing waits for any more is noted in the timeline, and changes nothing.
    """
    definition = definition_of(held.version_id)
    today = today_of(definition, acting.at)
    decision = engine.receive(definition, held.progress, step, run, result, today=today)
    if any(isinstance(fact, ActionOutdated) for fact in decision.facts):
        held.log(events_of(definition, decision.facts), at=acting.at, actor=acting.caller.actor)
        return Done(workflow=held, definition=definition, decision=decision)
    return settle(held, definition, decision, acting)


def is_receiving(workflow: Workflow, *, step: str, run: int) -> bool:
    """Tell whether an answer to this request of a step would still count."""
    definition = definition_of(workflow.version_id)
    return Awaited.find(definition, workflow.progress, step, run=run, result=ActionSucceeded()) is not None
