"""What the person is told without being asked: information on the way, each once, and the message of an ending."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from engine.definition import Step
from engine.progress import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Something to tell: the step it belongs to, its name, and the words, filled in with what is known."""

    step: str
    name: str
    text: str


def to_say(position: Position, already: Set[str]) -> tuple[Say, ...]:
    """Return the information that the workflow has come to and that was not said yet, the current step's included."""
    told: list[Say] = []
    for step in position.steps:
        if step.ending is not None:
            told.append(_say(position, step, step.ending.message or step.description))
        elif _is_information(step) and step.id not in already:
            told.append(_say(position, step, step.description))
        if step == position.current_step:
            break
    return tuple(told)


def was_said(position: Position, already: Set[str]) -> tuple[Say, ...]:
    """Return the information that was said already, to whom it may concern that was not there when it was."""
    return tuple(
        _say(position, step, step.description)
        for step in position.steps
        if _is_information(step) and step.id in already
    )


def leading_to(position: Position) -> frozenset[str]:
    """Return the steps of the information that leads to the current step, or to the end, and is not acknowledged.

    It is what is read right before that step on paper: what was to be answered or acknowledged in between ends it.
    """
    leading: list[str] = []
    for step in position.steps:
        if step == position.current_step:
            break
        if _is_information(step) and not step.required:
            leading.append(step.id)
        elif position.asks(step):
            leading.clear()
    return frozenset(leading)


def _is_information(step: Step) -> bool:
    return step.ending is None and not step.fields and step.action is None


def _say(position: Position, step: Step, text: str) -> Say:
    return Say(step=step.id, name=position.fill(step.name), text=position.fill(text))


def said(already: Set[str], say: Iterable[Say]) -> frozenset[str]:
    """Return the steps whose information was said by now."""
    return frozenset(already).union(told.step for told in say)
