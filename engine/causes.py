"""What a change of other fields can do to some: everything that decides on a value, and on whether it counts."""

from collections import defaultdict
from collections.abc import Iterable

from engine.conditions import Condition, fields_of
from engine.definition import Definition, Step


def inputs_of(definition: Definition, step: Step) -> tuple[str, ...]:
    """Return the fields of which the request of a step with an action can be made."""
    if step.action is not None and step.action.inputs:
        return step.action.inputs
    earlier = definition.steps[: definition.steps.index(step)]
    asked = {*definition.loose_fields, *(name for before in earlier for name in before.fields)}
    computed = (name for name, sources in definition.sources.items() if asked.issuperset(sources))
    return (*asked, *computed)


def causes(definition: Definition, names: Iterable[str]) -> frozenset[str]:
    """Return these fields and all others that can change their live values, directly or by way of others.

    That is: what they are computed from, what they depend on, what is asked in the conditions under which they and
    their steps apply, and, where an action finds them out, what its request is made of.
    """
    asking: defaultdict[str, list[Step]] = defaultdict(list)
    for step in definition.steps:
        for name in step.fields:
            asking[name].append(step)
    found: dict[str, None] = dict.fromkeys(names)
    waiting = list(found)
    while waiting:
        name = waiting.pop()
        field = definition.fields[name]
        behind = [*definition.sources.get(name, ()), *field.depends_on, *_looked_at(field.when)]
        for step in asking[name]:
            behind += _looked_at(step.when)
            behind += inputs_of(definition, step) if step.action is not None else ()
        new = dict.fromkeys(part for part in behind if part not in found)
        found |= new
        waiting += new
    return frozenset(found)


def causes_of_request(definition: Definition, step: Step) -> frozenset[str]:
    """Return the fields that can change what the request of a step is made of, or bring the step back."""
    return causes(definition, (*inputs_of(definition, step), *_looked_at(step.when)))


def _looked_at(condition: Condition | None) -> tuple[str, ...]:
    return fields_of(condition) if condition is not None else ()
