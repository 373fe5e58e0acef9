"""Putting reusable steps into documents.

A step that names a reusable one and has no fields of its own is filled in. One that has fields is a copy, which its
author may edit; what it names then only tells where it came from.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count
from math import floor
from typing import Any

from engine.conditions import is_number, same
from engine.definition import NOTHING
from engine.document_schema import MAX_FIELDS, MAX_STEPS
from engine.errors import did_you_mean
from engine.findings import Finding, pointer
from engine.reusable import Copied, ReusableStep
from engine.uses import Use, is_prefix, uses_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """A document with its reusable steps filled in, and why some could not be."""

    document: Any
    findings: tuple[Finding, ...] = ()


def to_fill_in(document: Any) -> frozenset[Use]:
    """Return the versions of reusable steps that a document needs to be filled in."""
    return frozenset(used for _, _, used in _open(document))


def expanded(
    document: Any, reusable_of: Mapping[str, ReusableStep], *, latest: Mapping[str, int] = NOTHING
) -> Expansion:
    """Return a document, finished or not, with every step filled in that names a reusable one and has no fields.

    `reusable_of` holds versions by what steps call them (`address@3`); `latest` says which exist, for suggestions.
    """
    state_schema = state_schema_of(document)
    if state_schema is None or not to_fill_in(document):
        return Expansion(document=document)
    filling = _Filling(state_schema, reusable_of, latest)
    steps = list(document["steps"])
    for index, step, used in _open(document):
        if len(filling.properties) <= MAX_FIELDS:
            steps[index] = filling.fill(index, step, used)
    filled = {**state_schema, "properties": filling.properties, "required": filling.required}
    return Expansion(document={**document, "state_schema": filled, "steps": steps}, findings=tuple(filling.findings))


def outdated(document: Any, latest: Mapping[str, int]) -> dict[str, int]:
    """Return the latest number for each step of a document that was made from an older version."""
    return {
        step["id"]: latest[used.slug]
        for _, step, used in uses_in(document)
        if latest.get(used.slug, 0) > used.number and isinstance(step.get("id"), str)
    }


def free_prefix(slug: str, names: Iterable[str], taken: Container[str]) -> str:
    """Return a prefix under which none of these names is taken: none at all, or one made of the slug."""
    stem, wanted = slug.replace("-", "_"), list(names)
    proposals = chain(("", f"{stem[:49]}_"), (f"{stem[:40]}_{number}_" for number in count(2)))
    return next(prefix for prefix in proposals if not any(prefix + name in taken for name in wanted))


def next_order(properties: Mapping[str, Any]) -> int:
    """Return the place in the order of display that comes after all of these."""
    orders: Iterable[Any] = (part.get("x-order") if isinstance(part, Mapping) else 0 for part in properties.values())
    return max((floor(order) + 1 if is_number(order) else 1 for order in orders), default=0)


def state_schema_of(document: Any) -> Mapping[str, Any] | None:
    """Return the state schema of a document with steps, an empty one if it has none, or None if it is no such thing."""
    match document:
        case {"steps": list(), "state_schema": {"properties": {}} as found} if isinstance(
            found.get("required", []), list
        ):
            schema: dict[str, Any] = {"required": [], **found}
            return schema
        case {"steps": list(), "state_schema": _}:
            return None
        case {"steps": list()}:
            return {"type": "object", "properties": {}, "required": []}
        case _:
            return None


def _open(document: Any) -> Iterator[tuple[int, Mapping[str, Any], Use]]:
    """Return the steps that name a reusable one and wait to be filled in; not more than a document may have."""
    for index, step, used in uses_in(document):
        if index < MAX_STEPS and not step.get("fields") and is_prefix(step.get("prefix") or ""):
            yield index, step, used


class _Filling:
    """The state schema of a document as it grows by the fields of reusable steps."""

    def __init__(
        self, state_schema: Mapping[str, Any], reusable_of: Mapping[str, ReusableStep], latest: Mapping[str, int]
    ) -> None:
        self.properties = dict(state_schema["properties"])
        self.required = list(state_schema["required"])
        self.findings: list[Finding] = []
        self._reusable_of = reusable_of
        self._latest = {**{step.slug: step.number for step in reusable_of.values()}, **latest}

    def fill(self, index: int, step: Mapping[str, Any], used: Use) -> Mapping[str, Any]:
        """Return a step filled in; what it says itself stands. One that cannot be is told, and keeps a name."""
        reusable = self._reusable_of.get(str(used))
        if reusable is None:
            return self._left(step, used, self._unknown(index, step, used))
        copied = reusable.under(step.get("prefix") or "")
        if clash := self._clash(index, step, reusable, copied):
            return self._left(step, used, clash)
        fresh = {name: part for name, part in copied.properties.items() if name not in self.properties}
        for order, (name, part) in enumerate(fresh.items(), start=next_order(self.properties)):
            self.properties[name] = {**part, "x-order": order}
        self.required += [name for name in copied.required if name in fresh and name not in self.required]
        return {**copied.step, **{key: part for key, part in step.items() if key != "fields"}}

    def _left(self, step: Mapping[str, Any], used: Use, why: Finding) -> Mapping[str, Any]:
        self.findings.append(why)
        return {"name": used.slug, **step}

    def _unknown(self, index: int, step: Mapping[str, Any], used: Use) -> Finding:
        if used.slug in self._latest:
            suggestion: str | None = str(Use(slug=used.slug, number=self._latest[used.slug]))
            words = f"{used.slug!r} has no version {used.number}; its latest is {self._latest[used.slug]}."
        else:
            near = did_you_mean(used.slug, self._latest)
            suggestion = str(Use(slug=near, number=self._latest[near])) if near else None
            hint = f" Did you mean {near!r}?" if near else ""
            words = f"There is no reusable step {used.slug!r}.{hint}"
        return _finding("unknown_step_template", index, step, words, suggestion)

    def _clash(self, index: int, step: Mapping[str, Any], reusable: ReusableStep, copied: Copied) -> Finding | None:
        """Tell which fields would have to be two things at once."""
        clashes = [
            name
            for name, part in copied.properties.items()
            if name in self.properties and not same(without_order(part), without_order(self.properties[name]))
        ]
        if not clashes:
            return None
        proposal = free_prefix(reusable.slug, reusable.names, self.properties)
        words = (
            f"This template asks for {', '.join(map(repr, clashes))} in another way already. Give the step a prefix, "
            f"like {proposal!r}, so that its fields get names of their own."
        )
        return _finding("name_clash", index, step, words, proposal)


def without_order(part: Any) -> Any:
    """Return a property without its place in the order of display, which says nothing of what it asks for."""
    return {key: value for key, value in part.items() if key != "x-order"} if isinstance(part, Mapping) else part


def _finding(rule: str, index: int, step: Mapping[str, Any], words: str, suggestion: str | None) -> Finding:
    step_id = step.get("id")
    return Finding(
        rule=rule,
        path=pointer("steps", index, "uses"),
        step=step_id if isinstance(step_id, str) else None,
        message=words,
        suggestion=suggestion,
    )
