from typing import Any

import pytest

from authoring.sheet.kinds import COLUMN_KINDS, Kind, kind_of, reshaped

THINGS: dict[str, Any] = {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}}


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string", "maxLength": 3, "title": "T", "x-odd": 1}, Kind.TEXT),
        ({"type": "string", "contentMediaType": "text/plain"}, Kind.LONG_TEXT),
        ({"type": "number", "multipleOf": 2}, Kind.NUMBER),
        ({"type": "integer"}, Kind.INTEGER),
        ({"type": "boolean"}, Kind.BOOLEAN),
        ({"type": "boolean", "const": True}, Kind.BOOLEAN),
        ({"type": "string", "format": "date"}, Kind.DATE),
        ({"type": "string", "format": "date-time"}, Kind.DATE_TIME),
        ({"type": "string", "format": "email"}, Kind.EMAIL),
        ({"type": "string", "format": "uri"}, Kind.LINK),
        ({"enum": ["a", 1]}, Kind.CHOICE),
        ({"type": "string", "oneOf": []}, Kind.CHOICE),
        ({"type": "integer", "oneOf": [{"const": 1, "title": "One"}]}, Kind.CHOICE),
        ({"type": "array", "items": {"enum": ["a"]}}, Kind.CHOICES),
        ({"type": "array", "items": {"type": "string"}}, Kind.TEXTS),
        (THINGS, Kind.THINGS),
        ({"type": "number", "x-computed": {}}, Kind.COMPUTED),
        ({"type": "string", "x-choices": {}}, Kind.CHOSEN),
    ],
)
def test_a_property_that_a_row_can_show_whole_has_a_kind(schema: Any, kind: Kind) -> None:
    assert kind_of(schema) is kind


@pytest.mark.parametrize(
    "schema",
    [
        None,
        True,
        {},
        {"type": ["string", "null"]},
        {"type": "object"},
        {"$ref": "#/$defs/a"},
        {"type": "boolean", "const": False},
        {"type": "string", "format": "time"},
        {"type": "string", "format": "date", "maxLength": 3},
        {"type": "string", "contentMediaType": "text/html"},
        {"type": "string", "not": {}},
        {"type": "string", "x-computed": {}},
        {"type": "boolean", "x-choices": {}},
        {"enum": ["a"], "oneOf": []},
        {"enum": "abc"},
        {"oneOf": {"const": 1}},
        {"oneOf": ["a"]},
        {"oneOf": [{"const": "a", "description": "more"}]},
        {"oneOf": [{"title": "a"}]},
        {"enum": [True]},
        {"enum": [None]},
        {"enum": ["a", "a"]},
        {"enum": [1, "1"]},
        {"enum": [""]},
        {"enum": ["a", "a\n"]},
        {"type": "array"},
        {"type": "array", "items": {"type": "number"}},
        {"type": "array", "items": {"enum": [None]}},
        {"type": "array", "items": {"type": "string", "format": "date"}},
        {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "array"}}}},
        {"type": "array", "items": {"type": "object", "properties": {}, "minProperties": 1}},
        {"type": "array", "items": {"type": "object", "properties": {}, "required": "a"}},
    ],
)
def test_any_other_property_is_locked(schema: Any) -> None:
    assert kind_of(schema) is Kind.LOCKED


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.LOCKED, Kind.COMPUTED, Kind.CHOSEN}))
def test_a_property_turned_to_a_kind_is_of_that_kind_and_keeps_what_is_said_about_it(kind: Kind) -> None:
    said = {"title": "T", "description": "D", "readOnly": True, "x-ask": ["?"], "x-odd": 1}
    decided = {"type": "array", "items": {}, "default": 1, "examples": [1], "minItems": 1, "x-own-address": True}

    found = reshaped({**said, **decided, "x-computed": {}, "x-choices": {}}, kind)

    assert kind_of(found) is kind
    assert found.items() >= said.items()
    assert not {"default", "examples", "minItems", "x-own-address", "x-computed", "x-choices"} & found.keys()


def test_a_column_is_never_a_list() -> None:
    assert not {Kind.TEXTS, Kind.THINGS, Kind.CHOICES} & set(COLUMN_KINDS)
