"""What is answered about workflows: built by these functions and nowhere else, sensitive values masked."""

from collections.abc import Mapping
from typing import Any

from engine.definition import Definition
from engine.progress import Position, Status, locate
from engine.submission import Accepted, Ignored, Rejected
from engine.workflow import Decision, Next, next_of
from events.models import Event
from instances.models import Workflow
from instances.services import Done
from permissions.policy import may_see_sensitive
from rest.callers import Caller

MASK = "***"


def workflow_answer(
    workflow: Workflow, definition: Definition, caller: Caller, position: Position | None = None
) -> dict[str, Any]:
    """Return a workflow as this caller sees it; parked values are in no answer."""
    where = position or locate(definition, workflow.progress)
    return {
        "id": workflow.pk,
        "template_id": workflow.template_id,
        "template": workflow.template.name,
        "version": workflow.version.number,
        "conversation_id": workflow.conversation_id,
        "user_id": workflow.user_id,
        "user_type_id": workflow.user_type_id,
        "user_type": workflow.user_type.name,
        "status": workflow.status,
        "next": next_of(Status(workflow.status)),
        "waiting_for": _waiting_for(workflow),
        "current_step": workflow.current_step or None,
        "state_data": _shown(definition, where.live, caller),
        "missing": list(where.missing),
        "contested": list(where.contested),
        "unmet": _unmet(where),
        "skipped_steps": workflow.skipped_steps,
        "acknowledged_steps": workflow.acknowledged_steps,
        "metadata": workflow.metadata,
        "outcome": workflow.outcome or None,
        "failure": workflow.failure,
        "end_action_result": workflow.end_action_result,
        "predecessor_id": workflow.predecessor_id,
        "successor_id": _successor_id(workflow),
        "revision": workflow.revision,
        "created_at": workflow.created_at,
        "updated_at": workflow.updated_at,
        "activated_at": workflow.activated_at,
        "ended_at": workflow.ended_at,
    }


def act_answer(done: Done, caller: Caller) -> dict[str, Any]:
    """Return what an act led to, with the workflow as it is now."""
    return {
        **report_answer(done.definition, done.decision, caller),
        "unmet": _unmet(done.decision.position),
        "next": next_of(Status(done.workflow.status)),
        "waiting_for": _waiting_for(done.workflow),
        "workflow": workflow_answer(done.workflow, done.definition, caller, done.decision.position),
    }


def report_answer(definition: Definition, decision: Decision, caller: Caller) -> dict[str, Any]:
    """Return what became of everything in a submission."""
    report = decision.report
    corrected = [
        {
            "field": found.field,
            "from": _shown_value(definition, found.field, found.before, caller),
            "to": _shown_value(definition, found.field, found.after, caller),
        }
        for found in report.corrected
    ]
    return {
        "outcome": report.outcome,
        "accepted": [_accepted(definition, found, caller) for found in report.accepted],
        "corrected": corrected,
        "rejected": [_rejected(found) for found in report.rejected],
        "ignored": [_ignored(found) for found in report.ignored],
        "invalidated": [{"field": found.field, "because": found.because} for found in report.invalidated],
        "parked": list(report.parked),
        "restored": list(report.restored),
        "completed_steps": list(report.completed_steps),
    }


def event_answer(event: Event) -> dict[str, Any]:
    """Return one line of a timeline."""
    return {
        "sequence": event.sequence,
        "type": event.type,
        "at": event.at,
        "actor": event.actor,
        "data": event.data,
    }


def _accepted(definition: Definition, found: Accepted, caller: Caller) -> dict[str, Any]:
    if not found.was_coerced:
        return {"field": found.field}
    return {"field": found.field, "coerced_from": _shown_value(definition, found.field, found.coerced_from, caller)}


def _rejected(found: Rejected) -> dict[str, Any]:
    named = {
        "field": found.field,
        "step": found.step,
        "code": found.code,
        "message": found.message,
        "attempts": found.attempts,
    }
    return {name: value for name, value in named.items() if value is not None}


def _ignored(found: Ignored) -> dict[str, Any]:
    named = {"field": found.field, "step": found.step, "reason": found.reason, "suggestion": found.suggestion}
    return {name: value for name, value in named.items() if value is not None}


def _unmet(position: Position) -> list[dict[str, Any]]:
    return [{"step": unmet.step, "fields": list(unmet.fields), "message": unmet.message} for unmet in position.unmet]


def _waiting_for(workflow: Workflow) -> list[str]:
    return ["activation"] if next_of(Status(workflow.status)) is Next.WAIT else []


def _successor_id(workflow: Workflow) -> Any:
    # Only what is completed has handed over; asking the others would cost a query each.
    successor = getattr(workflow, "successor", None) if workflow.status == Status.COMPLETED else None
    return successor.pk if successor else None


def _shown(definition: Definition, values: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    return {name: _shown_value(definition, name, value, caller) for name, value in values.items()}


def _shown_value(definition: Definition, name: str, value: Any, caller: Caller) -> Any:
    if definition.fields[name].sensitive is None:
        return value
    return value if may_see_sensitive(scopes=caller.scopes, permissions=caller.permissions) else MASK
