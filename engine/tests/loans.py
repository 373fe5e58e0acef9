"""One document, and what is told of it after somebody changed something in it."""

import copy
from collections.abc import Callable
from typing import Any

from engine.differences import differences
from engine.tests.builders import LIST, NUMBER, TEXT, document, info, row, rule, step

type Json = dict[str, Any]

OPAQUE = "changed in a way only a developer can read"
CHOICES = [{"const": "phone", "title": "Phone"}, {"const": "tablet", "title": "Tablet"}, {"const": "pc"}]
CHECK = row("days", "<=", 90)


def loan(**changes: Any) -> Json:
    """Return the document in which every test changes something."""
    fields = {
        "device": {**TEXT, "title": "Device", "oneOf": CHOICES, "x-order": 1},
        "days": {"type": "integer", "title": "Number of days", "maximum": 90, "x-order": 2},
        "extras": {**LIST, "title": "Extras", "items": {**TEXT, "enum": ["bag", "cable"]}, "x-order": 3},
        "people": {
            **LIST,
            "title": "People",
            "x-order": 4,
            "items": {"type": "object", "properties": {"age": {**NUMBER, "title": "Age"}}, "required": ["age"]},
        },
        "born": {**TEXT, "format": "date", "title": "Date of birth", "x-order": 5},
        "note": {**TEXT, "x-order": 6},
    }
    return document(
        step(
            "loan",
            "device",
            "days",
            "extras",
            rules=[rule(CHECK, "Too long."), rule(row("days", ">", 0), "Too short.")],
        ),
        step("who", "people", "born", name="Who", when=row("device", "==", "tablet")),
        info("hint", end={"outcome": "told", "message": "Bye."}),
        step("last", "note", required=False),
        properties=fields,
        required=["device", "days", "people"],
        **{"name": "loan", "guidelines": "Be kind.", "metadata": {"owner": "anna"}, **changes},
    )


def told(before: Json, after: Json) -> list[str]:
    """Return what is told, in sentences."""
    return [found.words for found in differences(before, after)]


def changed(change: Callable[[Json], Any], *, before: Json | None = None) -> list[str]:
    """Return what is told of the document after a change was made in it."""
    source = loan() if before is None else before
    after = copy.deepcopy(source)
    change(after)
    return told(source, after)


def field(name: str, **keywords: Any) -> list[str]:
    """Return what is told of a field that says this besides, and, the other way round, of one that no longer does."""
    return changed(lambda after: after["state_schema"]["properties"][name].update(keywords))


def step_of(index: int, **keys: Any) -> list[str]:
    """Return what is told of a step that says this."""
    return changed(lambda after: after["steps"][index].update(keys))


def fields_of(source: Json) -> Json:
    found: Json = source["state_schema"]["properties"]
    return found
