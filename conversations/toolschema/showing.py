"""An author's schema as models are shown it: nothing of ours, nothing by reference, labels and choices in words."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from conversations.toolschema.keywords import (
    ANNOTATIONS,
    MANY_SCHEMAS,
    NAMED_SCHEMAS,
    ONE_SCHEMA,
    REFERENCES,
    is_silent,
    ordered,
)
from conversations.toolschema.losses import Place
from conversations.toolschema.words import description_of, sentences
from engine.conditions import key_of
from engine.definition import display_order
from engine.json_pointer import pointed_to
from engine.wording import label_of

USABLE_NAME = re.compile("[A-Za-z0-9_.-]{1,64}")
"""The keys of properties that every provider takes; others refuse the whole tool."""

# Of these, what admits more inside may refuse more outside.
_TURNING = frozenset({"oneOf", "not", "if", "contains"})
_TOLD_OTHERWISE = REFERENCES | {"properties", "description"}
_OF_A_CHOICE = frozenset({"const", "title", "description"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """How schemas of one state schema are shown; `within` are the references that led here."""

    root: Mapping[str, Any]
    is_sensitive: bool = False
    within: tuple[str, ...] = ()

    def schema(self, source: Any, place: Place) -> Any:
        """Return a schema as a model is shown it."""
        if not isinstance(source, Mapping):
            return source
        told = _with_plain_choices(source)
        shown = {key: part for key in sorted(told) for part in self._sound(key, told[key], place)}
        words = description_of(source)
        if "properties" in source:
            group, more = self.properties(_in_order(source["properties"]), place)
            shown, words = {**shown, **group}, sentences(words, more)
        if words:
            shown["description"] = words
        for key in sorted(REFERENCES & source.keys()):
            shown = self._with_target(shown, key, source[key], place)
        return _tidy(shown)

    def properties(
        self, sources: Mapping[str, Any], place: Place, *, sensitive: Set[str] = frozenset()
    ) -> tuple[dict[str, Any], str]:
        """Return what a group of values is, and those in words whose names no provider may be told."""
        shown, words = {}, []
        for name, source in sources.items():
            if USABLE_NAME.fullmatch(name):
                showing = replace(self, is_sensitive=self.is_sensitive or name in sensitive)
                shown[name] = showing.schema(source, place.at("properties", name))
            else:
                place.at("properties", name).lose("properties", "named in the description: providers refuse the name")
                words.append(f"{name!r} ({label_of(name, _mapping(source))})")
        if not words:
            return {"properties": shown}, ""
        return {"properties": shown, "additionalProperties": True}, f"Also takes {', '.join(words)}"

    def _sound(self, key: str, part: Any, place: Place) -> Iterator[Any]:
        """Return the value of one keyword, unless what is lost in it would make it refuse what is right."""
        before = len(place.losses)
        found = [*self._part(key, part, place)]
        if key in _TURNING and len(place.losses) > before:
            place.lose(key, "left out: without what is lost in it, it would say too much")
            return
        yield from found

    def _part(self, key: str, part: Any, place: Place) -> Iterator[Any]:
        """Return the value of one keyword, if it is shown."""
        if is_silent(key) or key in _TOLD_OTHERWISE or (self.is_sensitive and key in ("default", "examples")):
            return
        if key in ONE_SCHEMA:
            yield self.schema(part, place.at(key))
        elif key in MANY_SCHEMAS:
            yield [self.schema(one, place.at(key, index)) for index, one in enumerate(part)]
        elif key in NAMED_SCHEMAS:
            yield {name: self.schema(part[name], place.at(key, name)) for name in sorted(part)}
        else:
            yield ordered(part)

    def _with_target(self, shown: dict[str, Any], key: str, reference: str, place: Place) -> dict[str, Any]:
        """Return a schema in which a reference is replaced by what it refers to, once; a circle ends in anything."""
        targets = list(pointed_to(self.root, reference[1:])) if reference.startswith("#/") else []
        if not targets or reference in self.within:
            place.lose(key, "left out: any value will do here, and is judged when it comes")
            return shown
        # What the other place suggests for its own value is nothing for this one, and may be sensitive.
        there = Showing(root=self.root, is_sensitive=True, within=(*self.within, reference))
        target = there.schema(targets[0], place)
        if isinstance(target, dict) and shown.keys() <= ANNOTATIONS:
            return {**target, **shown}
        return {**shown, "allOf": [*shown.get("allOf", ()), target]}


def _in_order(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties in the order in which people see them."""
    names = sorted(properties, key=lambda name: display_order(name, _mapping(properties[name])))
    return {name: properties[name] for name in names}


def _tidy(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a schema in one order, what it is first."""
    first = [key for key in ("type", "description") if key in shown]
    return {key: shown[key] for key in (*first, *sorted(shown.keys() - {*first}))}


def _with_plain_choices(source: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema whose titled choices are listed, which every provider knows; their titles are told in words."""
    options = source.get("oneOf")
    if "enum" in source or not isinstance(options, list) or not all(map(_is_choice, options)):
        return source
    values = [option["const"] for option in options]
    if len(set(map(key_of, values))) < len(values):  # offered twice, a value is no answer at all
        return source
    rest = {key: part for key, part in source.items() if key != "oneOf"}
    return {**rest, "enum": values}


def _is_choice(option: Any) -> bool:
    return (
        isinstance(option, Mapping)
        and "const" in option
        and all(key in _OF_A_CHOICE or is_silent(key) for key in option)
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
