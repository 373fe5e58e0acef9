"""The acts behind the tools: which workflow a call is about, and which service does it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction

from conversations.errors import ActiveAlready, NothingActive, PersonUnknown
from conversations.reports import report_of
from conversations.toolschema.restoring import restore
from conversations.toolschema.toolnames import ToolName
from conversations.toolschema.tools import parameters_of
from engine.definition import NOTHING, Definition
from engine.progress import Status
from engine.submission import Submission
from instances import services
from instances.acting import Acting, Done
from instances.answers import say_answer
from instances.models import Workflow
from instances.prerequisite_starts import OnUnmet
from instances.services import StartOrder
from instances.slots import OnActive
from registry.definitions import definition_of
from rest.callers import Caller

MAX_REASON = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Where a call is made, and with whom, as far as whoever calls for the model says."""

    id: str
    user_id: str | None = None
    user_type: str | None = None
    user_type_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The arguments of a call, whose shape was checked, and what the person said last."""

    arguments: Mapping[str, Any]
    message: str | None = None


def start(conversation: Conversation, call: Call, acting: Acting) -> dict[str, Any]:
    """Start a workflow, unless one is active, with what is known for it already."""
    return _begin(conversation, call, acting, on_active=OnActive.REJECT)


def submit(conversation: Conversation, call: Call, acting: Acting) -> dict[str, Any]:
    """Hand values over to the active workflow."""
    active = _active(conversation, acting.caller)
    submission = _submission(call, definition_of(active.version_id))
    return report_of(services.submit(active.pk, submission, acting), acting.caller)


def confirm(conversation: Conversation, call: Call, acting: Acting) -> dict[str, Any]:
    """Confirm what the active workflow shows a summary of."""
    active = _active(conversation, acting.caller)
    return report_of(services.confirm(active.pk, acting, token=call.arguments["token"]), acting.caller)


def cancel(conversation: Conversation, call: Call, acting: Acting) -> dict[str, Any]:
    """End the active workflow before its end."""
    active = _active(conversation, acting.caller)
    reason = call.arguments.get("reason", "")[:MAX_REASON]
    return report_of(services.cancel(active.pk, acting, reason=reason), acting.caller)


def switch(conversation: Conversation, call: Call, acting: Acting) -> dict[str, Any]:
    """Put the active workflow aside, and go on with the one that is named, or else start it."""
    named = call.arguments["workflow"]
    going_on = Workflow.objects.visible_to(acting.caller).with_names()
    if found := _named(going_on.active_in(conversation.id), named):
        raise ActiveAlready(f"This conversation is at {found.template.name!r} already. Go on with it.")
    # What the client relies on is the revision of what is put aside, and not of what comes instead.
    acting = replace(acting, expected_revision=None, if_match=None)
    if found := _named(going_on.paused_in(conversation.id), named):
        done = services.resume(found.pk, Submission(), acting, on_active=OnActive.PAUSE)
        return report_of(done, acting.caller)
    return _begin(conversation, call, acting, on_active=OnActive.PAUSE)


@transaction.atomic
def _begin(conversation: Conversation, call: Call, acting: Acting, *, on_active: OnActive) -> dict[str, Any]:
    """Start a workflow and hand over what is known: as a model's word, and not as the client's own."""
    acting = replace(acting, expected_revision=None, if_match=None)
    started = services.start(_order(conversation, call, acting.caller, on_active), acting)
    report = report_of(started, acting.caller)
    first = started.prerequisite
    if first is not None:
        report["started_prerequisite"] = {"id": first.pk, "template": first.template.name}
    if not call.arguments.get("data"):
        return report
    if started.workflow.status != Status.ACTIVE:
        return {**report, "ignored": [{"field": name, "reason": "not_started_yet"} for name in call.arguments["data"]]}
    done = services.submit(started.workflow.pk, _submission(call, started.definition), acting)
    return {**report, **report_of(done, acting.caller), "say": _joined(report, done)}


def _joined(report: Mapping[str, Any], done: Done) -> list[dict[str, str]]:
    """Return what was to be said at the start and what is since, each once."""
    said = [*report.get("say", ()), *say_answer(done.decision.say)]
    return [told for index, told in enumerate(said) if told not in said[:index]]


def _active(conversation: Conversation, caller: Caller) -> Workflow:
    """Return the workflow that has the slot of the conversation.

    :raises NothingActive: none has, or none that is the caller's
    """
    active = Workflow.objects.visible_to(caller).active_in(conversation.id).with_names().first()
    if active is None:
        raise NothingActive(
            "No workflow is active in this conversation. Start one with start_workflow, or go on with one that was put "
            "aside with switch_workflow."
        )
    return active


def _named(found: Iterable[Workflow], named: str) -> Workflow | None:
    """Return the first workflow of this id or of a template of this name."""
    return next((workflow for workflow in found if named in (str(workflow.pk), workflow.template.name)), None)


def _submission(call: Call, definition: Definition) -> Submission:
    """Return what a model hands over; a null that only says that there is nothing is no value."""
    given = restore(call.arguments, parameters_of(ToolName.SUBMIT, definition))
    return Submission(
        data=given.get("data", NOTHING),
        clear=tuple(given.get("clear", ())),
        append=given.get("append", NOTHING),
        remove=given.get("remove", NOTHING),
        skip=tuple(given.get("skip", ())),
        acknowledge=tuple(given.get("acknowledge", ())),
        coerce=True,
        source="llm",
    )


def _order(conversation: Conversation, call: Call, caller: Caller, on_active: OnActive) -> StartOrder:
    person = _person(conversation, caller)
    return StartOrder(
        conversation_id=person.id,
        user_id=str(person.user_id),
        user_type=person.user_type,
        user_type_id=person.user_type_id,
        template=call.arguments["workflow"],
        on_active=on_active,
        on_unmet=OnUnmet.START,
    )


def _person(conversation: Conversation, caller: Caller) -> Conversation:
    """Return the conversation with whom it is with: as was said, or as it was before if it was one person only.

    :raises PersonUnknown: nobody said so, and nothing tells
    """
    if conversation.user_id is not None:
        return conversation
    here = Workflow.objects.visible_to(caller).filter(conversation_id=conversation.id)
    known = [*here.order_by().values_list("user_id", "user_type_id").distinct()[:2]]
    if len(known) != 1:
        raise PersonUnknown("Say for whom: user_id and user_type.")
    (user_id, user_type_id), *_ = known
    return replace(conversation, user_id=user_id, user_type_id=user_type_id, user_type=None)
