"""Starting workflows and acting on them: each use case is one transaction, decided by the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from engine import workflow as engine
from engine.acts import Act, check_allowed
from engine.definition import Definition, EndAction, Field
from engine.errors import DomainError, RevisionConflict
from engine.submission import Submission
from engine.workflow import Decision
from events.models import Event, NewEvent
from instances.confirmation import check_token
from instances.errors import ActiveWorkflowExists, ChainTooLong, WorkflowNotFound
from instances.event_data import events_of
from instances.models import Workflow
from permissions.models import UserType
from permissions.services import check_granted, user_type_for
from registry.definitions import definition_of
from registry.errors import TemplateInactive, TemplateNotFound
from registry.models import TemplateVersion, WorkflowTemplate
from rest.callers import Caller

MAX_CHAIN = 10


class OnActive(StrEnum):
    """What becomes of the workflow that has the slot of the conversation when another one takes it."""

    REJECT = "reject"
    PAUSE = "pause"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartOrder:
    """What a client wants started; the template and the user type are each named by id or by name."""

    conversation_id: str
    user_id: str
    template_id: UUID | None = None
    template: str | None = None
    user_type_id: UUID | None = None
    user_type: str | None = None
    state_data: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    activate: bool = True
    on_active: OnActive = OnActive.REJECT


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A workflow as an act left it, with the decision that led there."""

    workflow: Workflow
    definition: Definition
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """A start that the engine agreed to; storing it is all that is left."""

    version: TemplateVersion
    definition: Definition
    user_type: UserType
    conversation_id: str
    user_id: str
    metadata: Mapping[str, Any]
    decision: Decision
    predecessor: Workflow | None = None


@transaction.atomic
def start(order: StartOrder, *, caller: Caller, at: datetime) -> Done:
    """Start a workflow, prefilled with what is accepted of `state_data`.

    :raises TemplateNotFound: there is no such template, or it is not the caller's to see
    :raises NotGranted: the user type may not use it
    :raises TemplateInactive: it is switched off
    :raises ActiveWorkflowExists: the conversation has an active workflow
    """
    user_type = user_type_for(caller, user_type_id=order.user_type_id, name=order.user_type)
    version = _startable_version(order, caller)
    plan = _plan(
        version,
        user_type,
        conversation_id=order.conversation_id,
        user_id=order.user_id,
        metadata=order.metadata,
        prefill=order.state_data,
        activate=order.activate,
        at=at,
    )
    if order.activate:
        _make_room(order.conversation_id, order.on_active, caller=caller, at=at)
    return _begin(plan, caller=caller, at=at)


@transaction.atomic
def submit(
    workflow_id: UUID, submission: Submission, *, caller: Caller, at: datetime, expected_revision: int | None = None
) -> Done:
    """Merge one submission into an active workflow.

    :raises engine.errors.Conflict: it is not active, or `expected_revision` is not the stored one
    """
    workflow = _locked(workflow_id, caller, expected_revision)
    definition = definition_of(workflow.version_id)
    decision = engine.submit(definition, workflow.progress, submission, today=_today(definition, at))
    return _settle(workflow, definition, decision, caller=caller, at=at)


@transaction.atomic
def activate(workflow_id: UUID, *, on_active: OnActive, caller: Caller, at: datetime) -> Done:
    """Give a created workflow the slot of its conversation.

    :raises ActiveWorkflowExists: the slot is taken, and stays so
    """
    workflow = _locked(workflow_id, caller)
    definition = definition_of(workflow.version_id)
    decision = engine.activate(definition, workflow.progress, today=_today(definition, at))
    _make_room(workflow.conversation_id, on_active, caller=caller, at=at)
    return _settle(workflow, definition, decision, caller=caller, at=at)


@transaction.atomic
def pause(workflow_id: UUID, *, reason: str, caller: Caller, at: datetime) -> Done:
    """Free the slot of a conversation and keep everything."""
    workflow = _locked(workflow_id, caller)
    definition = definition_of(workflow.version_id)
    decision = engine.pause(definition, workflow.progress, reason=reason, today=_today(definition, at))
    return _settle(workflow, definition, decision, caller=caller, at=at)


