"""Storing what the engine decided, and what follows from it in the same transaction.

Whatever completes a workflow ends in `settle`: the next one is started, then what waited for it is activated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, OperationalError, transaction

from engine import workflow as engine
from engine.conclusion import Decision, fail
from engine.definition import Definition, EndAction, Field
from engine.errors import DomainError
from engine.progress import Status
from engine.sources import Source
from engine.submission import Submission
from events.models import NewEvent
from instances.acting import Acting, Done, today_of
from instances.errors import ActiveWorkflowExists, ChainTooLong
from instances.event_data import events_of
from instances.locks import WAKING_WAIT_MILLISECONDS, waiting_at_most
from instances.masking import sent_back
from instances.models import Workflow
from instances.prerequisites import unmet_of
from instances.slots import OnActive, make_room, slot_taken
from permissions.models import UserType
from permissions.services import check_granted
from registry.definitions import definition_of
from registry.errors import TemplateInactive, TemplateNotFound
from registry.models import TemplateVersion

MAX_CHAIN = 10
MAX_HELD_BACK = 100
MAX_WOKEN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A start that the engine agreed to; whether it becomes active is decided when it begins."""

    version: TemplateVersion
    definition: Definition
    user_type: UserType
    conversation_id: str
    user_id: str
    metadata: Mapping[str, Any]
    activate: bool
    decision: Decision
    predecessor: Workflow | None = None


def plan(
    version: TemplateVersion,
    user_type: UserType,
    acting: Acting,
    *,
    conversation_id: str,
    user_id: str,
    metadata: Mapping[str, Any],
    prefill: Mapping[str, Any],
    source: Source = Source.PREFILL,
    activate: bool = True,
    predecessor: Workflow | None = None,
) -> Plan:
    """Ask whether a workflow can start, and what it starts with.

    A model that starts one gives what it understood, like in any submission: no `readOnly` and no `never_llm` field.
    """
    check_granted(user_type=user_type, template=version.template)
    if not version.template.is_active:
        raise TemplateInactive(f"{version.template.name!r} is switched off. Set is_active to true to offer it again.")
    definition = definition_of(version.pk)
    untouched = sent_back(definition, prefill, acting.caller)
    is_by_model = source is Source.LLM
    submission = Submission(
        data=prefill, source=source, is_prefill=not is_by_model, coerce=is_by_model, untouched=untouched
    )
    decision = engine.start(definition, submission, today=today_of(definition, acting.at))
    return Plan(
        version=version,
        definition=definition,
        user_type=user_type,
        conversation_id=conversation_id,
        user_id=user_id,
        metadata=metadata,
        activate=activate,
        decision=decision,
        predecessor=predecessor,
    )


def begin(plan: Plan, acting: Acting, *, on_active: OnActive) -> Done:
    """Store a planned workflow, and whatever follows if its prefill completes it.

    :raises ActiveWorkflowExists: it becomes active, and the slot is taken and stays so
    """
    workflow, decision = _admitted(plan, acting)
    if decision.progress.status is not Status.CREATED:
        make_room(plan.conversation_id, on_active, acting)
    return settle(workflow, plan.definition, decision, acting)


def settle(workflow: Workflow, definition: Definition, decision: Decision, acting: Acting) -> Done:
    """Record a decision, carry out the handover that completes with it and wake what waited for it, all or nothing."""
    done = _record(workflow, definition, decision, acting)
    if _is_completed(done):
        _wake(workflow, acting)
    return done


def _admitted(plan: Plan, acting: Acting) -> tuple[Workflow, Decision]:
    """Return a planned workflow, not stored yet, and whether it becomes active or waits.

    Asked as late as this, because the completion of its predecessor may be what it needs.
    """
    workflow = Workflow(
        template=plan.version.template,
        version=plan.version,
        user_type=plan.user_type,
        conversation_id=plan.conversation_id,
        user_id=plan.user_id,
        metadata=plan.metadata,
        predecessor=plan.predecessor,
        chain_length=plan.predecessor.chain_length + 1 if plan.predecessor else 1,
        started_by=acting.caller.actor,
    )
    unmet = unmet_of(plan.definition, workflow.person)
    return workflow, engine.admit(plan.definition, plan.decision, activate=plan.activate, unmet=unmet)


