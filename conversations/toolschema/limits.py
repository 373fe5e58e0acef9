"""How large the arguments of a strict tool may be (OpenAI, "Structured Outputs", section "Supported schemas")."""

from collections.abc import Iterator, Mapping
from typing import Any

MAX_PROPERTIES = 5000
MAX_DEPTH = 10
MAX_CHOICES = 1000
MAX_CHARACTERS = 120_000
"""Of all names and choices together."""
MANY_CHOICES = 250
MAX_CHARACTERS_OF_MANY = 15_000
"""Of the choices of one value that has many."""


def excess_of(schema: Mapping[str, Any]) -> str | None:
    """Return what a strict schema has too much of, or None if it is within the limits."""
    parts = [*_parts(schema, 1)]
    choices = [_lengths(part) for part, _ in parts]
    names = [name for part, _ in parts for name in part.get("properties", ())]
    if max(depth for _, depth in parts) > MAX_DEPTH:
        return f"it is nested deeper than {MAX_DEPTH} levels"
    if len(names) > MAX_PROPERTIES:
        return f"it has more than {MAX_PROPERTIES:,} properties"
    if sum(map(len, choices)) > MAX_CHOICES:
        return f"it has more than {MAX_CHOICES:,} choices"
    many = (sum(lengths) for lengths in choices if len(lengths) > MANY_CHOICES)
    if any(total > MAX_CHARACTERS_OF_MANY for total in many):
        return f"more than {MANY_CHOICES} choices have more than {MAX_CHARACTERS_OF_MANY:,} characters"
    if sum(map(len, names)) + sum(map(sum, choices)) > MAX_CHARACTERS:
        return f"its names and choices have more than {MAX_CHARACTERS:,} characters"
    return None


def _parts(schema: Mapping[str, Any], depth: int) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Return a strict schema and everything in it, each with its level."""
    yield schema, depth
    for branch in schema.get("anyOf", ()):
        yield from _parts(branch, depth)
    for below in (*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else ())):
        yield from _parts(below, depth + 1)


def _lengths(part: Mapping[str, Any]) -> list[int]:
    return [len(str(value)) for value in (*part.get("enum", ()), *([part["const"]] if "const" in part else ()))]
