"""Checks of computed fields: inputs that exist and are of the right kind, nobody asked, and no circle."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from engine.computed import Count, Difference, Formula, Sum, SumOf, inputs_of, parse, places
from engine.errors import did_you_mean
from engine.findings import Finding, pointer

# What only makes sense for a field that somebody answers.
_ASKING = ("default", "readOnly", "x-ask", "x-ask-first", "x-choices", "x-depends-on", "x-on-change", "x-when")

_NUMBERS = frozenset({"number", "integer"})


def check(properties: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    """Return what is wrong with the `x-computed` of well-formed properties."""
    formulas = formulas_of(properties)
    for name, formula in formulas.items():
        yield from _inputs(name, formula, properties)
        yield from _property(name, properties[name])
    for name, part in properties.items():
        for index, other in enumerate(part.get("x-depends-on", ())):
            if other in formulas:
                inputs = ", ".join(map(repr, inputs_of(formulas[other])))
                words = f"{other!r} is computed and changes only with its inputs. Name those instead: {inputs}."
                path = pointer("state_schema", "properties", name, "x-depends-on", index)
                yield Finding(rule="depends_on_computed", path=path, field=name, message=words)
    if circle := _circle(formulas):
        words = f"These are computed from each other in a circle: {' -> '.join(reversed(circle))}."
        yield Finding(rule="computed_cycle", path=_place(circle[0]), field=circle[0], message=words)


def formulas_of(properties: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Formula]:
    """Return the formulas of the properties that have one."""
    return {name: parse(part["x-computed"]) for name, part in properties.items() if "x-computed" in part}


def standing_after(
    properties: Mapping[str, Mapping[str, Any]], asked: list[tuple[str, str]]
) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Return which computed fields are known from which place on, those with a mistake aside."""
    sound = dict(formulas_of(properties))
    known = {name for _, name in asked}
    broken = True
    while broken:
        usable = known | sound.keys()
        kept = {name: formula for name, formula in sound.items() if usable.issuperset(inputs_of(formula))}
        broken, sound = len(kept) < len(sound), kept
    if _circle(sound):
        return {}
    return {place: tuple(name for name, _ in found) for place, found in places(sound, asked).items()}


def _circle(formulas: Mapping[str, Formula]) -> list[str]:
    try:
        TopologicalSorter({name: inputs_of(formula) for name, formula in formulas.items()}).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        return circle
    return []


def _inputs(name: str, formula: Formula, properties: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    for part in inputs_of(formula):
        if part not in properties:
            near = did_you_mean(part, properties)
            words = f"The state schema has no property {part!r}." + (f" Did you mean {near!r}?" if near else "")
            yield Finding(rule="unknown_field", path=_place(name), field=name, message=words, suggestion=near)
        elif not _fits(formula, properties[part]):
            words = f"{part!r} is not {_wanted(formula)}, so nothing can be computed from it like this."
            yield Finding(rule="computed_kind", path=_place(name), field=name, message=words)


def _fits(formula: Formula, schema: Mapping[str, Any]) -> bool:
    kinds = _kinds(schema)
    match formula:
        case Sum() | Difference():
            return not kinds or bool(kinds & _NUMBERS)
        case SumOf(_, part):
            return "array" in kinds and bool(_kinds(_column(schema, part)) & _NUMBERS)
        case Count():
            return "array" in kinds
        case _:
            return schema.get("format") in ("date", "date-time")


def _wanted(formula: Formula) -> str:
    match formula:
        case Sum() | Difference():
            return "a number"
        case SumOf(_, part):
            return f"a list whose entries have a number {part!r}"
        case Count():
            return "a list"
        case _:
            return "a date"


def _property(name: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    for key in _ASKING:
        if schema.get(key) is not None and schema[key] is not False:
            words = f"{name!r} is computed, so nobody is asked for it. Take {key!r} out."
            path = pointer("state_schema", "properties", name, key)
            yield Finding(rule="computed_asked", path=path, field=name, message=words)
    kinds = _kinds(schema)
    if kinds and not kinds & _NUMBERS:
        words = f"{name!r} is computed, and what is computed is a number."
        path = pointer("state_schema", "properties", name, "type")
        yield Finding(rule="computed_kind", path=path, field=name, message=words)


def _kinds(schema: Mapping[str, Any]) -> frozenset[str]:
    declared = schema.get("type", ())
    return frozenset({declared} if isinstance(declared, str) else declared)


def _column(schema: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    items = schema.get("items")
    properties = items.get("properties") if isinstance(items, Mapping) else None
    column = properties.get(name) if isinstance(properties, Mapping) else None
    return column if isinstance(column, Mapping) else {}


def _place(name: str) -> str:
    return pointer("state_schema", "properties", name, "x-computed")
