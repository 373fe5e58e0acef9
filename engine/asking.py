"""What to ask next, decided here for every surface: few fields at a time, what was refused or does not fit first."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from engine.choosing import narrowed
from engine.definition import Definition, Field
from engine.draft import untouchable
from engine.messages import choices
from engine.progress import Position, Progress, Status

MAX_ASKED = 3


class Why(StrEnum):
    """Why a field is asked."""

    CONTESTED = "contested"
    REFUSED = "refused"
    UNMET = "unmet"
    MISSING = "missing"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A field to ask: the author's words for this attempt, if there are any, and what can be chosen."""

    field: str
    label: str
    step: str | None
    why: Why
    attempt: int
    words: str | None
    """Filled in with what is known now, like the hint."""
    hint: str | None
    choices: tuple[tuple[Any, str], ...]


def ask_next(definition: Definition, progress: Progress, position: Position) -> tuple[Ask, ...]:
    """Return the one to three fields to ask now, the most urgent first; none if nothing is to be asked."""
    return tuple(islice(_asks(definition, progress, position), MAX_ASKED))


def to_ask(definition: Definition, progress: Progress, position: Position) -> tuple[Ask, ...]:
    """Return everything there is to ask now, the most urgent first.

    What no answer would count for is not asked: what is not the person's to give, and before its turn what is
    `x-ask-first`.
    """
    return tuple(_asks(definition, progress, position))


def ask(field: Field, why: Why, progress: Progress, position: Position) -> Ask:
    """Return how a field is asked now: the author's words for this attempt, and the choices there are."""
    field = narrowed(field, position.live)
    attempts = progress.attempts.get(field.name, 0)
    wordings, hint = field.schema.get("x-ask", ()), field.schema.get("description")
    step = next((step.id for step in position.steps if field.name in step.fields), None)
    entries = field.schema.get("items") if field.is_list else field.schema
    return Ask(
        field=field.name,
        label=field.label,
        step=step,
        why=why,
        attempt=attempts + 1,
        words=position.fill(wordings[min(attempts, len(wordings) - 1)]) if wordings else None,
        hint=position.fill(hint) if hint is not None else None,
        choices=tuple(choices(entries) or ()) if isinstance(entries, dict) else (),
    )


def _asks(definition: Definition, progress: Progress, position: Position) -> Iterator[Ask]:
    if progress.status is not Status.ACTIVE:
        return
    asked: dict[str, Why] = {}
    for name, why in _urgent(progress, position):
        asked.setdefault(name, why)
    for name, why in _of_the_current_step(definition, progress, position):
        asked.setdefault(name, why)
    for name, why in asked.items():
        if _would_count(definition, definition.fields[name], position):
            yield ask(definition.fields[name], why, progress, position)


def _would_count(definition: Definition, field: Field, position: Position) -> bool:
    is_theirs = untouchable(definition, position, field, is_prefill=False) is None
    return is_theirs and (not field.ask_first or position.was_asked(field.name))


def _urgent(progress: Progress, position: Position) -> Iterator[tuple[str, Why]]:
    """Return what was called into question, what was refused, and what does not fit together."""
    yield from ((name, Why.CONTESTED) for name in position.contested)
    yield from ((name, Why.REFUSED) for name in position.missing if progress.attempts.get(name))
    yield from ((name, Why.UNMET) for unmet in position.unmet for name in unmet.fields)


def _of_the_current_step(definition: Definition, progress: Progress, position: Position) -> Iterator[tuple[str, Why]]:
    """Return what the current step lacks; a step that is open without lacking an answer asks for its optional ones."""
    step = position.current_step
    if step is None or not position.asks(step):
        return
    live_fields = frozenset(position.live_fields)
    asked = [name for name in step.fields if name in live_fields]
    unanswered = [name for name in asked if name not in position.live]
    yield from ((name, Why.REFUSED) for name in unanswered if progress.attempts.get(name))
    yield from ((name, Why.MISSING) for name in unanswered if name in position.missing)
    if not any(definition.fields[name].required for name in asked):
        yield from ((name, Why.OPTIONAL) for name in unanswered)
