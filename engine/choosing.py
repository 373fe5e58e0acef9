"""Choices out of a collected list (`x-choices`): what can be chosen depends on what was found out before."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.conditions import key_of
from engine.definition import ChoicesFrom, Field
from engine.messages import choices


def narrowed(field: Field, values: Mapping[str, Any]) -> Field:
    """Return the field with the choices there are now; a field whose choices are no collected list stays as it is."""
    if field.choices_from is None:
        return field
    options = [{"const": value, "title": title} for value, title in _offered(field.choices_from, values)]
    schema = field.schema
    if field.is_list:
        items = schema.get("items")
        entry = {**(items if isinstance(items, Mapping) else {}), "oneOf": options}
        return replace(field, schema={**schema, "items": entry})
    return replace(field, schema={**schema, "oneOf": options})


def has_choices(field: Field) -> bool:
    """Tell whether there is something to choose for a narrowed field."""
    return bool(_choices(field))


def is_offered(field: Field, value: Any) -> bool:
    """Tell whether a value of a narrowed field, or every entry of it, is one of the choices."""
    if field.choices_from is None:
        return True
    offered = {key_of(choice) for choice, _ in _choices(field)}
    return all(key_of(entry) in offered for entry in (value if isinstance(value, list) else [value]))


def titles(field: Field) -> list[str]:
    """Return what people read of the choices of a narrowed field."""
    return [title for _, title in _choices(field)]


def _choices(field: Field) -> list[tuple[Any, str]]:
    schema = field.schema["items"] if field.is_list else field.schema
    return list(choices(schema) or ())


def _offered(source: ChoicesFrom, values: Mapping[str, Any]) -> list[tuple[Any, str]]:
    found = values.get(source.ref)
    offered = []
    for entry in found if isinstance(found, list) else ():
        if source.value is None:
            offered.append((entry, str(entry)))
        elif isinstance(entry, dict) and source.value in entry:
            value = entry[source.value]
            offered.append((value, str(entry.get(source.label or source.value, value))))
    return offered
