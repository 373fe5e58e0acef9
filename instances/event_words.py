"""The events of a workflow in words, for people who read its timeline. No word of it is a value that somebody gave."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.definition import Definition
from engine.filling import with_labels
from engine.sources import Source
from events.models import Event

# What is said of an event, with what its data has of these: the name of its step, the reason, the outcome.
_SENTENCES: Mapping[str, str] = {
    "workflow.created": "Started.",
    "workflow.activated": "Began.",
    "workflow.paused": "Paused. {reason}",
    "workflow.resumed": "Resumed.",
    "workflow.retried": "Tried again.",
    "workflow.confirmed": "The person confirmed.",
    "workflow.metadata_changed": "The client changed what it notes.",
    "workflow.step_completed": "The step is done: {step}",
    "workflow.action_requested": "Asked for what answers the step: {step}.",
    "workflow.action_completed": "An answer came for the step: {step}.",
    "workflow.action_failed": "No usable answer came for the step: {step}. {reason}",
    "workflow.action_outdated": "An answer came that nobody waited for any more, for the step: {step}.",
    "workflow.end_action_requested": "Asked for what happens at the end.",
    "workflow.completed": "Completed. Outcome: {outcome}.",
    "workflow.failed": "Failed. {reason}",
    "workflow.cancelled": "Cancelled. {reason}",
    "workflow.expired": "Cancelled, for nobody came back.",
}

# What a submission did to fields and to steps, in the order in which it is told.
_SUBMITTED: Mapping[str, str] = {
    "set": "Answered",
    "cleared": "Cleared",
    "appended": "Added to",
    "removed": "Taken out of",
    "contested": "In question",
    "invalidated": "Taken out, for another answer changed",
    "parked": "Set aside",
    "restored": "Counts again",
}
_SUBMITTED_STEPS: Mapping[str, str] = {
    "skipped": "Skipped",
    "acknowledged": "Read",
    "outdated_actions": "To be asked for anew",
}

_SOURCES: Mapping[str, str] = {
    Source.CLIENT: "from the client",
    Source.USER: "from the person",
    Source.LLM: "from a model",
    Source.OPERATOR: "from an operator",
    Source.PREFILL: "there from the start",
    Source.ACTION: "found out by the server",
}

_ACTORS: Mapping[str, str] = {"key": "API key {}", "user": "{}", "admin": "{}", "command": "the command {}"}


def words_of(definition: Definition, event: Event) -> str:
    """Return what an event says; of a type that is not known here, its name."""
    if event.type == "workflow.submitted":
        done = " ".join(_submitted(definition, event.data)) or "Nothing changed."
        source = source_words(event.data.get("source", ""))
        return f"{done} {source[:1].upper()}{source[1:]}." if source else done
    data: Mapping[str, Any] = event.data
    step = _step(definition, data.get("step") or "")
    sentence = _SENTENCES.get(event.type, event.type)
    told = sentence.format(step=step, reason=data.get("reason", ""), outcome=data.get("outcome", "")).strip()
    return " ".join((told, *_besides(definition, data)))


def source_words(source: str) -> str:
    """Return where a value came from; of a source that is not known here, nothing."""
    return _SOURCES.get(source, "")


def actor_of(event: Event) -> str:
    """Return who did it, as people call them."""
    kind, is_named, name = event.actor.partition(":")
    return _ACTORS.get(kind, "{}").format(name if is_named and kind in _ACTORS else event.actor)


def in_order(definition: Definition, names: Iterable[str]) -> list[str]:
    """Return names of fields as they are asked, others after them: what is stored as an object keeps no order."""
    places = {name: place for place, name in enumerate(definition.asked_fields)}
    return sorted(names, key=lambda name: (places.get(name, len(places)), name))


def _submitted(definition: Definition, data: Mapping[str, Any]) -> Iterator[str]:
    corrected = data.get("corrected", ())
    for key, word in _SUBMITTED.items():
        names = [name for name in data.get(key, ()) if not (key == "set" and name in corrected)]
        if names:
            yield f"{word}: {_names(definition, names)}."
    if corrected:
        yield f"Corrected: {_names(definition, corrected)}."
    for key, word in _SUBMITTED_STEPS.items():
        if data.get(key):
            yield f"{word}: {_steps(definition, data[key])}."
    yield from _refused(definition, data.get("rejected", ()))


def _besides(definition: Definition, data: Mapping[str, Any]) -> Iterator[str]:
    """Return what the start of a workflow tells besides: what was not taken over, and what must be completed first."""
    yield from _refused(definition, data.get("refused", ()))
    if data.get("waiting_for"):
        yield f"First to be completed: {', '.join(data['waiting_for'])}."


def _refused(definition: Definition, refused: Iterable[Mapping[str, str]]) -> Iterator[str]:
    named = dict.fromkeys(found["at"] if "at" in found else found["field"] for found in refused)
    if named:
        yield f"Refused: {_names(definition, named)}."


def _names(definition: Definition, names: Iterable[str]) -> str:
    """Return labels of fields; what is none is the id of a step, or stands for itself."""
    fields = definition.fields
    return ", ".join(
        fields[name].label if name in fields else _step(definition, name) for name in in_order(definition, names)
    )


def _steps(definition: Definition, ids: Iterable[str]) -> str:
    return ", ".join(_step(definition, step_id) for step_id in ids)


def _step(definition: Definition, step_id: str) -> str:
    step = definition.steps_by_id.get(step_id)
    return with_labels(step.name, definition.label) if step else step_id
