"""What stands on a form now: the questions, what is in their inputs already, and what is wrong with that. Pure.

It decides nothing: what the engine says is only put side by side.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.asking import Why, ask, to_ask
from engine.choosing import narrowed
from engine.definition import Definition, Field
from engine.draft import untouchable
from engine.progress import Position, Progress, Status, Unmet
from engine.report import Report

# Why an answer changed nothing, where that is news to the person who gave it.
IGNORED: Mapping[str, str] = {
    "nothing_to_choose_from": "There is nothing to choose from yet, so this does not count.",
    "not_asked_yet": "This counts only in answer to its own question, and was not asked yet.",
    "placeholder": "This reads like a blank that nobody filled in, so it does not count.",
}

_ASKED_AGAIN: Mapping[Why | None, str] = {
    Why.CONTESTED: "Asked again, because a later answer to it was refused.",
    Why.REFUSED: "Asked again, because the answer was refused.",
    Why.UNMET: "Asked again, because the answers do not fit together.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A field to answer now: as it is asked, what stands in its input, and what is wrong with that."""

    field: Field
    """With the choices that there are now."""
    value: Any = None
    words: str | None = None
    """The author's words for this attempt."""
    hint: str = ""
    """The help that the author wrote."""
    why: Why | None = None
    messages: tuple[str, ...] = ()
    note: str = ""
    """What a page has to say about what is stored."""
    is_secret: bool = False
    """Whether what is typed is never sent back, not even to who typed it."""
    can_be_none: bool = False
    """Whether "none" is an answer of its own: to leave a list empty is no answer yet."""

    @property
    def again(self) -> str:
        """Why it is asked once more; empty if it is not."""
        return _ASKED_AGAIN.get(self.why, "")


def asked_now(definition: Definition, progress: Progress, position: Position) -> Mapping[str, Why | None]:
    """Return the fields that stand on the form of the current step: what is asked again of others comes first."""
    asked = {found.field: found.why for found in to_ask(definition, progress, position)}
    step = position.current_step
    elsewhere = (name for name in asked if step is None or name not in step.fields)
    names = (*elsewhere, *_of_current_step(definition, progress, position))
    return {name: asked.get(name) for name in names}


def question_of(
    definition: Definition,
    progress: Progress,
    position: Position,
    name: str,
    *,
    value: Any,
    report: Report,
    why: Why | None = None,
) -> Question:
    """Return a field as it is asked now, with what stands in its input and what became of the answer before."""
    field = definition.fields[name]
    asked = ask(field, why or Why.OPTIONAL, progress, position)
    return Question(
        field=narrowed(field, position.live),
        value=value,
        words=asked.words,
        hint=asked.hint or "",
        why=why,
        messages=messages_about(name, report, position.unmet),
        can_be_none=can_be_none(definition, name),
    )


def can_be_none(definition: Definition, name: str) -> bool:
    """Tell whether a field may be answered with an empty list."""
    return definition.fields[name].is_list and definition.state_schema.admits(name, [])


def messages_about(name: str, report: Report, unmet: Iterable[Unmet]) -> tuple[str, ...]:
    """Return what is wrong with the answer of a field, nothing twice."""
    refused = [found.message for found in report.rejected if found.field == name]
    mine = (found.reason for found in report.ignored if found.field == name)
    ignored = [IGNORED[reason] for reason in mine if reason in IGNORED]
    broken = [found.message for found in unmet if name in found.fields]
    return tuple(dict.fromkeys((*refused, *ignored, *broken)))


def can_answer(definition: Definition, progress: Progress, position: Position, name: str) -> bool:
    """Tell whether a field of this name is the person's to give or to change as things stand."""
    field = definition.fields.get(name)
    if field is None or progress.status is not Status.ACTIVE:
        return False
    return untouchable(definition, position, field, is_prefill=False) is None


def _of_current_step(definition: Definition, progress: Progress, position: Position) -> Iterator[str]:
    step = position.current_step
    if step is None or not position.asks(step):
        return
    for name in step.fields:
        if name in position.live_fields and can_answer(definition, progress, position, name):
            yield name
