"""Values that nobody is asked for, because they follow from others: sums, differences, counts and whole years."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from graphlib import TopologicalSorter
from typing import Any

from engine.conditions import Known, is_number


@dataclass(frozen=True, slots=True)
class Sum:
    """Numbers added up; an unanswered optional one counts as 0."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SumOf:
    """One number of each entry of a list, added up."""

    entries: str
    part: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A number less another."""

    whole: str
    less: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many entries a list has."""

    entries: str


@dataclass(frozen=True, slots=True)
class YearsSince:
    """Whole years from a date to today, as people count their age."""

    day: str


type Formula = Sum | SumOf | Difference | Count | YearsSince

type Place = tuple[str, str]
"""Where a field is asked: the id of the step, or "" for fields of no step, and the name of the field."""


def parse(source: Mapping[str, Any]) -> Formula:
    """Return the formula that a well-formed `x-computed` states."""
    match source:
        case {"sum": {"list": entries, "of": part}}:
            return SumOf(entries, part)
        case {"sum": parts}:
            return Sum(tuple(parts))
        case {"difference": [whole, less]}:
            return Difference(whole, less)
        case {"count": entries}:
            return Count(entries)
        case _:
            return YearsSince(source["years_since"])


def inputs_of(formula: Formula) -> tuple[str, ...]:
    """Return the fields a formula looks at."""
    match formula:
        case Sum(parts):
            return parts
        case SumOf(entries, _) | Count(entries):
            return (entries,)
        case Difference(whole, less):
            return (whole, less)
        case _:
            return (formula.day,)


def compute(formula: Formula, known: Known) -> int | float | None:
    """Return the value, or None if what it is computed from is not there; what is no number counts as not there."""
    values = known.values
    match formula:
        case Sum(parts):
            return _total(values.get(name) for name in parts)
        case SumOf(entries, part):
            return _total(entry.get(part) for entry in _entries(values, entries) if isinstance(entry, Mapping))
        case Difference(whole, less):
            first: Any = values.get(whole)
            second: Any = values.get(less)
            return _total((first, -second)) if is_number(first) and is_number(second) else None
        case Count(entries):
            return len(values[entries]) if isinstance(values.get(entries), list) else None
        case _:
            return _years(values.get(formula.day), known.today)


def places(formulas: Mapping[str, Formula], asked: Iterable[Place]) -> Mapping[Place, tuple[tuple[str, Formula], ...]]:
    """Return which computed fields stand right after which place: that where the last of their inputs is asked.

    :raises graphlib.CycleError: formulas look at each other in a circle
    """
    order = TopologicalSorter({name: inputs_of(formula) for name, formula in formulas.items()}).static_order()
    sequence = list(asked)
    last = {name: index for index, (_, name) in enumerate(sequence)}
    found: dict[Place, tuple[tuple[str, Formula], ...]] = {}
    for name in order:
        if name in formulas:
            last[name] = max(last[part] for part in inputs_of(formulas[name]))
            place = sequence[last[name]]
            found[place] = (*found.get(place, ()), (name, formulas[name]))
    return found


def _total(parts: Iterable[Any]) -> int | float:
    """Add decimal fractions as people do: 0.1 and 0.2 are 0.3."""
    numbers: list[Any] = [part for part in parts if is_number(part)]
    if all(isinstance(number, int) for number in numbers):
        whole: int = sum(numbers)
        return whole
    return float(sum(Decimal(str(number)) for number in numbers))


def _entries(values: Mapping[str, Any], name: str) -> list[Any]:
    found = values.get(name)
    return found if isinstance(found, list) else []


def _years(moment: Any, today: date) -> int | None:
    try:
        day = date.fromisoformat(str(moment)[: len("2026-01-31")])
    except ValueError:
        return None
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))
