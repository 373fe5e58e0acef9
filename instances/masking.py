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


def all_shown(definition: Definition, values: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Return values as a caller may see them."""
    return {name: shown(definition, name, value, caller) for name, value in values.items()}
