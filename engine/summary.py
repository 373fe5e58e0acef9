"""What was collected, in the words people know it by: the lines a person is asked to confirm."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.choosing import narrowed
from engine.definition import Definition, Step
from engine.filling import words
from engine.progress import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One live answer: the value as stored, and as people read it."""

    field: str
    label: str
    value: Any
    words: str


def summary(definition: Definition, position: Position) -> tuple[Line, ...]:
    """Return the live answers in the order in which they are asked, computed ones right after their last input."""
    return _lines(definition, position, position.live)


def summary_of_inputs(definition: Definition, position: Position, step: Step) -> tuple[Line, ...]:
    """Return likewise the answers of which the request of a step is made."""
    inputs = position.inputs[step.id]
    return _lines(definition, position, {name: value for name, value in position.live.items() if name in inputs})


def _lines(definition: Definition, position: Position, values: Mapping[str, Any]) -> tuple[Line, ...]:
    return tuple(
        Line(
            field=name,
            label=definition.fields[name].label,
            value=value,
            words=words(narrowed(definition.fields[name], position.live).schema, value),
        )
        for name, value in values.items()
    )
