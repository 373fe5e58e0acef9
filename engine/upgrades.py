"""Bringing a step to a newer version of the reusable step that it was made from.

Every part is compared three ways: as the version it was made from said it, as its author left it, and as the newer
version says it. What the newer version did not touch stays the author's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.conditions import key_of, same
from engine.findings import Finding, pointer
from engine.naming import named_in_property, named_in_step
from engine.reusable import Copied, ReusableStep
from engine.reuse import next_order, state_schema_of, without_order
from engine.uses import is_prefix

_ABSENT = object()
# What belongs to the document, and to no version of the reusable step.
_OF_THE_DOCUMENT = frozenset({"id", "uses", "prefix"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One part in which an author had a hand: a key of the step, or of one of its fields."""

    key: str
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """A document with one step brought to a newer version, and what became of the author's own edits."""

    document: Any
    kept: tuple[Touched, ...] = ()
    overwritten: tuple[Touched, ...] = ()
    findings: tuple[Finding, ...] = ()


def updated(document: Any, step_id: str, *, old: ReusableStep, new: ReusableStep) -> Upgrade:
    """Return a document, finished or not, in which a step and its fields are those of a newer version.

    The author's own edits stay where the newer version changed nothing; `findings` says why nothing was done.
    """
    state_schema = state_schema_of(document)
    steps = list(document["steps"]) if state_schema is not None else []
    places = [index for index, step in enumerate(steps) if _can_be_upgraded(step) and step.get("id") == step_id]
    if state_schema is None or not places:
        words = f"There is no step {step_id!r} here that could be brought to a newer version."
        return Upgrade(document=document, findings=(Finding(rule="unknown_step", path="/steps", message=words),))
    index = places[0]
    step = steps.pop(index)
    prefix = step.get("prefix") or ""
    merge = _Merge(before=old.under(prefix), after=new.under(prefix), mine=step)
    clashes = merge.clashes(state_schema["properties"])
    if clashes:
        words = (
            f"The newer version asks for {', '.join(map(repr, clashes))}, which this template has already as something "
            "else. Rename that first."
        )
        path = pointer("steps", index, "uses")
        return Upgrade(
            document=document, findings=(Finding(rule="name_clash", path=path, step=step_id, message=words),)
        )
    merged = {**merge.step(), "uses": new.uses}
    changed = merge.state_schema(state_schema, needed=_names_in(steps, merged))
    merged["fields"] = merge.fields(merged, changed["properties"])
    return Upgrade(
        document={**document, "state_schema": changed, "steps": [*steps[:index], merged, *steps[index:]]},
        kept=tuple(merge.kept),
        overwritten=tuple(merge.overwritten),
    )


def _can_be_upgraded(step: Any) -> bool:
    return isinstance(step, Mapping) and is_prefix(step.get("prefix") or "") and isinstance(step.get("fields"), list)


