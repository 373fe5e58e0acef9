"""Checks of the prerequisites of a document: each template once, never its own, and checks that can be carried out."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine import conditions
from engine.condition_checks import Scope, check_condition
from engine.findings import Finding, pointer


def check(entries: Iterable[tuple[int, Any]], name: Any) -> Iterator[Finding]:
    """Return what is wrong with well-formed prerequisites, each with its index, of the template of this name."""
    seen: dict[str, int] = {}
    for index, entry in entries:
        path = pointer("prerequisites", index)
        template = entry if isinstance(entry, str) else entry["template"]
        if template == name:
            words = "A template cannot be completed before itself."
            yield Finding(rule="prerequisite_cycle", path=path, message=words)
        if template in seen:
            words = f"{template!r} is prerequisite {seen[template] + 1} already. Put both checks into one, with all."
            yield Finding(rule="duplicate_prerequisite", path=path, message=words)
        seen.setdefault(template, index)
        if isinstance(entry, Mapping) and "check" in entry:
            yield from check_condition(entry["check"], path + "/check", _anything(entry["check"]))


def _anything(source: Mapping[str, Any]) -> Scope:
    """Return a scope that has every field of a condition: which the other template has, only the registry knows."""
    return Scope(properties={}, offers={}, before=frozenset(conditions.fields_of(conditions.parse(source))))
