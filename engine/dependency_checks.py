"""Checks of what depends on what: names that exist, lists to choose from, and no field that follows itself."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from engine.errors import did_you_mean
from engine.findings import Finding, pointer


def check(properties: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    """Return what is wrong with the `x-depends-on` of well-formed properties."""
    for name, part in properties.items():
        for index, other in enumerate(part.get("x-depends-on", ())):
            if other not in properties:
                near = did_you_mean(other, properties)
                words = f"The state schema has no property {other!r}." + (f" Did you mean {near!r}?" if near else "")
                path = _place(name) + pointer(index)
                yield Finding(rule="unknown_field", path=path, field=name, message=words, suggestion=near)
        if "x-choices" in part:
            yield from _choices(name, part, properties)
    try:
        TopologicalSorter({name: _followed(part) for name, part in properties.items()}).prepare()
    except CycleError as error:
        names: list[str] = error.args[1]
        words = f"These depend on each other in a circle: {' -> '.join(reversed(names))}."
        key = "x-depends-on" if "x-depends-on" in properties[names[0]] else "x-choices"
        path = pointer("state_schema", "properties", names[0], key)
        yield Finding(rule="dependency_cycle", path=path, field=names[0], message=words)


def _followed(part: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields whose change puts this one into question."""
    chosen = (part["x-choices"]["ref"],) if "x-choices" in part else ()
    return (*part.get("x-depends-on", ()), *chosen)


def _choices(name: str, part: Mapping[str, Any], properties: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    """Check where collected choices come from: a list, whose entries have what is to be chosen and shown."""
    chosen = part["x-choices"]
    path, ref = pointer("state_schema", "properties", name, "x-choices"), chosen["ref"]
    if ref not in properties:
        near = did_you_mean(ref, properties)
        words = f"The state schema has no property {ref!r}." + (f" Did you mean {near!r}?" if near else "")
        yield Finding(rule="unknown_field", path=path + "/ref", field=name, message=words, suggestion=near)
        return
    if properties[ref].get("type") != "array":
        words = f"Choices come out of a list (type 'array'), and {ref!r} is none."
        yield Finding(rule="not_a_list", path=path + "/ref", field=name, message=words)
        return
    items = properties[ref].get("items")
    columns = items.get("properties") if isinstance(items, Mapping) else None
    for key in ("value", "label"):
        if key in chosen and isinstance(columns, Mapping) and chosen[key] not in columns:
            near = did_you_mean(chosen[key], columns)
            words = f"The entries of {ref!r} have no {chosen[key]!r}." + (f" Did you mean {near!r}?" if near else "")
            yield Finding(rule="unknown_field", path=path + pointer(key), field=name, message=words, suggestion=near)
    if "enum" in part or "oneOf" in part:
        words = f"The choices of {name!r} come out of {ref!r}. Take 'enum' and 'oneOf' out."
        yield Finding(rule="two_sorts_of_choices", path=path, field=name, message=words)


def _place(name: str) -> str:
    return pointer("state_schema", "properties", name, "x-depends-on")