@transaction.atomic
def resume(
    workflow_id: UUID,
    submission: Submission,
    *,
    on_active: OnActive,
    caller: Caller,
    at: datetime,
    expected_revision: int | None = None,
) -> Done:
    """Give a paused workflow the slot of its conversation again, with what the person said on coming back.

    :raises ActiveWorkflowExists: the slot is taken, and stays so
    """
    workflow = _locked(workflow_id, caller, expected_revision)
    definition = definition_of(workflow.version_id)
    decision = engine.resume(definition, workflow.progress, submission, today=_today(definition, at))
    _make_room(workflow.conversation_id, on_active, caller=caller, at=at)
    return _settle(workflow, definition, decision, caller=caller, at=at)


@transaction.atomic
def confirm(workflow_id: UUID, *, token: str | None, caller: Caller, at: datetime) -> Done:
    """End a workflow of which the person confirmed what is stored now.

    :raises ConfirmationOutdated: the token is not for what is stored now
    """
    workflow = _locked(workflow_id, caller)
    definition = definition_of(workflow.version_id)
    decision = engine.confirm(definition, workflow.progress, today=_today(definition, at))
    check_token(token, workflow, definition, decision.position, caller)
    return _settle(workflow, definition, decision, caller=caller, at=at)


@transaction.atomic
def cancel(workflow_id: UUID, *, reason: str, caller: Caller, at: datetime) -> Done:
    """End a workflow before its end; what was collected is kept."""
    workflow = _locked(workflow_id, caller)
    definition = definition_of(workflow.version_id)
    decision = engine.cancel(definition, workflow.progress, reason=reason, today=_today(definition, at))
    return _settle(workflow, definition, decision, caller=caller, at=at)


@transaction.atomic
def delete(workflow_id: UUID, *, caller: Caller, at: datetime) -> None:
    """Remove a created or ended workflow and the values in its events; that it was there stays on record."""
    workflow = _locked(workflow_id, caller)
    check_allowed(Act.DELETE, workflow.progress.status)
    Event.objects.of(workflow.pk).blank()
    workflow.log([NewEvent(type="workflow.deleted", data={})], at=at, actor=caller.actor)
    workflow.delete()


def _locked(workflow_id: UUID, caller: Caller, expected_revision: int | None = None) -> Workflow:
    found = Workflow.objects.visible_to(caller).with_names().locked().filter(pk=workflow_id).first()
    if found is None:
        raise WorkflowNotFound("There is no such workflow.")
    if expected_revision is not None and expected_revision != found.revision:
        raise RevisionConflict(expected=expected_revision, actual=found.revision)
    return found


def _today(definition: Definition, at: datetime) -> date:
    return at.astimezone(ZoneInfo(definition.time_zone)).date()


def _startable_version(order: StartOrder, caller: Caller) -> TemplateVersion:
    named = {"template": order.template_id} if order.template_id else {"template__name": order.template}
    version = TemplateVersion.objects.current().filter(**named).first()
    if version is None:
        raise TemplateNotFound("There is no such template.")
    if caller.is_limited and not WorkflowTemplate.objects.visible_to(caller).filter(pk=version.template_id).exists():
        raise TemplateNotFound("There is no such template.")
    return version


def _plan(
    version: TemplateVersion,
    user_type: UserType,
    *,
    conversation_id: str,
    user_id: str,
    metadata: Mapping[str, Any],
    prefill: Mapping[str, Any],
    at: datetime,
    activate: bool = True,
    predecessor: Workflow | None = None,
) -> _Plan:
    """Ask whether a workflow can start, and what it starts with."""
    check_granted(user_type=user_type, template=version.template)
    if not version.template.is_active:
        raise TemplateInactive(f"{version.template.name!r} is switched off. Set is_active to true to offer it again.")
    definition = definition_of(version.pk)
    submission = Submission(data=prefill, source="prefill", is_prefill=True)
    decision = engine.start(definition, submission, activate=activate, today=_today(definition, at))
    return _Plan(
        version=version,
        definition=definition,
        user_type=user_type,
        conversation_id=conversation_id,
        user_id=user_id,
        metadata=metadata,
        decision=decision,
        predecessor=predecessor,
    )


