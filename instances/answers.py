"""What is answered about workflows: built by these functions and nowhere else, sensitive values masked."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.asking import Ask, ask_next
from engine.conclusion import Decision
from engine.definition import Definition
from engine.progress import Position, Status, locate
from engine.report import Ignored, Outcome, Rejected, Report
from engine.saying import Say, to_say
from engine.workflow import Next, next_of, waiting_for
from events.models import Event
from instances.acting import Done
from instances.confirmation import confirmation_of
from instances.masking import all_shown, is_masked, shown, without_hidden
from instances.models import Workflow
from instances.services import Started
from rest.callers import Caller
from rest.encryption import KeyLost

# What an act answers beside the workflow, not in it.
_BESIDE = frozenset({"ask_next", "confirmation", "resumable", "say"})

OF_VALUES = (
    *("next", "waiting_for", "state_data", "sources", "missing", "item_ids", "contested", "unmet", "actions"),
    "end_action_result",
)
"""What of a workflow is made of its values, or follows from them."""

SHARED = ("unmet", "next", "waiting_for", "ask_next", "confirmation", "resumable")
"""What an act answers that a workflow in full has too."""


def workflow_answer(
    workflow: Workflow, definition: Definition, caller: Caller, position: Position | None = None
) -> dict[str, Any]:
    """Return a workflow as this caller sees it; parked values are in no answer."""
    progress = workflow.progress
    where = position or locate(definition, progress)
    known = {**progress.previous, **progress.values, **where.live}  # a receiver may echo what was asked of it before
    told = {
        "next": next_of(definition, progress, where),
        "waiting_for": _waiting_for(workflow, where),
        "state_data": all_shown(definition, where.live, caller),
        "sources": {name: source for name, source in workflow.sources.items() if name in where.live},
        "missing": list(where.missing),
        "item_ids": {name: ids for name, ids in workflow.item_ids.items() if name in where.live},
        "contested": list(where.contested),
        "unmet": _unmet(where),
        "actions": {
            step: {"status": state.status, "code": state.code, "reason": state.reason}
            for step, state in where.actions.items()
        },
        "end_action_result": without_hidden(definition, known, workflow.result, caller),
    }
    return _answer_of(workflow, told)


def unreadable_answer(workflow: Workflow, lost: KeyLost) -> dict[str, Any]:
    """Return what can be told of a workflow whose values no key reads, and why it is no more.

    What follows from values is null, and never empty: nobody is to take what cannot be read for what is not there.
    """
    return {**_answer_of(workflow, dict.fromkeys(OF_VALUES)), "error": {"code": lost.code, "detail": lost.message}}


def _answer_of(workflow: Workflow, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return a workflow with what is told of its values, and follows from them."""
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
        "next": told["next"],
        "waiting_for": told["waiting_for"],
        "current_step": workflow.current_step or None,
        "state_data": told["state_data"],
        "sources": told["sources"],
        "missing": told["missing"],
        "item_ids": told["item_ids"],
        "contested": told["contested"],
        "unmet": told["unmet"],
        "actions": told["actions"],
        "skipped_steps": workflow.skipped_steps,
        "acknowledged_steps": workflow.acknowledged_steps,
        "metadata": workflow.metadata,
        "outcome": workflow.outcome or None,
        "reason": workflow.reason or None,
        "failure": workflow.failure,
        "end_action_result": told["end_action_result"],
        "predecessor_id": workflow.predecessor_id,
        "successor_id": _successor_id(workflow),
        "revision": workflow.revision,
        "created_at": workflow.created_at,
        "updated_at": workflow.updated_at,
        "activated_at": workflow.activated_at,
        "expires_at": workflow.expires_at,
        "ended_at": workflow.ended_at,
    }


def full_answer(
    workflow: Workflow, definition: Definition, caller: Caller, position: Position | None = None
) -> dict[str, Any]:
    """Return one workflow with what is to be asked, said and confirmed, and, if it ended, what can be resumed."""
    where = position or locate(definition, workflow.progress)
    answer = workflow_answer(workflow, definition, caller, where)
    answer["ask_next"] = [_ask(definition, found, caller) for found in ask_next(definition, workflow.progress, where)]
    is_to_confirm = answer["next"] is Next.CONFIRM
    answer["confirmation"] = confirmation_of(workflow, definition, where, caller) if is_to_confirm else None
    answer["resumable"] = _resumable(workflow, caller) if answer["next"] is Next.DONE else []
    is_heard = workflow.status in (Status.ACTIVE, Status.FINISHING, Status.COMPLETED)
    answer["say"] = say_answer(to_say(where, workflow.progress.said)) if is_heard else []
    return answer


