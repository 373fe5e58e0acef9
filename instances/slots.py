"""The slot of a conversation: one workflow has it, and another gets it only as the caller asked."""

from enum import StrEnum

from engine import workflow as engine
from instances.acting import Acting, today_of
from instances.errors import ActiveWorkflowExists
from instances.event_data import events_of
from instances.models import Workflow
from registry.definitions import definition_of
from rest.callers import Caller


class OnActive(StrEnum):
    """What becomes of the workflow that has the slot of the conversation when another one takes it."""

    REJECT = "reject"
    PAUSE = "pause"
    CANCEL = "cancel"


def make_room(conversation_id: str, on_active: OnActive, acting: Acting) -> None:
    """Free the slot of a conversation, if asked to and if what has it is the caller's to touch.

    :raises ActiveWorkflowExists: it stays taken
    """
    active = Workflow.objects.active_in(conversation_id).with_names().locked().first()
    if active is None:
        return
    if on_active is OnActive.REJECT or not acting.caller.may_act_for(active.user_type_id):
        raise slot_taken(active, acting.caller)
    definition = definition_of(active.version_id)
    give_way = engine.pause if on_active is OnActive.PAUSE else engine.cancel
    today = today_of(definition, acting.at)
    decision = give_way(definition, active.progress, reason="another workflow began", today=today)
    events = events_of(definition, decision.facts)
    active.record(definition, decision, events, at=acting.at, actor=acting.caller.actor)


def slot_taken(active: Workflow, caller: Caller) -> ActiveWorkflowExists:
    """Return the refusal that names what has the slot, if the caller may know."""
    seen = {"workflow_id": str(active.pk)} if caller.may_act_for(active.user_type_id) else {}
    named = f" ({active.pk})" if seen else ""
    return ActiveWorkflowExists(
        f"This conversation has an active workflow{named}. Finish, pause or cancel it first, or send on_active.", **seen
    )
