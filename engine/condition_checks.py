"""Checks of one condition in its place: does it look only at what is known there, and compare like with like?"""

from collections.abc import Hashable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import islice
from typing import Any

from engine import dates
from engine.conditions import (
    LIST_FIELDED,
    LIST_VALUED,
    ORDERINGS,
    TODAY,
    Operator,
    Row,
    key_of,
    parse,
    rows,
)
from engine.document_schema import MAX_CONDITION_DEPTH, MAX_CONDITION_ROWS
from engine.errors import did_you_mean
from engine.findings import Finding
from engine.messages import choices

type Offers = Mapping[tuple[str, bool], Mapping[Hashable, str]]
"""The choices of each property, and, with True, of the entries of each list: their keys and what they are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a condition may look at in its place."""

    properties: Mapping[str, Mapping[str, Any]]
    offers: Offers
    before: Set[str]
    step: str | None = None
    field: str | None = None


def offers_of(properties: Mapping[str, Mapping[str, Any]]) -> Offers:
    """Return what well-formed properties offer, gathered once for all the rows that may name it."""
    found = {
        (name, is_entry): choices(_entry(schema) if is_entry else schema)
        for name, schema in properties.items()
        for is_entry in (False, True)
    }
    return {place: {key_of(value): str(value) for value, _ in offered} for place, offered in found.items() if offered}


def check_condition(source: Mapping[str, Any], path: str, scope: Scope) -> Iterator[Finding]:
    """Return what is wrong with a well-formed condition at this place."""
    condition = parse(source)
    found = list(rows(condition, path))
    if len(found) > MAX_CONDITION_ROWS or _depth(source) > MAX_CONDITION_DEPTH:
        words = f"A condition has at most {MAX_CONDITION_ROWS} rows, nested at most {MAX_CONDITION_DEPTH} deep."
        yield Finding(rule="condition_too_large", path=path, step=scope.step, field=scope.field, message=words)
    for place, row in found:
        for name in row.fields:
            yield from _check_name(name, place, scope)
        yield from _check_offset(row, place, scope)
        yield from _check_operands(row, place, scope)


def _depth(source: Mapping[str, Any]) -> int:
    parts = [*source.get("all", ()), *source.get("any", ()), *([source["not"]] if "not" in source else ())]
    return 1 + max(map(_depth, parts), default=0)


def _check_name(name: str, path: str, scope: Scope) -> Iterator[Finding]:
    if name in scope.before:
        return
    if name in scope.properties:
        words = f"{name!r} is not asked before this point, so it is never known here."
        yield _finding("later_field", path, scope, words)
    else:
        near = did_you_mean(name, scope.properties)
        hint = f" Did you mean {near!r}?" if near else ""
        yield _finding("unknown_field", path, scope, f"The state schema has no property {name!r}.{hint}", near)


def _check_offset(row: Row, path: str, scope: Scope) -> Iterator[Finding]:
    if row.offset is None:
        return
    if row.ref != TODAY and "string" not in (_kinds(scope.properties.get(str(row.ref), {})) or {"string"}):
        yield _finding("incomparable", path, scope, f"An offset moves a date, and {row.ref!r} is none.")
    if not dates.is_calendar_duration(row.offset):
        words = (
            f"{row.offset[:50]!r} is no offset. Write years, months, weeks or days like '-P18Y' or 'P4M' (ISO 8601)."
        )
        yield _finding("bad_offset", path, scope, words)


def _check_operands(row: Row, path: str, scope: Scope) -> Iterator[Finding]:
    """Compare the row with the declared types; a property without a type is left alone."""
    schema = scope.properties.get(row.field, {})
    kinds = _kinds(schema)
    if row.op in LIST_FIELDED and kinds and "array" not in kinds:
        yield _finding("incomparable", path, scope, f"{row.op} needs a list, and {row.field!r} is none.")
        return
    if row.op in (Operator.ANSWERED, Operator.EMPTY, Operator.ATTEMPTS):
        return
    if row.ref is not None:
        yield from _check_ref(row, path, scope, kinds)
        return
    if row.op in ORDERINGS and _kind(row.value) not in ("number", "string"):
        yield _finding("incomparable", path, scope, f"{row.op} orders numbers and texts, nothing else.")
        return
    compared = _kinds(_entry(schema)) if row.op in LIST_FIELDED else kinds
    for value in row.value if row.op in LIST_VALUED else (row.value,):
        yield from _check_constant(row, value, compared, path, scope)


def _check_constant(row: Row, value: Any, kinds: frozenset[str], path: str, scope: Scope) -> Iterator[Finding]:
    offered = scope.offers.get((row.field, row.op in LIST_FIELDED))
    if offered and row.op not in ORDERINGS:
        if key_of(value) not in offered:
            names = ", ".join(islice(offered.values(), 20)) + (", ..." if len(offered) > 20 else "")
            words = f"{row.field!r} offers {names}, never {value!r}."
            yield _finding("unknown_choice", path, scope, words, did_you_mean(str(value), offered.values()))
    elif kinds and _kind(value) not in kinds:
        words = f"{row.field!r} is of type {' or '.join(sorted(kinds))} and never compares with {value!r}."
        yield _finding("incomparable", path, scope, words)


def _check_ref(row: Row, path: str, scope: Scope, kinds: frozenset[str]) -> Iterator[Finding]:
    others = frozenset({"string"}) if row.ref == TODAY else _kinds(scope.properties.get(str(row.ref), {}))
    if row.op in (Operator.IN, Operator.NOT_IN, Operator.CONTAINS):
        return
    if kinds and others and not kinds & others:
        words = (
            f"{row.field!r} ({', '.join(sorted(kinds))}) never compares with {row.ref} ({', '.join(sorted(others))})."
        )
        yield _finding("incomparable", path, scope, words)


def _entry(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of the entries of a list."""
    items = schema.get("items")
    return items if isinstance(items, Mapping) else {}


def _kinds(schema: Mapping[str, Any]) -> frozenset[str]:
    """Return the kinds of value a schema declares, null aside; none if it does not say."""
    declared = schema.get("type", ())
    names = {declared} if isinstance(declared, str) else set(declared)
    return frozenset("number" if name == "integer" else name for name in names) - {"null"}


def _kind(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def _finding(rule: str, path: str, scope: Scope, message: str, suggestion: str | None = None) -> Finding:
    return Finding(rule=rule, path=path, message=message, step=scope.step, field=scope.field, suggestion=suggestion)
