"""Who sees a sensitive value: callers with the right to, and nobody else."""

from collections.abc import Mapping
from typing import Any

from engine.definition import Definition
from permissions.policy import may_see_sensitive
from rest.callers import Caller

MASK = "***"


def is_masked(definition: Definition, name: str, caller: Caller) -> bool:
    """Tell whether a field's value is hidden from a caller."""
    if definition.fields[name].sensitive is None:
        return False
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
