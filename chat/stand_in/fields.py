"""What a tool's schema says about the values it takes. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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


def fields_of(schema: Mapping[str, Any]) -> dict[str, Field]:
    """Return the fields of an object's schema, by name."""
    return {name: _field(name, found) for name, found in schema.get("properties", {}).items()}


def _field(name: str, schema: Mapping[str, Any]) -> Field:
    label = schema.get("title") or name.replace("_", " ")
    items = schema.get("items") or {}
    if several := tuple(_choices(items)):
        return Field(name=name, label=label, kind=Kind.CHOICES, choices=several)
    choices = tuple(_choices(schema))
    return Field(name=name, label=label, kind=Kind.CHOICE if choices else _kind(schema), choices=choices)


def _choices(schema: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    for arm in schema.get("oneOf") or schema.get("anyOf") or ():
        if "const" in arm:
            yield arm["const"], str(arm.get("title", arm["const"]))
    for value in schema.get("enum", ()):
        if value is not None:
            yield value, str(value)


def _kind(schema: Mapping[str, Any]) -> Kind:
    types = schema.get("type", ())
    types = {types} if isinstance(types, str) else set(types)
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
