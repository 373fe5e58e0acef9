"""Storing what the engine decided, and what follows from it in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from engine import workflow as engine
from engine.definition import Definition, EndAction, Field
from engine.errors import DomainError
from engine.submission import Submission
from engine.workflow import Decision
from events.models import NewEvent
from instances.acting import Acting, Done, today_of
from instances.errors import ChainTooLong
from instances.event_data import events_of
from instances.models import Workflow
from instances.slots import slot_taken
from permissions.models import UserType
from permissions.services import check_granted
from registry.definitions import definition_of
from registry.errors import TemplateInactive, TemplateNotFound
from registry.models import TemplateVersion

MAX_CHAIN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A start that the engine agreed to; storing it is all that is left."""

    version: TemplateVersion
    definition: Definition
    user_type: UserType
    conversation_id: str
    user_id: str
    metadata: Mapping[str, Any]
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
    activate: bool = True,
    predecessor: Workflow | None = None,
) -> Plan:
    """Ask whether a workflow can start, and what it starts with."""
    check_granted(user_type=user_type, template=version.template)
    if not version.template.is_active:
        raise TemplateInactive(f"{version.template.name!r} is switched off. Set is_active to true to offer it again.")
    definition = definition_of(version.pk)
    submission = Submission(data=prefill, source="prefill", is_prefill=True)
    decision = engine.start(definition, submission, activate=activate, today=today_of(definition, acting.at))
    return Plan(
        version=version,
        definition=definition,
        user_type=user_type,
        conversation_id=conversation_id,
        user_id=user_id,
        metadata=metadata,
        decision=decision,
        predecessor=predecessor,
    )


def begin(plan: Plan, acting: Acting) -> Done:
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
        started_by=acting.caller.actor,
    )
    return settle(workflow, plan.definition, plan.decision, acting)


def settle(workflow: Workflow, definition: Definition, decision: Decision, acting: Acting) -> Done:
    """Record a decision and carry out the handover that completes with it, all or nothing."""
    successor = None
    if decision.hands_over_to is not None:
        try:
            successor = _plan_successor(workflow, definition, decision, decision.hands_over_to, acting)
        except DomainError as refusal:
            decision = engine.fail(decision, code=refusal.code, reason=refusal.message)
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
        begin(successor, acting)
    return Done(workflow=workflow, definition=definition, decision=decision)


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
    data = {
        "conversation_id": workflow.conversation_id,
        "user_type_id": str(workflow.user_type_id),
        "predecessor_id": str(workflow.predecessor_id) if workflow.predecessor_id else None,
        "refused": refused,
    }
    return NewEvent(type="workflow.created", data={name: value for name, value in data.items() if value})
