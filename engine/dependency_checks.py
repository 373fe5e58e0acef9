"""Checks of what depends on what: names that exist, and no field that follows itself."""

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
    try:
        TopologicalSorter({name: part.get("x-depends-on", ()) for name, part in properties.items()}).prepare()
    except CycleError as error:
        names: list[str] = error.args[1]
        words = f"These depend on each other in a circle: {' -> '.join(reversed(names))}."
        yield Finding(rule="dependency_cycle", path=_place(names[0]), field=names[0], message=words)


def _place(name: str) -> str:
    return pointer("state_schema", "properties", name, "x-depends-on")
