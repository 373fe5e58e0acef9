"""Which fields and steps of a definition a model may name, each in the order in which people meet it."""

from collections.abc import Iterator

from engine.actions import OnFailure
from engine.definition import Definition, Field, Sensitivity, Step


def fields(definition: Definition) -> tuple[Field, ...]:
    """Return the fields that a person may answer through a model."""
    asked = (definition.fields[name] for name in definition.asked_fields)
    return tuple(field for field in asked if _is_answerable(definition, field))


def skippable(definition: Definition) -> tuple[Step, ...]:
    """Return the steps that may be left out."""
    return tuple(step for step in definition.steps if not step.required and step.fields and step.ending is None)


def acknowledgeable(definition: Definition) -> tuple[Step, ...]:
    """Return the steps that may be complete without an answer, by having been read."""
    return tuple(step for step in definition.steps if _demands_nothing(definition, step))


def asks_for_confirmation(definition: Definition) -> bool:
    """Tell whether anything in it is confirmed by the person."""
    return definition.must_confirm or any(step.action.must_confirm for step in definition.steps if step.action)


def _is_answerable(definition: Definition, field: Field) -> bool:
    step = definition.steps_of_actions.get(field.name)
    return (
        field.computed is None
        and not field.read_only
        and field.sensitive is not Sensitivity.NEVER_LLM
        and (step is None or step.action is None or step.action.on_failure is OnFailure.ASK)
    )


def _demands_nothing(definition: Definition, step: Step) -> bool:
    if step.ending is not None or step.action is not None:
        return False
    return not any(_always_required(definition, step)) and bool(step.required or step.fields)


def _always_required(definition: Definition, step: Step) -> Iterator[bool]:
    return (definition.fields[name].required and definition.fields[name].when is None for name in step.fields)
