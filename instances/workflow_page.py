"""One workflow as the admin shows it: where it stands and what was collected, in words, sensitive values masked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from engine.action_runs import failed_step
from engine.acts import Act, is_allowed
from engine.definition import NOTHING, Definition
from engine.filling import words
from engine.progress import Position, Status, locate
from engine.summary import summary
from engine.workflow import Next
from events.models import Event
from instances.answers import workflow_answer
from instances.event_words import actor_of, in_order, source_words, words_of
from instances.masking import MASK, is_masked, without_hidden
from instances.models import Workflow
from registry.definitions import definition_of
from rest.callers import Caller

EVENTS = 50

_STATUS: Mapping[str, str] = {
    Status.CREATED: "created, and not begun",
    Status.ACTIVE: "active",
    Status.PAUSED: "paused",
    Status.FINISHING: "finishing: all is collected, and what happens at the end is under way",
    Status.COMPLETED: "completed",
    Status.FAILED: "failed: all that was collected is kept",
    Status.CANCELLED: "cancelled",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something with its name, in words; of a value also where it came from."""

    label: str
    words: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A line of the timeline."""

    event: Event
    words: str
    actor: str


def page_of(workflow: Workflow, caller: Caller, *, page: str | None) -> dict[str, Any]:
    """Return what the page of a workflow shows to a caller; `page` is that of the timeline."""
    definition = definition_of(workflow.version_id)
    progress = workflow.progress
    position = locate(definition, progress)
    parked = {name: value for name, value in progress.values.items() if name not in position.live}
    return {
        "workflow": workflow,
        "standing": standing(workflow, definition, position, caller),
        "values": _values(workflow, definition, position, caller),
        "parked": _lines(definition, parked, caller, workflow.sources),
        "previous": _lines(definition, progress.previous, caller),
        "refused": [
            Line(label=_label(definition, name), words=str(times))
            for name, times in _ordered(definition, workflow.attempts)
        ],
        "result": _result(workflow, definition, position, caller),
        "timeline": timeline(workflow, definition, page),
        "may_be_cancelled": is_allowed(Act.CANCEL, Status(workflow.status)),
        "may_be_retried": may_be_retried(workflow, position),
    }


def may_be_retried(workflow: Workflow, position: Position | None = None) -> bool:
    """Tell whether something failed that can be asked for again."""
    if workflow.status != Status.ACTIVE:
        return is_allowed(Act.RETRY, Status(workflow.status))
    return bool(failed_step(position or locate(definition_of(workflow.version_id), workflow.progress)))


def standing(workflow: Workflow, definition: Definition, position: Position, caller: Caller) -> list[Line]:
    """Return where a workflow stands, what is missing and what it waits for; what there is not is left out."""
    answer = workflow_answer(workflow, definition, caller, position)
    current = [workflow.current_step] if workflow.current_step in definition.steps_by_id else []
    failure = workflow.failure or {}
    told = {
        "Status": _STATUS[workflow.status],
        "Outcome": workflow.outcome,
        "Reason": workflow.reason,
        "Why it failed": f"{failure.get('reason', '')} ({failure['code']})" if failure else "",
        "Current step": _steps(definition, position, current),
        "Waits for": _waits_for(workflow, definition, position, answer),
        "Missing": _labels(definition, answer["missing"]),
        "In question": _labels(definition, answer["contested"]),
        "Does not fit together": " ".join(unmet["message"] for unmet in answer["unmet"]),
        "Skipped": _steps(definition, position, workflow.skipped_steps),
    }
    told |= {
        f"Found out by itself: {_steps(definition, position, [step_id])}": f"{done['status']} {done['reason']}".strip()
        for step_id, done in answer["actions"].items()
    }
    return [Line(label=label, words=said) for label, said in told.items() if said]


def timeline(workflow: Workflow, definition: Definition, page: str | None) -> Page[Happening]:
    """Return a page of what happened, newest first."""
    events: Page[Event] = Paginator(Event.objects.latest_of(workflow.pk), EVENTS).get_page(page)
    told = [Happening(event=event, words=words_of(definition, event), actor=actor_of(event)) for event in events]
    return Page(told, events.number, events.paginator)  # type: ignore[arg-type]  # pages of other things, counted alike


def _waits_for(workflow: Workflow, definition: Definition, position: Position, answer: Mapping[str, Any]) -> str:
    match answer["next"]:
        case Next.COLLECT:
            return "answers of the person"
        case Next.CONFIRM:
            return "the person to confirm"
        case Next.FINISHING:
            return "what happens at the end to be done"
        case Next.DONE:
            return ""
        case _:
            return _holds_it_up(workflow, definition, position, answer["waiting_for"])


def _holds_it_up(workflow: Workflow, definition: Definition, position: Position, waiting_for: list[str]) -> str:
    if workflow.status == Status.PAUSED:
        return "somebody to resume it"
    if workflow.status == Status.ACTIVE:
        return f"an answer to the step {_steps(definition, position, waiting_for)}"
    named = ", ".join(workflow.unmet_prerequisites)
    return f"{named} to be completed first" if named else "its turn in the conversation"


def _values(workflow: Workflow, definition: Definition, position: Position, caller: Caller) -> list[Line]:
    return [
        Line(
            label=line.label,
            words=MASK if is_masked(definition, line.field, caller) else line.words,
            source=source_words(workflow.sources.get(line.field, "")),
        )
        for line in summary(definition, position)
    ]


def _lines(
    definition: Definition, values: Mapping[str, Any], caller: Caller, sources: Mapping[str, str] = NOTHING
) -> list[Line]:
    """Return values that do not count, in words."""
    return [
        Line(
            label=_label(definition, name),
            words=MASK if is_masked(definition, name, caller) else words(definition.fields[name].schema, value),
            source=source_words(sources.get(name, "")),
        )
        for name, value in _ordered(definition, values)
    ]


def _result(workflow: Workflow, definition: Definition, position: Position, caller: Caller) -> list[Line]:
    """Return what the end action came back with; what it echoes of hidden values is masked, those set aside too."""
    progress = workflow.progress
    known = {**progress.previous, **progress.values, **position.live}
    result = without_hidden(definition, known, workflow.result, caller)
    if result is None:
        return []
    parts = result.items() if isinstance(result, dict) else [("Answer", result)]
    return [Line(label=str(name), words=words({}, part)) for name, part in parts]


def _ordered(definition: Definition, values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, values[name]) for name in in_order(definition, values)]


def _label(definition: Definition, name: str) -> str:
    return definition.fields[name].label


def _labels(definition: Definition, names: Iterable[str]) -> str:
    return ", ".join(_label(definition, name) for name in names)


def _steps(definition: Definition, position: Position, ids: Iterable[str]) -> str:
    return ", ".join(position.fill(definition.steps_by_id[step_id].name) for step_id in ids)
