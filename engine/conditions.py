"""What a condition means: one grammar for `when`, `x-when` and `check`, with unknown as in SQL."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from engine import dates

TODAY = "$today"


class Operator(StrEnum):
    """What a row compares."""

    EQUAL = "=="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    CONTAINS_ANY = "contains_any"
    CONTAINS_ALL = "contains_all"
    ANSWERED = "answered"
    EMPTY = "empty"
    ATTEMPTS = "attempts>="


ORDERINGS = frozenset({Operator.LESS, Operator.LESS_OR_EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL})
PRESENCE = frozenset({Operator.ANSWERED, Operator.EMPTY})
LIST_VALUED = frozenset({Operator.IN, Operator.NOT_IN, Operator.CONTAINS_ANY, Operator.CONTAINS_ALL})
LIST_FIELDED = frozenset({Operator.CONTAINS, Operator.CONTAINS_ANY, Operator.CONTAINS_ALL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One comparison of a field with a constant, or with another field or `$today` moved by an offset."""

    field: str
    op: Operator
    value: Any = None
    ref: str | None = None
    offset: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields this row looks at."""
        return (self.field,) if self.ref in (None, TODAY) else (self.field, str(self.ref))


@dataclass(frozen=True, slots=True)
class AllOf:
    """True if every part is true."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True if some part is true."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True if the part is false."""

    part: "Condition"


type Condition = Row | AllOf | AnyOf | Not

type Truth = bool | None
"""True, false, or None for unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that a condition may look at: live values, the calendar date, and how often each field was refused."""

    values: Mapping[str, Any]
    today: date
    attempts: Mapping[str, int]


def parse(source: Mapping[str, Any]) -> Condition:
    """Return the condition that a well-formed document states."""
    match source:
        case {"all": parts}:
            return AllOf(tuple(parse(part) for part in parts))
        case {"any": parts}:
            return AnyOf(tuple(parse(part) for part in parts))
        case {"not": part}:
            return Not(parse(part))
        case _:
            return Row(
                field=source["field"],
                op=Operator(source["op"]),
                value=source.get("value"),
                ref=source.get("ref"),
                offset=source.get("offset"),
            )


def rows(condition: Condition, at: str = "") -> Iterator[tuple[str, Row]]:
    """Return each row of a condition with its JSON Pointer below `at`."""
    match condition:
        case Row():
            yield at, condition
        case AllOf(parts):
            for index, part in enumerate(parts):
                yield from rows(part, f"{at}/all/{index}")
        case AnyOf(parts):
            for index, part in enumerate(parts):
                yield from rows(part, f"{at}/any/{index}")
        case _:
            yield from rows(condition.part, f"{at}/not")


def fields_of(condition: Condition) -> tuple[str, ...]:
    """Return the fields a condition looks at, each once, in the order it names them."""
    return tuple(dict.fromkeys(name for _, row in rows(condition) for name in row.fields))


def evaluate(condition: Condition, known: Known) -> Truth:
    """Return whether the condition holds: true, false, or None while an answer it needs is missing.

    Three-valued logic as in SQL (ISO/IEC 9075): `not` unknown is unknown; `all` is false if a part is false; `any` is
    true if a part is true.
    """
    match condition:
        case Row():
            return _evaluate_row(condition, known)
        case AllOf(parts):
            truths = [evaluate(part, known) for part in parts]
            return False if False in truths else None if None in truths else True
        case AnyOf(parts):
            truths = [evaluate(part, known) for part in parts]
            return True if True in truths else None if None in truths else False
        case _:
            truth = evaluate(condition.part, known)
            return None if truth is None else not truth


def same(left: Any, right: Any) -> bool:
    """Tell whether two JSON values are equal: 1 equals 1.0, a bool never equals a number, arrays compare whole."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return bool(left == right)


def key_of(value: Any) -> Hashable:
    """Return a key by which a JSON value is looked up: two values have the same one exactly if they are `same`."""
    match value:
        case bool():
            return bool, value
        case list():
            return list, tuple(map(key_of, value))
        case dict():
            return dict, frozenset((name, key_of(part)) for name, part in value.items())
        case _:
            scalar: Hashable = value
            return scalar


def _evaluate_row(row: Row, known: Known) -> Truth:
    left = known.values.get(row.field)
    match row.op:
        case Operator.ANSWERED:
            return left is not None
        case Operator.EMPTY:
            return left is None
        case Operator.ATTEMPTS:
            return known.attempts.get(row.field, 0) >= int(row.value)
    right = row.value if row.ref is None else _referred(row.ref, row.offset, known)
    if left is None or right is None:
        return None
    return _compare(row.op, left, right)


def _referred(ref: str, offset: str | None, known: Known) -> Any:
    value = known.today.isoformat() if ref == TODAY else known.values.get(ref)
    if offset is None:
        return value
    return dates.shift(value, offset) if isinstance(value, str) else None


def _compare(op: Operator, left: Any, right: Any) -> Truth:
    match op:
        case Operator.EQUAL:
            return same(left, right)
        case Operator.NOT_EQUAL:
            return not same(left, right)
        case Operator.IN:
            return _has(right, left)
        case Operator.NOT_IN:
            found = _has(right, left)
            return None if found is None else not found
        case Operator.CONTAINS:
            return _has(left, right)
        case Operator.CONTAINS_ANY:
            return _has_some(left, right, any)
        case Operator.CONTAINS_ALL:
            return _has_some(left, right, all)
        case _:
            return _order(op, left, right)


def _has(items: Any, wanted: Any) -> Truth:
    return any(same(item, wanted) for item in items) if isinstance(items, list) else None


def _has_some(items: Any, wanted: Any, quantifier: Any) -> Truth:
    if not isinstance(items, list) or not isinstance(wanted, list):
        return None
    return bool(quantifier(_has(items, item) for item in wanted))


def _order(op: Operator, left: Any, right: Any) -> Truth:
    """Order two values of one kind; strings by code point, so that ISO dates work. Across kinds there is no order."""
    if not (is_number(left) and is_number(right)) and not (isinstance(left, str) and isinstance(right, str)):
        return None
    match op:
        case Operator.LESS:
            return bool(left < right)
        case Operator.LESS_OR_EQUAL:
            return bool(left <= right)
        case Operator.GREATER:
            return bool(left > right)
        case _:
            return bool(left >= right)


def is_number(value: Any) -> bool:
    """Tell whether a JSON value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
