"""What people read of values: a value alone, and the author's texts in which `{{state.name}}` stands for one.

A text is looked through once, so what a value holds is never itself read as a placeholder. A value stays on its line
and is cut, so that no answer can look like another paragraph of the text, or like instructions to a model.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from engine.choosing import narrowed
from engine.conditions import same
from engine.definition import Field
from engine.messages import choices
from engine.placeholders import Placeholder, Source, replaced

MAX_VALUE = 200
"""Characters of one value in a text."""

UNANSWERED = "…"
HIDDEN = "***"
"""Stands for every sensitive value, answered or not: that it is there may say something too."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# What turns the text around it, and letters that no person sees but a model reads.
_UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")


def words(schema: Any, value: Any) -> str:
    """Return a value as people read it: with the titles of choices and columns, units, and commas in a list."""
    if value == []:
        return "None"
    if isinstance(value, list):
        items = schema.get("items")
        return ", ".join(words(items if isinstance(items, dict) else {}, item) for item in value)
    for offered, title in choices(schema) or ():
        if same(offered, value):
            return title
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dict):
        return "; ".join(_member(schema, name, part) for name, part in value.items())
    unit = f" {schema['x-unit']}" if "x-unit" in schema else ""
    return f"{value}{unit}"


def _member(schema: Any, name: str, value: Any) -> str:
    members = schema.get("properties")
    found = members.get(name) if isinstance(members, dict) else None
    member = found if isinstance(found, dict) else {}
    return f"{member.get('title') or name}: {words(member, value)}"


def filled(text: str, fields: Mapping[str, Field], live: Mapping[str, Any]) -> str:
    """Return a text in which live values stand as people read them, and sensitive ones as a mask."""

    def said(asked: Placeholder) -> str | None:
        field = fields.get(asked.name) if asked.source is Source.STATE else None
        return None if field is None else _in_a_text(field, live)

    return replaced(text, said)


def with_labels(text: str, label_of: Callable[[str], str]) -> str:
    """Return a text as it is read where there are no values: `[Amount]` stands for what will be filled in."""
    return replaced(text, lambda asked: f"[{label_of(asked.name)}]" if asked.source is Source.STATE else None)


def _in_a_text(field: Field, live: Mapping[str, Any]) -> str:
    if field.sensitive is not None:
        return HIDDEN
    value = live.get(field.name)
    if value is None:
        return UNANSWERED
    return _cut(_on_one_line(words(narrowed(field, live).schema, value))) or UNANSWERED


def _on_one_line(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", _UNSEEN.sub("", text)).split())


def _cut(text: str) -> str:
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1].rstrip() + "…"
