"""The members of a context that follow from definition, progress and position."""

from collections.abc import Iterable
from typing import Any

from conversations.briefing.facts import Around
from engine.asking import Ask, ask_next
from engine.definition import Definition, Field
from engine.progress import ENDED, Position, Progress
from engine.report import Rejected
from engine.saying import Say
from engine.schema import types_of
from engine.summary import summary

type Entry = dict[str, Any]


def progress_member(definition: Definition, progress: Progress, position: Position) -> Entry:
    """Return how much of what is required is there, and which step of how many this is."""
    filled = sum(definition.fields[name].required for name in position.live_fields if name in position.live)
    current = None if progress.status in ENDED else position.current_step
    step = {"index": position.steps.index(current) + 1, "of": len(position.steps)} if current else None
    return {"required_total": filled + len(position.missing), "required_filled": filled, "step": step}


def current_step(progress: Progress, position: Position) -> Entry | None:
    """Return the step at which a workflow stands, if it has not ended."""
    step = position.current_step
    if step is None or progress.status in ENDED:
        return None
    return {"id": step.id, "name": position.fill(step.name), "description": position.fill(step.description)}


def asked(definition: Definition, progress: Progress, position: Position, around: Around) -> list[Entry]:
    """Return what to ask next."""
    return [_ask(definition.fields[found.field], found, around) for found in ask_next(definition, progress, position)]


def _ask(field: Field, found: Ask, around: Around) -> Entry:
    is_hidden = field.choices_from is not None and field.name in around.hidden
    entry: Entry = {
        "field": found.field,
        "label": found.label,
        "step": found.step,
        "type": type_of(field),
        "ask": found.words,
        "hint": found.hint,
        "choices": [] if is_hidden else [{"value": value, "title": title} for value, title in found.choices],
        "unit": field.schema.get("x-unit"),
        "attempt": found.attempt,
        "reason": str(found.why),
    }
    return {**entry, **_sensitivity(field)}


def missing(definition: Definition, position: Position) -> list[Entry]:
    """Return what is required and still to be found out."""
    return _named((definition.fields[name] for name in position.missing), position)


def optional(definition: Definition, position: Position) -> list[Entry]:
    """Return what could be given and need not be."""
    unanswered = (definition.fields[name] for name in position.live_fields if name not in position.live)
    found_out = definition.steps_of_actions
    offered = (field for field in unanswered if not (field.required or field.read_only or field.name in found_out))
    return _named(offered, position)


def filled(definition: Definition, progress: Progress, position: Position, around: Around) -> dict[str, Entry]:
    """Return what was collected, in the order in which it is asked; of a hidden value, that it is there."""
    steps = _steps_of(position)
    found: dict[str, Entry] = {}
    for line in summary(definition, position):
        value: Entry = {"value": line.value, "words": line.words}
        if line.field in around.hidden:
            value = {"provided": True}
        if line.field in progress.item_ids:
            value["ids"] = list(progress.item_ids[line.field])
        found[line.field] = {
            "label": line.label,
            **value,
            "source": progress.sources.get(line.field),
            "step": steps.get(line.field),
            **_sensitivity(definition.fields[line.field]),
        }
    return found


def rejected(
    definition: Definition, progress: Progress, position: Position, refused: Iterable[Rejected]
) -> list[Entry]:
    """Return what was refused just now, with the reason, and what was refused before and is not settled yet."""
    now = [_rejected(definition, found) for found in refused]
    told = {entry.get("field") for entry in now}
    before = (
        name
        for name in position.live_fields
        if name in position.contested or (name not in position.live and progress.attempts.get(name))
    )
    return now + [
        {"field": name, "label": definition.fields[name].label, "attempts": progress.attempts.get(name, 0)}
        for name in before
        if name not in told
    ]


def _rejected(definition: Definition, found: Rejected) -> Entry:
    field = definition.fields.get(found.field or "")
    entry = {
        "field": found.field,
        "label": field.label if field else None,
        "step": found.step,
        "path": found.path,
        "attempts": found.attempts,
        "code": found.code,
        "message": found.message,
    }
    return {name: value for name, value in entry.items() if value is not None}


def unmet(position: Position) -> list[Entry]:
    """Return the rules that do not hold yet."""
    return [{"step": one.step, "fields": list(one.fields), "message": one.message} for one in position.unmet]


def said(say: Iterable[Say]) -> list[Entry]:
    """Return what to tell the person now."""
    return [{"step": told.step, "name": told.name, "text": told.text} for told in say]


def type_of(field: Field) -> str:
    """Return what kind of value a field takes, in one word: the format of a text says more than that it is one."""
    kinds = types_of(field.schema)
    if kinds == ("string",):
        return str(field.schema.get("format", "string"))
    return " or ".join(kinds) or "any"


def _named(fields: Iterable[Field], position: Position) -> list[Entry]:
    steps = _steps_of(position)
    return [{"field": field.name, "label": field.label, "step": steps.get(field.name)} for field in fields]


def _steps_of(position: Position) -> dict[str, str]:
    """Return the step in which each field is asked: the first one."""
    return {name: step.id for step in reversed(position.steps) for name in step.fields}


def _sensitivity(field: Field) -> Entry:
    return {"sensitive": str(field.sensitive)} if field.sensitive is not None else {}
