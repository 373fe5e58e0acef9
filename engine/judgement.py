"""What one given value is worth, judged alone: it counts, it is refused, or it changes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine import coercion
from engine.choosing import is_offered, titles
from engine.conditions import same
from engine.definition import Field
from engine.messages import authored, explain, without_values
from engine.schema import StateSchema, Violation

# A list that grows entry by entry is not complete from the first one on; its step waits until it is.
_NOT_YET_ENOUGH = frozenset({"minItems", "contains"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """The value counts; `read_from` is what was sent, if it had to be read."""

    value: Any
    read_from: Any = None
    was_read: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a value does not count; `path` leads from the value to the spot."""

    code: str
    message: str
    path: tuple[str | int, ...] = ()
    awaits_values: bool = False
    """Whether the message is the author's, with placeholders to be filled in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """The value does not count."""

    reasons: tuple[Reason, ...]


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
        return _ambiguous(field, meant)
    if _is_stored(field, meant.value, stored):
        return Ignore(reason="unchanged")
    if coercion.is_placeholder(meant.value, field.schema):
        return Ignore(reason="placeholder")
    if nothing := _nothing(schema, field, meant.value):
        return Ignore(reason=nothing)
    if violations := schema.judge({field.name: meant.value}).get(field.name):
        return _refused(field, violations)
    if not is_offered(field, meant.value):
        return _not_offered(field)
    return Accept(value=meant.value, read_from=value, was_read=not same(meant.value, value))


def judge_entry(schema: StateSchema, field: Field, entry: Any, stored: Sequence[Any], *, coerce: bool) -> Verdict:
    """Judge an entry that is to be put at the end of a list."""
    entry_schema = _entry_schema(field.schema)
    meant = coercion.read(entry, entry_schema) if coerce else coercion.Exact(entry)
    if isinstance(meant, coercion.Ambiguous):
        return _ambiguous(field, meant)
    if coercion.is_placeholder(meant.value, entry_schema):
        return Ignore(reason="placeholder")
    violations = schema.judge({field.name: [*stored, meant.value]}).get(field.name, ())
    if wrong := serious(violations):
        entry_field = replace(field, schema={"x-messages": field.schema.get("x-messages", {}), **entry_schema})
        return _refused(entry_field, (replace(found, path=(field.name, *found.path[2:])) for found in wrong))
    if not is_offered(field, [meant.value]):
        return _not_offered(field)
    return Accept(value=meant.value, read_from=entry, was_read=not same(meant.value, entry))


def serious(found: Iterable[Violation]) -> list[Violation]:
    """Return the violations that more entries would not mend."""
    return [one for one in found if len(one.path) > 1 or one.keyword not in _NOT_YET_ENOUGH]


def _is_stored(field: Field, value: Any, stored: Mapping[str, Any]) -> bool:
    return field.name in stored and same(stored[field.name], value)


def _refused(field: Field, violations: Iterable[Violation]) -> Refuse:
    if field.sensitive is not None:
        violations = (without_values(found, field.schema) for found in violations)
    reasons = (
        Reason(
            code=found.keyword,
            message=explain(found, field.schema, field.label),
            path=found.path[1:],
            awaits_values=authored(found, field.schema) is not None,
        )
        for found in violations
    )
    return Refuse(reasons=tuple(dict.fromkeys(reasons)))


def _not_offered(field: Field) -> Refuse:
    if field.sensitive is not None:
        return Refuse(reasons=(Reason(code="enum", message=f"{field.label} is not one of the choices."),))
    return _refused(field, [Violation(keyword="enum", path=(field.name,), details={"options": titles(field)})])


def _ambiguous(field: Field, meant: coercion.Ambiguous) -> Refuse:
    first, second = meant.readings if field.sensitive is None else ("one value", "another")
    words = f"{field.label} can be read as {first} or as {second}. Ask which."
    return Refuse(reasons=(Reason(code="ambiguous", message=words),))


def _nothing(schema: StateSchema, field: Field, value: Any) -> str | None:
    """Name what stands for no answer: null unless the schema allows it, the empty text unless the author offers it."""
    if value is None:
        return None if schema.admits(field.name, None) else "null"
    return "empty" if value == "" and not _offers_empty_text(field.schema) else None


def _entry_schema(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    items = schema.get("items")
    return items if isinstance(items, Mapping) else {}


def _offers_empty_text(schema: Mapping[str, Any]) -> bool:
    offered = [schema[key] for key in ("const",) if key in schema] + list(schema.get("enum", ()))
    offered += [option.get("const") for option in schema.get("oneOf", ()) if isinstance(option, Mapping)]
    return "" in offered
