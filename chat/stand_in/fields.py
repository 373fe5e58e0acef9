"""What a tool's schema says about the values it takes. Pure."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What is looked for in what somebody says."""

    NUMBER = "number"
    YES_NO = "yes_no"
    DATE = "date"
    EMAIL = "email"
    CHOICE = "choice"
    CHOICES = "choices"
    CODE = "code"  # a text in a certain form, such as a time, a phone number, or the number of an order
    TEXT = "text"
    OTHER = "other"  # what these rules cannot find


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One value that a tool takes; of choices, pairs of the value and how people call it."""

    name: str
    label: str
    kind: Kind
    choices: tuple[tuple[Any, str], ...] = ()
    is_list: bool = False


def fields_of(schema: Mapping[str, Any]) -> dict[str, Field]:
    """Return the fields of an object's schema, by name."""
    return {name: _field(name, found) for name, found in schema.get("properties", {}).items()}


def called(field: Field, row: Mapping[str, Any]) -> Field:
    """Return a field with the label and the titles that people know, from what the prompt says of it."""
    choices = tuple((one["value"], one["title"]) for one in row.get("choices") or ())
    if not choices:
        return replace(field, label=row.get("label") or field.label)
    kind = Kind.CHOICES if field.is_list else Kind.CHOICE
    return replace(field, label=row.get("label") or field.label, kind=kind, choices=choices)


def _field(name: str, schema: Mapping[str, Any]) -> Field:
    types = schema.get("type", ())
    types = {types} if isinstance(types, str) else set(types)
    is_list = "array" in types
    choices = tuple(_choices(schema.get("items") or {} if is_list else schema))
    of_choices = Kind.CHOICES if is_list else Kind.CHOICE
    return Field(
        name=name,
        label=name.replace("_", " "),
        kind=of_choices if choices else _kind(types, schema),
        choices=choices,
        is_list=is_list,
    )


def _choices(schema: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    arms = schema.get("oneOf") or schema.get("anyOf") or ()
    yield from ((arm["const"], str(arm.get("title", arm["const"]))) for arm in arms if "const" in arm)
    yield from ((value, str(value)) for value in schema.get("enum", ()) if value is not None)


def _kind(types: Set[str], schema: Mapping[str, Any]) -> Kind:
    if types & {"number", "integer"}:
        return Kind.NUMBER
    if "boolean" in types:
        return Kind.YES_NO
    if "string" not in types:
        return Kind.OTHER
    match schema.get("format"):
        case "date":
            return Kind.DATE
        case "email":
            return Kind.EMAIL
        case _:
            return Kind.CODE if "pattern" in schema else Kind.TEXT
