"""What a model gave, as the author's schema means it: a null that only says "not given" is nothing.

Where a dialect wants every argument, models say null for what there is nothing to say of; others do so unasked.
"""

from collections.abc import Mapping
from typing import Any

from engine.schema import compile_schema


def restore(value: Any, schema: Any) -> Any:
    """Return a value without the nulls that the schema has no use for: of optional members that cannot be null.

    What stands in a union stays as it is: which of its schemas was meant is not ours to say.
    """
    if not isinstance(schema, Mapping):
        return value
    match value:
        case Mapping():
            return {name: part for name, given in value.items() for part in _member(name, given, schema)}
        case list():
            return [restore(entry, schema.get("items")) for entry in value]
        case _:
            return value


def admits_null(schema: Any) -> bool:
    """Tell whether null is a value here."""
    return bool(compile_schema({"allOf": [schema]}).is_valid(None))


def _member(name: str, given: Any, schema: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the one value of a member, or none."""
    known = schema.get("properties", {}).get(name, schema.get("additionalProperties", True))
    if given is None and name not in schema.get("required", ()) and isinstance(known, Mapping):
        return (given,) if admits_null(known) else ()
    return (restore(given, known),)
