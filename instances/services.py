"""Starting workflows and acting on them: each use case is one transaction, decided by the engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction

from engine import workflow as engine
from engine.acts import Act, check_allowed
from engine.conclusion import Decision
from engine.definition import Definition
from engine.finishing import check_retry
from engine.progress import Progress, Status, locate
from engine.sources import Source
from engine.submission import Submission
from engine.writing import Writing
from events.models import Event, NewEvent
from instances.acting import Acting, Done, locked, today_of
from instances.confirmation import check_token
from instances.locks import lock_person
from instances.masking import sent_back
from instances.models import Person, Workflow
from instances.prerequisite_starts import OnUnmet, start_prerequisite
from instances.prerequisites import unmet_of
from instances.settling import begin, plan, settle
from instances.slots import OnActive, make_room
from permissions.services import user_type_for
from registry.definitions import definition_of
from registry.errors import TemplateNotFound
from registry.models import TemplateVersion, WorkflowTemplate
from rest.callers import Caller


class Decide(Protocol):
    """What the engine makes of a workflow on a calendar date."""

    def __call__(self, definition: Definition, progress: Progress, /, *, today: date) -> Decision:
        """Return what the act leads to."""


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
    on_unmet: OnUnmet = OnUnmet.WAIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Done):
    """A workflow that was started, and the prerequisite that was started because it waits, if any."""

    prerequisite: Workflow | None = None


@transaction.atomic
def start(order: StartOrder, acting: Acting) -> Started:
    """Start a workflow, prefilled with what is accepted of `state_data`; with unmet prerequisites it waits.

    :raises TemplateNotFound: there is no such template, or it is not the caller's to see
    :raises NotGranted: the user type may not use it
    :raises TemplateInactive: it is switched off
    :raises ActiveWorkflowExists: the conversation has an active workflow
    """
    user_type = user_type_for(acting.caller, user_type_id=order.user_type_id, name=order.user_type)
    lock_person(Person(user_type_id=user_type.pk, user_id=order.user_id))
    planned = plan(
        _startable_version(order, acting.caller),
        user_type,
        acting,
        conversation_id=order.conversation_id,
        user_id=order.user_id,
        metadata=order.metadata,
        prefill=order.state_data,
        source=Source.LLM if acting.caller.is_model else Source.PREFILL,
        activate=order.activate,
    )
    done = begin(planned, acting, on_active=order.on_active)
    if order.on_unmet is OnUnmet.START and done.workflow.is_waiting:
        prerequisite = start_prerequisite(done.workflow, acting, on_active=order.on_active)
        return _as_it_is_now(done, prerequisite)
    return Started(workflow=done.workflow, definition=done.definition, decision=done.decision)


@transaction.atomic
def submit(workflow_id: UUID, submission: Submission, acting: Acting) -> Done:
    """Merge one submission into an active workflow.

    :raises engine.errors.Conflict: it is not active, or not at the expected revision
    """
    return _act(workflow_id, acting, _handing_over(engine.submit, submission, acting.caller))


@transaction.atomic
def write(workflow_id: UUID, writing: Writing, acting: Acting) -> Done:
    """Store values and metadata of an active workflow as they are to be, all or nothing.

    :raises engine.errors.Conflict: it is not active, or not at the expected revision
    """
    workflow = locked(workflow_id, acting)
    definition = definition_of(workflow.version_id)
    decision = engine.write(
        definition,
        workflow.progress,
        replace(writing, untouched=sent_back(definition, writing.values, acting.caller)),
        metadata=workflow.metadata,
        today=today_of(definition, acting.at),
    )
    return settle(workflow, definition, decision, acting)


@transaction.atomic
def activate(workflow_id: UUID, acting: Acting, *, on_active: OnActive) -> Done:
    """Give a created workflow the slot of its conversation.

    :raises PrerequisitesUnmet: something must be completed first
    :raises ActiveWorkflowExists: the slot is taken, and stays so
    """
    workflow = locked(workflow_id, acting)
    unmet = unmet_of(definition_of(workflow.version_id), workflow.person)
    return _decide(workflow, acting, partial(engine.activate, unmet=unmet), on_active=on_active)


@transaction.atomic
def pause(workflow_id: UUID, acting: Acting, *, reason: str) -> Done:
    """Free the slot of a conversation and keep everything."""
    return _act(workflow_id, acting, partial(engine.pause, reason=reason))


@transaction.atomic
def resume(workflow_id: UUID, submission: Submission, acting: Acting, *, on_active: OnActive) -> Done:
    """Give a paused workflow the slot of its conversation again, with what the person said on coming back.

    :raises ActiveWorkflowExists: the slot is taken, and stays so
    """
    return _act(workflow_id, acting, _handing_over(engine.resume, submission, acting.caller), on_active=on_active)


@transaction.atomic
def confirm(workflow_id: UUID, acting: Acting, *, token: str | None) -> Done:
    """End a workflow of which the person confirmed what is stored now, or make the request that they confirmed.

    :raises ConfirmationOutdated: the token is not for what is stored now
    """
    workflow = locked(workflow_id, acting)
    definition = definition_of(workflow.version_id)
    decision = engine.confirm(definition, workflow.progress, today=today_of(definition, acting.at))
    # A refusal offers what is to be confirmed as it stands, and not as it would be once it was.
    check_token(token, workflow, definition, locate(definition, workflow.progress), acting.caller)
    return settle(workflow, definition, decision, acting)


@transaction.atomic
def cancel(workflow_id: UUID, acting: Acting, *, reason: str) -> Done:
    """End a workflow before its end; what was collected is kept."""
    return _act(workflow_id, acting, partial(engine.cancel, reason=reason))


@transaction.atomic
def retry(workflow_id: UUID, submission: Submission | None, acting: Acting, *, on_active: OnActive) -> Done:
    """Ask again for what failed: an action, or what the workflow was to end with; what goes on again takes the slot.

    :raises ActiveWorkflowExists: the slot is taken, and stays so
    :raises OutcomeUnknown: it may have been done already
    """
    workflow = locked(workflow_id, acting)
    check_retry((workflow.failure or {}).get("code"))
    had_slot = workflow.progress.status is Status.ACTIVE
    definition = definition_of(workflow.version_id)
    handed = None if submission is None else _handed_over(definition, submission, acting.caller)
    decision = engine.retry(definition, workflow.progress, handed, today=today_of(definition, acting.at))
    if not had_slot and (submission is not None or decision.progress.status is Status.ACTIVE):
        make_room(workflow.conversation_id, on_active, acting)
    return settle(workflow, definition, decision, acting)


@transaction.atomic
def delete(workflow_id: UUID, acting: Acting) -> None:
    """Remove a created or ended workflow and the values in its events; that it was there stays on record."""
    workflow = locked(workflow_id, acting)
    check_allowed(Act.DELETE, workflow.progress.status)
    Event.objects.of(workflow.pk).blank()
    workflow.log([NewEvent(type="workflow.deleted", data={})], at=acting.at, actor=acting.caller.actor)
    workflow.delete()


def _handing_over(act: Callable[..., Decision], submission: Submission, caller: Caller) -> Decide:
    """Return an act with what a caller hands over."""

    def decide(definition: Definition, progress: Progress, /, *, today: date) -> Decision:
        return act(definition, progress, _handed_over(definition, submission, caller), today=today)

    return decide


def _handed_over(definition: Definition, submission: Submission, caller: Caller) -> Submission:
    """Return a submission in which masks the caller was shown are no values, and what a model wrote is a model's."""
    source = Source.LLM if caller.is_model else submission.source
    return replace(submission, source=source, untouched=sent_back(definition, submission.data, caller))


