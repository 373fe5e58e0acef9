"""What one given value is worth, judged alone: it counts, it is refused, or it changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import coercion
from engine.conditions import same
from engine.definition import Field
from engine.messages import explain
from engine.schema import StateSchema


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """The value counts; `read_from` is what was sent, if it had to be read."""

    value: Any
    read_from: Any = None
    was_read: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """The value does not count: codes with sentences about why."""

    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """The value changes nothing and is no mistake."""

    reason: str


type Verdict = Accept | Refuse | Ignore


def judge(schema: StateSchema, field: Field, value: Any, stored: Mapping[str, Any], *, coerce: bool) -> Verdict:
    """Judge a value by its property's schema, read exactly if `coerce` is set."""
    if _is_stored(field, value, stored):
        return Ignore(reason="unchanged")
    meant = coercion.read(value, field.schema) if coerce else coercion.Exact(value)
    if isinstance(meant, coercion.Ambiguous):
        return Refuse(reasons=(("ambiguous", _two_ways(field, meant)),))
    if _is_stored(field, meant.value, stored):
        return Ignore(reason="unchanged")
    if coercion.is_placeholder(meant.value, field.schema):
        return Ignore(reason="placeholder")
    if nothing := _nothing(schema, field, meant.value):
        return Ignore(reason=nothing)
    if violations := schema.judge({field.name: meant.value}).get(field.name):
        reasons = ((found.keyword, explain(found, field.schema, field.label)) for found in violations)
        return Refuse(reasons=tuple(dict.fromkeys(reasons)))
    was_read = not same(meant.value, value)
    return Accept(value=meant.value, read_from=value, was_read=was_read)


def _is_stored(field: Field, value: Any, stored: Mapping[str, Any]) -> bool:
    return field.name in stored and same(stored[field.name], value)


def _nothing(schema: StateSchema, field: Field, value: Any) -> str | None:
    """Name what stands for no answer: null unless the schema allows it, the empty text unless the author offers it."""
    if value is None:
        return None if schema.admits(field.name, None) else "null"
    return "empty" if value == "" and not _offers_empty_text(field.schema) else None


def _offers_empty_text(schema: Mapping[str, Any]) -> bool:
    offered = [schema[key] for key in ("const",) if key in schema] + list(schema.get("enum", ()))
    offered += [option.get("const") for option in schema.get("oneOf", ()) if isinstance(option, Mapping)]
    return "" in offered


def _two_ways(field: Field, meant: coercion.Ambiguous) -> str:
    first, second = meant.readings
    return f"{field.label} can be read as {first} or as {second}. Ask which."