def _names_in(steps: list[Any], merged: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(name for step in (*steps, merged) if isinstance(step, Mapping) for name in named_in_step(step))


@dataclass(kw_only=True)
class _Merge:
    """One comparison of three: the step as it was made, as it is, and as it is to be."""

    before: Copied
    after: Copied
    mine: Mapping[str, Any]
    kept: list[Touched] = field(default_factory=list)
    overwritten: list[Touched] = field(default_factory=list)

    def clashes(self, properties: Mapping[str, Any]) -> list[str]:
        """Return the fields that are new in the newer version, and something else in the document."""
        return [
            name
            for name, part in self.after.properties.items()
            if name not in self.before.properties
            and name in properties
            and not same(without_order(part), without_order(properties[name]))
        ]

    def step(self) -> dict[str, Any]:
        """Return the step, its id and its prefix the document's own."""
        return self._merged(self.mine, self.before.step, self.after.step, name=None)

    def fields(self, merged: Mapping[str, Any], properties: Mapping[str, Any]) -> list[Any]:
        """Return what the step asks for: also what is gone from the newer version, if it had to stay."""
        gone = [name for name in self.before.properties if name not in self.after.properties]
        return [*merged["fields"], *(name for name in self.mine["fields"] if name in gone and name in properties)]

    def state_schema(self, schema: Mapping[str, Any], *, needed: frozenset[str]) -> dict[str, Any]:
        """Return the state schema; a field that is gone from the newer version stays if something looks at it."""
        before, after = self.before.properties, self.after.properties
        properties, required = dict(schema["properties"]), list(schema["required"])
        for name, part in after.items():
            if name in before and name in properties:
                properties[name] = self._property(properties[name], before[name], part, name)
                required = self._required(required, name)
            elif name in before:
                self.kept.append(Touched(key="*", field=name))
            elif name not in properties:
                properties[name] = {**part, "x-order": next_order(properties)}
                required += [name] if name in self.after.required else []
        leaving = self._leaving(properties, needed)
        kept = {name: part for name, part in properties.items() if name not in leaving}
        return {**schema, "properties": kept, "required": [name for name in required if name not in leaving]}

    def _leaving(self, properties: Mapping[str, Any], needed: frozenset[str]) -> list[str]:
        """Return the fields that are gone from the newer version, and that nothing looks at which stays."""
        before = self.before.properties
        leaving = {name for name in before if name in properties and name not in self.after.properties}
        gone = sorted(leaving)
        looked_at = {name: frozenset(named_in_property(part)) for name, part in properties.items()}
        while stays := leaving & needed.union(*(looked_at[name] for name in properties.keys() - leaving)):
            leaving -= stays
        for name in gone:
            if name not in leaving:
                self.kept.append(Touched(key="*", field=name))
            elif not same(without_order(properties[name]), without_order(before[name])):
                self.overwritten.append(Touched(key="*", field=name))
        return sorted(leaving)

    def _property(self, mine: Any, before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> Any:
        if not isinstance(mine, Mapping):
            return mine
        order = {"x-order": mine["x-order"]} if "x-order" in mine else {}
        return {**self._merged(*map(without_order, (mine, before, after)), name=name), **order}

    def _required(self, required: list[str], name: str) -> list[str]:
        is_mine, was, shall = (name in names for names in (required, self.before.required, self.after.required))
        wanted = self._chosen(is_mine, was, shall, Touched(key="required", field=name))
        if wanted is is_mine:
            return required
        return [*required, name] if wanted else [other for other in required if other != name]

    def _merged(
        self, mine: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any], *, name: str | None
    ) -> dict[str, Any]:
        merged = {key: part for key, part in mine.items() if key in _OF_THE_DOCUMENT}
        for key in dict.fromkeys((*mine, *before, *after)):
            if key not in _OF_THE_DOCUMENT:
                own, was, shall = (source.get(key, _ABSENT) for source in (mine, before, after))
                part = self._chosen(own, was, shall, Touched(key=key, field=name))
                merged |= {key: part} if part is not _ABSENT else {}
        return merged

    def _chosen(self, mine: Any, before: Any, after: Any, place: Touched) -> Any:
        """Return what stands of one part; of lists, each entry is a part of its own."""
        if same(mine, before) or same(mine, after):
            return after
        if same(before, after):
            self.kept.append(place)
            return mine
        if isinstance(mine, list) and isinstance(before, list) and isinstance(after, list):
            self.kept.append(place)
            return _merged_lists(mine, before, after)
        self.overwritten.append(place)
        return after


def _merged_lists(mine: list[Any], before: list[Any], after: list[Any]) -> list[Any]:
    """Return the newer entries without those that the author took out, and with those that the author added."""
    had, has, gets = ({key_of(entry) for entry in entries} for entries in (before, mine, after))
    merged = [entry for entry in after if key_of(entry) in has or key_of(entry) not in had]
    for position, entry in enumerate(mine):
        if key_of(entry) not in had | gets:
            earlier = {key_of(other) for other in mine[:position]}
            places = [number for number, other in enumerate(merged, start=1) if key_of(other) in earlier]
            merged.insert(max(places, default=0), entry)
    return merged