def _record(workflow: Workflow, definition: Definition, decision: Decision, acting: Acting) -> Done:
    """Record a decision and carry out the handover that completes with it."""
    successor = None
    if decision.hands_over_to is not None:
        try:
            successor = _plan_successor(workflow, definition, decision, decision.hands_over_to, acting)
        except DomainError as refusal:
            decision = fail(decision, code=refusal.code, reason=refusal.message)
    events = events_of(definition, decision.facts)
    if workflow._state.adding:
        events.insert(0, _created(workflow, decision))
    try:
        with transaction.atomic():
            workflow.record(definition, decision, events, at=acting.at, actor=acting.caller.actor)
    except IntegrityError:
        if active := Workflow.objects.active_in(workflow.conversation_id).first():
            raise slot_taken(active, acting.caller) from None
        raise
    if successor is not None:
        following, decided = _admitted(successor, acting)
        _record(following, successor.definition, decided, acting)
    return Done(workflow=workflow, definition=definition, decision=decision)


def _is_completed(done: Done) -> bool:
    return done.decision.progress.status is Status.COMPLETED


def _wake(completed: Workflow, acting: Acting) -> None:
    """Activate what waited for this person to complete something; what that completes at once may wake more."""
    person, woken, again = completed.person, 0, True
    while again:
        again, unmet = False, {}
        held_back = Workflow.objects.of_person(person).held_back(first_in=completed.conversation_id)
        for held in held_back.lightly()[:MAX_HELD_BACK]:
            if held.version_id not in unmet:
                unmet[held.version_id] = unmet_of(definition_of(held.version_id), person)
            names = unmet[held.version_id]
            if list(names) != held.unmet_prerequisites:
                held.note_unmet(names)
            if names or not held.is_waiting or woken == MAX_WOKEN:
                continue
            done = _activated(held, acting)
            woken += done is not None
            again = again or (done is not None and _is_completed(done))


def _activated(held: Workflow, acting: Acting) -> Done | None:
    """Activate what waits if its conversation is free; None if it is not, or somebody takes it at this moment."""
    if Workflow.objects.active_in(held.conversation_id).exists():
        return None
    waiting = Workflow.objects.with_names().locked().filter(pk=held.pk, is_waiting=True).first()
    if waiting is None:
        return None
    definition = definition_of(waiting.version_id)
    decision = engine.activate(definition, waiting.progress, today=today_of(definition, acting.at))
    try:
        with transaction.atomic(), waiting_at_most(milliseconds=WAKING_WAIT_MILLISECONDS):
            return _record(waiting, definition, decision, acting)
    except (ActiveWorkflowExists, IntegrityError, OperationalError):
        return None


def _plan_successor(
    workflow: Workflow, definition: Definition, decision: Decision, action: EndAction, acting: Acting
) -> Plan:
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
    return plan(
        version,
        workflow.user_type,
        acting,
        conversation_id=workflow.conversation_id,
        user_id=workflow.user_id,
        # This is asked before the decision is recorded.
        metadata=workflow.metadata if decision.metadata is None else decision.metadata,
        prefill={
            theirs: live[ours]
            for theirs, ours in mapping.items()
            if ours in live and _keeps_secret(definition.fields[ours], theirs_asked.get(theirs))
        },
        predecessor=workflow,
    )


def _keeps_secret(ours: Field, theirs: Field | None) -> bool:
    """Tell whether a value may be carried over: what is sensitive here must be sensitive there."""
    return ours.sensitive is None or (theirs is not None and theirs.sensitive is not None)


def _created(workflow: Workflow, decision: Decision) -> NewEvent:
    refused = [{"field": found.field, "code": found.code} for found in decision.report.rejected]
    data: Mapping[str, Any] = {
        "conversation_id": workflow.conversation_id,
        "user_type_id": str(workflow.user_type_id),
        "predecessor_id": str(workflow.predecessor_id) if workflow.predecessor_id else None,
        "refused": refused,
        "waiting_for": list(decision.unmet_prerequisites) if decision.is_waiting else [],
    }
    return NewEvent(type="workflow.created", data={name: value for name, value in data.items() if value})
