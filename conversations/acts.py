"""The acts behind the tools: which workflow a call is about, and which service does it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from conversations.errors import ActiveAlready, NothingActive
from conversations.offers import may_start
from conversations.parties import Party
from conversations.toolschema.restoring import restore
from conversations.toolschema.toolnames import ToolName
from conversations.toolschema.tools import parameters_of
from engine.definition import NOTHING
from engine.progress import Status
from engine.sources import Source
from engine.submission import Submission
from instances import services
from instances.acting import Acting, Done
from instances.locks import lock_person
from instances.models import Workflow
from instances.prerequisite_starts import OnUnmet
from instances.services import Started, StartOrder
from instances.slots import OnActive
from permissions.policy import MissingScope
from registry.definitions import definition_of, remembered
from rest.callers import Caller

MAX_REASON = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The arguments of a call, whose shape was checked, and what the person said last."""

    arguments: Mapping[str, Any]
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """What a call led to: the start of a workflow, an act on one, or the one and then the other."""

    done: Done
    started: Started | None = None
    not_taken: tuple[str, ...] = ()
    """Fields that were given to a workflow that takes nothing yet."""


def start(party: Party, call: Call, acting: Acting) -> Acted:
    """Start a workflow, unless one is active, with what is known for it already."""
    return _begin(party, call, acting, on_active=OnActive.REJECT)


def submit(party: Party, call: Call, acting: Acting) -> Acted:
    """Hand values over to the active workflow."""
    active = _active(party, acting.caller)
    return Acted(done=services.submit(active.pk, _submission(call, active), acting))


def confirm(party: Party, call: Call, acting: Acting) -> Acted:
    """Confirm what the active workflow shows a summary of."""
    active = _active(party, acting.caller)
    return Acted(done=services.confirm(active.pk, acting, token=call.arguments["token"]))


def cancel(party: Party, call: Call, acting: Acting) -> Acted:
    """End the active workflow before its end."""
    active = _active(party, acting.caller)
    return Acted(done=services.cancel(active.pk, acting, reason=call.arguments.get("reason", "")[:MAX_REASON]))


@transaction.atomic
def switch(party: Party, call: Call, acting: Acting) -> Acted:
    """Put the active workflow aside, and go on with the one that is named, or else start it."""
    if party.user_id is not None:  # or what is read here is another's by the time it is put aside, and started twice
        lock_person(party.person)
    named, theirs = call.arguments["workflow"], party.workflows(acting.caller).with_names()
    active = theirs.filter(status=Status.ACTIVE).first()
    if active is not None and _is_named(active, named):
        raise ActiveAlready("This conversation is at that workflow already. Go on with it.")
    # What somebody else does in this conversation is not this person's to put aside.
    on_active = OnActive.REJECT if active is None else OnActive.PAUSE
    paused = theirs.filter(status=Status.PAUSED).order_by("-updated_at", "id")
    if found := next((workflow for workflow in paused if _is_named(workflow, named)), None):
        done = services.resume(found.pk, Submission(), _anew(acting), on_active=on_active)
        return Acted(done=done)
    return _begin(party, call, acting, on_active=on_active)


@transaction.atomic
def _begin(party: Party, call: Call, acting: Acting, *, on_active: OnActive) -> Acted:
    """Start a workflow and hand over what is known: as a model's word, and not as the client's own.

    :raises MissingScope: the caller may act on workflows, and not start any
    """
    if not may_start(acting.caller):
        raise MissingScope("Whoever calls for you may not start workflows. Tell the person that you cannot do that.")
    order = StartOrder(
        conversation_id=party.conversation_id,
        user_id=party.known_user_id,
        user_type_id=party.user_type_id,
        template=call.arguments["workflow"],
        on_active=on_active,
        on_unmet=OnUnmet.START,
    )
    started = services.start(order, _anew(acting))
    workflow, data = started.workflow, call.arguments.get("data")
    if not data:
        return Acted(done=started, started=started)
    if workflow.status != Status.ACTIVE:
        return Acted(done=started, started=started, not_taken=tuple(data))
    return Acted(done=services.submit(workflow.pk, _submission(call, workflow), _anew(acting)), started=started)


def _anew(acting: Acting) -> Acting:
    """Return who acts on another workflow than the one that was read: its revision is not the one relied on."""
    return replace(acting, expected_revision=None, if_match=None)


def _active(party: Party, caller: Caller) -> Workflow:
    """Return the active workflow of the person in the conversation.

    :raises NothingActive: there is none
    """
    active = party.workflows(caller).with_names().filter(status=Status.ACTIVE).first()
    if active is None:
        raise NothingActive(
            "No workflow is active in this conversation. Start one with start_workflow, or go on with one that was put "
            "aside with switch_workflow."
        )
    return active


def _is_named(workflow: Workflow, named: str) -> bool:
    return named in (str(workflow.pk), workflow.template.name)


def _submission(call: Call, workflow: Workflow) -> Submission:
    """Return what a model hands over; a null that only says that there is nothing is no value."""
    definition = definition_of(workflow.version_id)
    parameters = remembered(workflow.version_id, ToolName.SUBMIT, lambda: parameters_of(ToolName.SUBMIT, definition))
    given = restore(call.arguments, parameters)
    return Submission(
        data=given.get("data", NOTHING),
        clear=tuple(given.get("clear", ())),
        append=given.get("append", NOTHING),
        remove=given.get("remove", NOTHING),
        skip=tuple(given.get("skip", ())),
        acknowledge=tuple(given.get("acknowledge", ())),
        coerce=True,
        source=Source.LLM,
        # Without what the person said there is nothing to look in, and a quote proves nothing.
        evidence=given.get("evidence", NOTHING) if call.message is not None else NOTHING,
        message=call.message,
    )
