"""Checks of the author's words: placeholders in them name answers that may be read there, and are well written."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.definition import origins_of
from engine.findings import Finding, Severity, pointer
from engine.parts import Parts
from engine.placeholders import PLACEHOLDER, Placeholder, Source, placeholders_in
from engine.step_checks import unknown_field
from engine.wording import label_of

_IN_BRACES = re.compile(r"\{\{([^{}]*)\}\}")
_HALF_WRITTEN = re.compile(r"\{\s*state\.[^{}\s]+\s*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """A text of a document, its place, and the step or the field that says it."""

    text: str
    path: str
    step: str | None = None
    field: str | None = None

    def finding(self, rule: str, words: str, severity: Severity = Severity.ERROR) -> Finding:
        return Finding(rule=rule, path=self.path, message=words, severity=severity, step=self.step, field=self.field)


def check(parts: Parts) -> Iterator[Finding]:
    """Return what is wrong with the placeholders in the words of well-formed parts of a document."""
    for said in _filled(parts):
        for asked in dict.fromkeys(placeholders_in(said.text)):
            yield from _placeholder(asked, said, parts.properties)
        yield from _spelling(said, parts.properties)
    for said in _never_filled(parts):
        if PLACEHOLDER.search(said.text):
            words = "Nothing is filled in here: this is read as it stands. Take the placeholder out."
            yield said.finding("placeholder_not_filled", words, Severity.WARNING)


def _placeholder(asked: Placeholder, said: _Text, properties: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    match asked.source:
        case Source.SECRET:
            yield said.finding("secret_misplaced", "A secret never stands in words. Take the placeholder out.")
        case Source.WORKFLOW:
            words = "Only answers stand in words, like {{state.name}}. Take the placeholder out."
            yield said.finding("placeholder_misplaced", words)
        case _ if asked.name not in properties:
            yield unknown_field(asked.name, properties, said.path, said.step)
        case _:
            yield from _sensitive(asked.name, said, properties)


def _sensitive(name: str, said: _Text, properties: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    origin = _sensitive_origin(name, properties)
    if origin is not None:
        why = f"{name!r} is sensitive" if origin == name else f"{name!r} follows from {origin!r}, which is sensitive"
        words = f"{why}. Its value never stands in words, which anybody may read. Take the placeholder out."
        yield said.finding("sensitive_in_words", words)


def _sensitive_origin(name: str, properties: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the field that makes a field sensitive, itself or one that it is computed or chosen from."""
    behind, seen = [name], {name}
    while behind:
        nearest = behind.pop(0)
        part = properties.get(nearest, {})
        if part.get("x-sensitive") is not None:
            return nearest
        new = [origin for origin in origins_of(part) if origin not in seen]
        behind += new
        seen.update(new)
    return None


def _spelling(said: _Text, properties: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    rest = PLACEHOLDER.sub(" ", said.text)
    if "{{" in rest:
        meant = next(filter(None, (_meant(inside, properties) for inside in _IN_BRACES.findall(rest))), None)
        words = "This holds a {{...}} that asks for nothing known, and would be read as it stands."
        hint = f"Did you mean {meant}?" if meant else "Write {{state.field}}, with nothing else in the braces."
        yield replace(said.finding("malformed_placeholder", f"{words} {hint}"), suggestion=meant)
    elif half := _HALF_WRITTEN.search(rest):
        words = f"{half[0]!r} is read as it stands. Write {{{{state.field}}}}, with two braces on either side."
        yield said.finding("malformed_placeholder", words, Severity.WARNING)


def _meant(inside: str, properties: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the placeholder of the field that people call so, or None if none is called so."""
    called = inside.strip().removeprefix("state.").strip().casefold()
    names = (name for name, part in properties.items() if called in (name.casefold(), label_of(name, part).casefold()))
    return next((f"{{{{state.{name}}}}}" for name in names), None)


# ---- Where there are words ----


def _filled(parts: Parts) -> Iterator[_Text]:
    """Return the texts that answers are filled into."""
    for index, step in parts.steps:
        place, step_id = pointer("steps", index), step["id"]
        for key in ("name", "description"):
            if key in step:
                yield _Text(text=step[key], path=place + pointer(key), step=step_id)
        for number, rule in enumerate(step.get("rules", ())):
            yield _Text(text=rule["message"], path=place + pointer("rules", number, "message"), step=step_id)
        if "message" in step.get("end", {}):
            yield _Text(text=step["end"]["message"], path=place + "/end/message", step=step_id)
    for name, part in parts.properties.items():
        place = pointer("state_schema", "properties", name)
        if isinstance(part.get("description"), str):
            yield _Text(text=part["description"], path=place + "/description", field=name)
        for number, text in enumerate(part.get("x-ask", ())):
            yield _Text(text=text, path=place + pointer("x-ask", number), field=name)
        yield from _messages(part, place, name)


def _messages(part: Mapping[str, Any], place: str, field: str) -> Iterator[_Text]:
    """Return what is said when a value is refused, by a property or by a part of it."""
    said = part.get("x-messages")
    for keyword, text in said.items() if isinstance(said, Mapping) else ():
        if isinstance(text, str):
            yield _Text(text=text, path=place + pointer("x-messages", keyword), field=field)
    below = part.get("properties")
    for name, column in below.items() if isinstance(below, Mapping) else ():
        if isinstance(column, Mapping):
            yield from _messages(column, place + pointer("properties", name), field)
    if isinstance(part.get("items"), Mapping):
        yield from _messages(part["items"], place + "/items", field)


def _never_filled(parts: Parts) -> Iterator[_Text]:
    """Return texts for which somebody may expect it, and that are names, or the same for everybody."""
    for key in ("description", "guidelines"):
        if isinstance(parts.document.get(key), str):
            yield _Text(text=parts.document[key], path=pointer(key))
    for name, part in parts.properties.items():
        place = pointer("state_schema", "properties", name)
        yield from _titles(part, place, name)
        if isinstance(part.get("items"), Mapping):
            yield from _titles(part["items"], place + "/items", name)


def _titles(part: Mapping[str, Any], place: str, field: str) -> Iterator[_Text]:
    if isinstance(part.get("title"), str):
        yield _Text(text=part["title"], path=place + "/title", field=field)
    options = part.get("oneOf")
    for number, option in enumerate(options if isinstance(options, list) else ()):
        if isinstance(option, Mapping) and isinstance(option.get("title"), str):
            yield _Text(text=option["title"], path=place + pointer("oneOf", number, "title"), field=field)
