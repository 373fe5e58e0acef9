"""Placeholders like `{{state.amount}}`, `{{workflow.id}}` and `{{secret:bank}}`: finding them in a text or a document.

What stands in their place is decided where they are filled in; this file knows only how they are written.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

PLACEHOLDER = re.compile(r"\{\{\s*(?:(state|workflow)\.([^{}\s]+)|(secret):([^{}\s]+))\s*\}\}")


class Source(StrEnum):
    """Where the value of a placeholder comes from."""

    STATE = "state"
    WORKFLOW = "workflow"
    SECRET = "secret"  # noqa: S105  a kind of placeholder, and no secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    """One placeholder: where its value comes from, and the name it has there."""

    source: Source
    name: str


def placeholder_of(match: re.Match[str]) -> Placeholder:
    """Return what a match of :data:`PLACEHOLDER` asks for."""
    kind, name, secret, secret_name = match.groups()
    return Placeholder(source=Source(kind or secret), name=name or secret_name)


def replaced(text: str, said: Callable[[Placeholder], str | None]) -> str:
    """Return a text in which each placeholder makes way for what is said for it; for None it stays as it is written.

    It is one pass: what is put in is not looked through.
    """

    def in_place(match: re.Match[str]) -> str:
        words = said(placeholder_of(match))
        return match[0] if words is None else words

    return PLACEHOLDER.sub(in_place, text)


def placeholders_in(part: Any) -> Iterator[Placeholder]:
    """Return the placeholders in all texts of a JSON value, keys included, in their order; one may come twice."""
    match part:
        case str():
            yield from map(placeholder_of, PLACEHOLDER.finditer(part))
        case Mapping():
            for key, value in part.items():
                yield from placeholders_in(key)
                yield from placeholders_in(value)
        case list() | tuple():
            for value in part:
                yield from placeholders_in(value)


def names_in(part: Any, source: Source) -> tuple[str, ...]:
    """Return the names that placeholders of one source ask for, each once, sorted: jsonb keeps no order of keys."""
    return tuple(sorted({found.name for found in placeholders_in(part) if found.source is source}))
