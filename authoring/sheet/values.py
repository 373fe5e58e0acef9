"""Constants as texts, in the way that the kind of a field is typed in."""

import json
import re
from collections.abc import Hashable, Mapping
from typing import Any

from authoring.sheet.kinds import Kind, kind_of
from authoring.sheet.rows import Misfit, shown
from engine.conditions import key_of
from engine.messages import choices

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_MAX_DIGITS = 400


def number_text(value: Any) -> str:
    """Return a number as it is typed."""
    return json.dumps(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def number_of(text: str, *, whole: bool = False) -> int | float:
    """Return the number that a text is; groups of three digits may be set apart by commas or spaces.

    :raises Misfit: it is none
    """
    plain = re.sub(r"(?<=\d)[, \u00a0\u202f](?=\d{3}(?:\D|$))", "", text.strip())
    if len(plain) > _MAX_DIGITS or not _NUMBER.fullmatch(plain):
        raise Misfit("Give a number, like 30 or 2.5.")
    value = int(plain) if re.fullmatch(r"[+-]?\d+", plain) else float(plain)
    if not abs(value) <= 2**53:
        raise Misfit("This number is too large.")
    if whole and value != int(value):
        raise Misfit("Give a whole number, like 30.")
    return int(value) if whole else value


def value_text(value: Any) -> str | None:
    """Return a single value as its input holds it; None if no input can."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return number_text(value)
        case str() if shown(value) == value:
            return value
        case _:
            return None


def offered_by(schema: Mapping[str, Any]) -> list[Any] | None:
    """Return the values that a property offers, or None if it is not a choice."""
    if not isinstance(schema.get("enum", schema.get("oneOf")), list):
        return None
    offered = choices(schema)
    return None if offered is None else [value for value, _ in offered]


def value_of(text: str, schema: Mapping[str, Any]) -> Any:
    """Return the value that a text stands for in comparison with a field, or with the entries of a list.

    :raises Misfit: it is none that the field can have
    """
    offered = offered_by(schema)
    if offered is not None:
        found = [value for value in offered if value_text(value) == text]
        if not found:
            raise Misfit("Choose one of the list.")
        return found[0]
    match kind_of(schema):
        case Kind.BOOLEAN:
            if text not in ("yes", "no"):
                raise Misfit("Choose yes or no.")
            return text == "yes"
        case Kind.NUMBER | Kind.INTEGER | Kind.COMPUTED:
            return number_of(text)
        case Kind.DATE if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            raise Misfit("Give a date.")
        case _ if not text.strip():
            raise Misfit("Say what to compare with.")
        case _:
            return text


def new_value(value: Any, values: Mapping[Hashable, Any]) -> Any:
    """Return what stands now for a value, or for those in a list, by the keys of those that were replaced."""
    if not values:
        return value
    return (
        [values.get(key_of(one), one) for one in value] if isinstance(value, list) else values.get(key_of(value), value)
    )
