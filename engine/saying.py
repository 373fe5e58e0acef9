"""What the person is told without being asked: information on the way, each once, and the message of an ending."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from engine.progress import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Something to tell: the step it belongs to, its name, and the words."""

    step: str
    name: str
    text: str


def to_say(position: Position, already: Set[str]) -> tuple[Say, ...]:
    """Return the information that the workflow has come to and that was not said yet, the current step's included."""
    told: list[Say] = []
    for step in position.steps:
        if step.ending is not None:
            told.append(Say(step=step.id, name=step.name, text=step.ending.message or step.description))
        elif not step.fields and step.action is None and step.id not in already:
            told.append(Say(step=step.id, name=step.name, text=step.description))
        if step == position.current_step:
            break
    return tuple(told)


def said(already: Set[str], say: Iterable[Say]) -> frozenset[str]:
    """Return the steps whose information was said by now."""
    return frozenset(already).union(told.step for told in say)
