"""Who sees a sensitive value: callers with the right to, and nobody else; of `never_llm` ones no model, ever."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from engine.definition import Definition, Sensitivity
from permissions.policy import may_see_sensitive
from rest.callers import Caller

MASK = "***"
SHORTEST_TELLING = 4


def is_masked(definition: Definition, name: str, caller: Caller) -> bool:
    """Tell whether a field's value is hidden from a caller."""
    sensitive = definition.fields[name].sensitive
    if sensitive is None:
        return False
    if sensitive is Sensitivity.NEVER_LLM and caller.is_model:
        return True
    return not may_see_sensitive(scopes=caller.scopes, permissions=caller.permissions)


def shown(definition: Definition, name: str, value: Any, caller: Caller) -> Any:
    """Return a value as a caller may see it."""
    return MASK if is_masked(definition, name, caller) else value


def sent_back(definition: Definition, values: Mapping[str, Any], caller: Caller) -> frozenset[str]:
    """Return the fields whose value is the mask under which this caller sees them, and so no value of theirs."""
    return frozenset(
        name
        for name, value in values.items()
        if value == MASK and name in definition.fields and is_masked(definition, name, caller)
    )


def all_shown(definition: Definition, values: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Return values as a caller may see them."""
    return {name: shown(definition, name, value, caller) for name, value in values.items()}


def without_hidden(definition: Definition, live: Mapping[str, Any], value: Any, caller: Caller) -> Any:
    """Return what came back from outside, in which hidden values that it echoes are masked, parts of them too.

    Only texts and numbers of some length are looked for: a yes or a 3 says nothing of where it comes from.
    """
    secret = {name: found for name, found in live.items() if is_masked(definition, name, caller)}
    parts = [part for name, found in secret.items() for part in _parts(found, definition.fields[name].schema)]
    hidden = {form for part in parts if _tells(part) for form in _forms(part)}
    longest_first = sorted(hidden, key=lambda form: (-len(form), form))
    return _masked(value, dict.fromkeys(longest_first)) if hidden else value


def _parts(value: Any, schema: Any) -> Iterator[Any]:
    """Yield the texts and numbers that a value consists of, and its keys but for those that the author spelt out."""
    within = schema if isinstance(schema, Mapping) else {}
    match value:
        case dict():
            declared = within.get("properties", {})
            yield from value.keys() - declared.keys()
            for name, part in value.items():
                yield from _parts(part, declared.get(name))
        case list():
            for part in value:
                yield from _parts(part, within.get("items"))
        case _:
            yield value


def _forms(value: Any) -> Iterator[str]:
    """Yield a value as it may be written: to some databases, 5000.0 and 5000 are the same."""
    yield str(value)
    if isinstance(value, float) and value.is_integer():
        yield str(int(value))
    elif isinstance(value, int):
        yield str(float(value))


def _tells(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and len(str(value)) >= SHORTEST_TELLING


def _masked(value: Any, hidden: Collection[str]) -> Any:
    match value:
        case str():
            for found in hidden:
                value = value.replace(found, MASK)
            return value
        case dict():
            return {_masked(name, hidden): _masked(part, hidden) for name, part in value.items()}
        case list():
            return [_masked(part, hidden) for part in value]
        case _:
            return MASK if str(value) in hidden and not isinstance(value, bool) else value