def _begin(plan: _Plan, *, caller: Caller, at: datetime) -> Done:
    """Store a planned workflow, and whatever it hands over to if its prefill completes it."""
    workflow = Workflow(
        template=plan.version.template,
        version=plan.version,
        user_type=plan.user_type,
        conversation_id=plan.conversation_id,
        user_id=plan.user_id,
        metadata=plan.metadata,
        predecessor=plan.predecessor,
        chain_length=plan.predecessor.chain_length + 1 if plan.predecessor else 1,
        started_by=caller.actor,
    )
    return _settle(workflow, plan.definition, plan.decision, caller=caller, at=at)


def _settle(workflow: Workflow, definition: Definition, decision: Decision, *, caller: Caller, at: datetime) -> Done:
    """Record a decision and carry out the handover that completes with it, all or nothing."""
    successor = None
    if decision.hands_over_to is not None:
        try:
            successor = _plan_successor(workflow, definition, decision, decision.hands_over_to, at=at)
        except DomainError as refusal:
            decision = engine.fail(decision, code=refusal.code, reason=refusal.message)
    events = events_of(definition, decision.facts)
    if workflow._state.adding:
        events.insert(0, _created(workflow, decision))
    try:
        with transaction.atomic():
            workflow.record(decision, events, at=at, actor=caller.actor)
    except IntegrityError:
        if active := Workflow.objects.active_in(workflow.conversation_id).first():
            raise _slot_taken(active, caller) from None
        raise
    if successor is not None:
        _begin(successor, caller=caller, at=at)
    return Done(workflow=workflow, definition=definition, decision=decision)


def _plan_successor(
    workflow: Workflow, definition: Definition, decision: Decision, action: EndAction, *, at: datetime
) -> _Plan:
    """Plan the workflow that follows in the same conversation, with the values that carry over.

    :raises DomainError: it cannot be started
    """
    if workflow.chain_length >= MAX_CHAIN:
        raise ChainTooLong(f"{MAX_CHAIN} workflows followed each other; the next one is not started.")
    version = TemplateVersion.objects.current().filter(template__name=action.target).first()
    if version is None:
        raise TemplateNotFound(f"There is no template {action.target!r}.")
    live, theirs_asked = decision.position.live, definition_of(version.pk).fields
    mapping: Mapping[str, str] = action.config.get("state", {name: name for name in live if name in theirs_asked})
    return _plan(
        version,
        workflow.user_type,
        conversation_id=workflow.conversation_id,
        user_id=workflow.user_id,
        metadata=workflow.metadata,
        prefill={
            theirs: live[ours]
            for theirs, ours in mapping.items()
            if ours in live and _keeps_secret(definition.fields[ours], theirs_asked.get(theirs))
        },
        predecessor=workflow,
        at=at,
    )


def _keeps_secret(ours: Field, theirs: Field | None) -> bool:
    """Tell whether a value may be carried over: what is sensitive here must be sensitive there."""
    return ours.sensitive is None or (theirs is not None and theirs.sensitive is not None)


def _make_room(conversation_id: str, on_active: OnActive, *, caller: Caller, at: datetime) -> None:
    """Free the slot of a conversation, if asked to and if what has it is the caller's to touch."""
    active = Workflow.objects.active_in(conversation_id).with_names().locked().first()
    if active is None:
        return
    if on_active is OnActive.REJECT or not caller.may_act_for(active.user_type_id):
        raise _slot_taken(active, caller)
    definition = definition_of(active.version_id)
    give_way = engine.pause if on_active is OnActive.PAUSE else engine.cancel
    decision = give_way(definition, active.progress, reason="another workflow began", today=_today(definition, at))
    active.record(decision, events_of(definition, decision.facts), at=at, actor=caller.actor)


def _slot_taken(active: Workflow, caller: Caller) -> ActiveWorkflowExists:
    seen = {"workflow_id": str(active.pk)} if caller.may_act_for(active.user_type_id) else {}
    named = f" ({active.pk})" if seen else ""
    return ActiveWorkflowExists(
        f"This conversation has an active workflow{named}. Finish, pause or cancel it first, or send on_active.", **seen
    )


def _created(workflow: Workflow, decision: Decision) -> NewEvent:
    refused = [{"field": found.field, "code": found.code} for found in decision.report.rejected]
    data = {
        "conversation_id": workflow.conversation_id,
        "user_type_id": str(workflow.user_type_id),
        "predecessor_id": str(workflow.predecessor_id) if workflow.predecessor_id else None,
        "refused": refused,
    }
    return NewEvent(type="workflow.created", data={name: value for name, value in data.items() if value})