def act_answer(done: Done, caller: Caller) -> dict[str, Any]:
    """Return what an act led to, with the workflow as it is now."""
    workflow = full_answer(done.workflow, done.definition, caller, done.decision.position)
    return {
        **report_answer(done.definition, done.decision, caller),
        "say": say_answer(done.decision.say),
        **{name: workflow[name] for name in SHARED},
        "workflow": workflow_part(workflow),
    }


def workflow_part(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return of one workflow in full what the answer of an act has in `workflow`."""
    return {name: part for name, part in answer.items() if name not in _BESIDE}


def start_answer(started: Started, caller: Caller) -> dict[str, Any]:
    """Return a workflow that was just started, what became of its prefill, and what was started for it."""
    first = started.prerequisite
    return {
        **full_answer(started.workflow, started.definition, caller, started.decision.position),
        "submission": report_answer(started.definition, started.decision, caller),
        "say": say_answer(started.decision.say),
        "started_prerequisite": {"id": first.pk, "template": first.template.name} if first else None,
    }


def say_answer(say: Iterable[Say]) -> list[dict[str, str]]:
    """Return what to tell the person now; each piece of information is said once."""
    return [{"step": told.step, "name": told.name, "text": told.text} for told in say]


def report_answer(definition: Definition, decision: Decision, caller: Caller) -> dict[str, Any]:
    """Return what became of everything in a submission."""
    report = decision.report
    # Where nothing was stored, a caller that sees masks could try one guess after the other.
    is_rejected = report.outcome is Outcome.REJECTED
    coerced = {found.field: shown(definition, found.field, found.sent, caller) for found in report.coerced}
    corrected = [
        {
            "field": found.field,
            "from": shown(definition, found.field, found.before, caller),
            "to": shown(definition, found.field, found.after, caller),
        }
        for found in report.corrected
    ]
    return {
        "outcome": report.outcome,
        "accepted": [_accepted(report, name, coerced) for name in report.accepted],
        "corrected": corrected,
        "rejected": [_rejected(found) for found in report.rejected],
        "ignored": [
            _ignored(found) for found in report.ignored if not (is_rejected and _tells(definition, found, caller))
        ],
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


def _accepted(report: Report, name: str, coerced: Mapping[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"field": name}
    if name in coerced:
        answer["coerced_from"] = coerced[name]
    if name in report.appended:
        answer["appended"] = list(report.appended[name])
    if name in report.removed:
        answer["removed"] = list(report.removed[name])
    return answer


def _rejected(found: Rejected) -> dict[str, Any]:
    named = {
        "field": found.field,
        "step": found.step,
        "path": found.path,
        "code": found.code,
        "message": found.message,
        "attempts": found.attempts,
    }
    return {name: value for name, value in named.items() if value is not None}


def _ignored(found: Ignored) -> dict[str, Any]:
    named = {
        "field": found.field,
        "step": found.step,
        "path": found.path,
        "reason": found.reason,
        "suggestion": found.suggestion,
    }
    return {name: value for name, value in named.items() if value is not None}


def _tells(definition: Definition, found: Ignored, caller: Caller) -> bool:
    """Tell whether this gives away what is stored of a field that is hidden from the caller."""
    return found.reason == "unchanged" and found.field is not None and is_masked(definition, found.field, caller)


def _ask(definition: Definition, found: Ask, caller: Caller) -> dict[str, Any]:
    hidden = definition.fields[found.field].choices_from is not None and is_masked(definition, found.field, caller)
    return {
        "field": found.field,
        "label": found.label,
        "step": found.step,
        "reason": found.why,
        "attempt": found.attempt,
        "ask": found.words,
        "hint": found.hint,
        "choices": [] if hidden else [{"value": value, "title": title} for value, title in found.choices],
    }


def _unmet(position: Position) -> list[dict[str, Any]]:
    return [{"step": unmet.step, "fields": list(unmet.fields), "message": unmet.message} for unmet in position.unmet]


def _waiting_for(workflow: Workflow, position: Position) -> list[str]:
    match workflow.status:
        case Status.CREATED:
            return list(workflow.unmet_prerequisites) or ["activation"]
        case Status.PAUSED:
            return ["resumption"]
        case Status.ACTIVE:
            return list(waiting_for(position))
        case _:
            return []


def _resumable(workflow: Workflow, caller: Caller) -> list[dict[str, Any]]:
    paused = Workflow.objects.visible_to(caller).paused_in(workflow.conversation_id).with_names()[:10]
    return [{"id": found.pk, "template": found.template.name, "paused_at": found.updated_at} for found in paused]


def _successor_id(workflow: Workflow) -> Any:
    # Only what is completed has handed over; asking the others would cost a query each.
    successor = getattr(workflow, "successor", None) if workflow.status == Status.COMPLETED else None
    return successor.pk if successor else None
