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
        elif not step.fields and step.action is None and step.id not in already:
            told.append(_say(position, step, step.description))
        if step == position.current_step:
            break
    return tuple(told)


def _say(position: Position, step: Step, text: str) -> Say:
    return Say(step=step.id, name=position.fill(step.name), text=position.fill(text))


def said(already: Set[str], say: Iterable[Say]) -> frozenset[str]:
    """Return the steps whose information was said by now."""
    return frozenset(already).union(told.step for told in say)