def _act(workflow_id: UUID, acting: Acting, decide: Decide, *, on_active: OnActive | None = None) -> Done:
    """Lock, decide, store."""
    return _decide(locked(workflow_id, acting), acting, decide, on_active=on_active)


def _decide(workflow: Workflow, acting: Acting, decide: Decide, *, on_active: OnActive | None) -> Done:
    """Decide and store; an act that takes the slot of its conversation says what becomes of who has it."""
    definition = definition_of(workflow.version_id)
    decision = decide(definition, workflow.progress, today=today_of(definition, acting.at))
    if on_active is not None:
        make_room(workflow.conversation_id, on_active, acting)
    return settle(workflow, definition, decision, acting)


def _as_it_is_now(done: Done, prerequisite: Workflow | None) -> Started:
    """Read the started workflow again: a prerequisite that asks for nothing may have woken it already."""
    workflow = Workflow.objects.with_names().get(pk=done.workflow.pk)
    position = locate(done.definition, workflow.progress)
    decision = replace(done.decision, progress=workflow.progress, position=position)
    return Started(workflow=workflow, definition=done.definition, decision=decision, prerequisite=prerequisite)


def _startable_version(order: StartOrder, caller: Caller) -> TemplateVersion:
    named = {"template": order.template_id} if order.template_id else {"template__name": order.template}
    version = TemplateVersion.objects.current().filter(**named).first()
    if version is None:
        raise TemplateNotFound("There is no such template.")
    if caller.is_limited and not WorkflowTemplate.objects.visible_to(caller).filter(pk=version.template_id).exists():
        raise TemplateNotFound("There is no such template.")
    return version
