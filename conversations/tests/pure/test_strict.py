"""Arguments as strict tools have them, by example."""

from typing import Any

import pytest

from conversations.toolschema import limits
from conversations.toolschema.losses import Loss, Place
from conversations.toolschema.strict import NotStrictable, strict

type Json = dict[str, Any]


def of(schema: Any, *, required: bool = True) -> tuple[Json, list[tuple[str, str]]]:
    """Return the strict schema of a field, and what is lost of it: where, and which keyword."""
    losses: list[Loss] = []
    asked = {"type": "object", "properties": {"x": schema}, "additionalProperties": False}
    made = strict({**asked, "required": ["x"]} if required else asked, Place("t", losses))
    return made["properties"]["x"], [(loss.path.removeprefix("/properties/x"), loss.keyword) for loss in losses]


def why(schema: Any, *, required: bool = True) -> tuple[str, str]:
    """Return where a field cannot be strict, and why."""
    with pytest.raises(NotStrictable) as refused:
        of(schema, required=required)
    return refused.value.path.removeprefix("/properties/x"), str(refused.value)


@pytest.mark.parametrize(
    ("schema", "made"),
    [
        ({"type": "string"}, {"type": ["string", "null"]}),
        ({"enum": ["a", "b"]}, {"type": ["string", "null"], "enum": ["a", "b", None]}),
        ({"const": 3}, {"type": ["integer", "null"], "enum": [3, None]}),
        ({"const": 2.5}, {"type": ["number", "null"], "enum": [2.5, None]}),
        ({"type": "boolean"}, {"type": ["boolean", "null"]}),
        (
            {"type": ["string", "integer"], "minimum": 1},
            {"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 1}, {"type": "null"}]},
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "boolean"}]},
            {"anyOf": [{"type": "string"}, {"type": "boolean"}, {"type": "null"}]},
        ),
    ],
)
def test_an_optional_value_may_be_null(schema: Json, made: Json) -> None:
    assert of(schema, required=False) == (made, [])


@pytest.mark.parametrize(
    ("schema", "made"),
    [
        ({"type": ["string", "null"]}, {"type": ["string", "null"]}),
        ({"type": "null"}, {"type": "null"}),
        ({"type": "null", "minLength": 2}, {"type": "null"}),
        (
            {"type": "object", "additionalProperties": False},
            {"type": "object", "properties": {}, "required": [], "additionalProperties": False},
        ),
        ({"enum": [None]}, {"type": "null"}),
        ({"type": ["string", "null"], "enum": ["a"]}, {"type": "string", "enum": ["a"]}),
        ({"type": "integer", "enum": [1, 2.0, 2.5, True, "a"]}, {"type": "integer", "enum": [1, 2.0]}),
        ({"type": "number", "enum": [1, 2.5, True, "a"]}, {"type": "number", "enum": [1, 2.5]}),
        ({"enum": ["a", True]}, {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "boolean", "enum": [True]}]}),
        (
            {"type": ["string", "integer", "null"]},
            {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
        ),
        ({"type": "string", "minimum": 3}, {"type": "string"}),
        ({"type": "number", "minimum": 3, "multipleOf": 2}, {"type": "number", "minimum": 3, "multipleOf": 2}),
    ],
)
def test_a_required_value_is_what_it_was(schema: Json, made: Json) -> None:
    assert of(schema) == (made, [])


def test_what_strict_tools_do_not_know_is_told_in_words() -> None:
    made, lost = of(
        {
            "type": "string",
            "description": "A name",
            "minLength": 2,
            "maxLength": 9,
            "format": "uri",
            "pattern": "^h",
            "default": "http",
            "not": {"const": "x"},
        }
    )

    assert made == {
        "type": "string",
        "description": "A name. Suggested: http. Format: uri. At most 9 characters. At least 2 characters. "
        'Also, in JSON Schema, not: {"const": "x"}.',
        "pattern": "^h",
    }
    assert lost == [("", "format"), ("", "maxLength"), ("", "minLength"), ("", "not")]


def test_a_keyword_without_words_of_its_own_is_told_the_same_whatever_order_it_was_stored_in() -> None:
    made, _ = of({"type": "string", "not": {"minLength": 2, "enum": ["größe"]}})

    assert made["description"] == 'Also, in JSON Schema, not: {"enum": ["größe"], "minLength": 2}.'


def test_what_became_of_it_is_said_of_everything_that_is_lost() -> None:
    losses: list[Loss] = []
    group = {"type": "object", "properties": {"a": {"oneOf": [{"type": "string"}], "minLength": 2}}, "required": ["a"]}

    strict(group, Place("t", losses))

    assert [(loss.keyword, loss.became) for loss in losses] == [
        ("additionalProperties", "false: only members that are named can be given"),
        ("oneOf", "anyOf: more than one of them may fit"),
        ("minLength", "told in the description"),
    ]


def test_a_list_keeps_how_long_it_may_be() -> None:
    dates = {"type": "array", "items": {"type": "string", "format": "date"}}

    made, lost = of({**dates, "minItems": 1, "uniqueItems": True})

    assert made == {**dates, "description": "No entry twice.", "minItems": 1}
    assert lost == [("", "uniqueItems")]
    assert "description" not in of({**dates, "uniqueItems": False})[0]


def test_a_group_is_closed_and_has_all_its_members() -> None:
    made, lost = of(
        {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["a"]}
    )

    assert made["required"] == ["a", "b"]
    assert made["properties"] == {"a": {"type": "string"}, "b": {"type": ["string", "null"]}}
    assert made["additionalProperties"] is False
    assert lost == [("", "additionalProperties")]


def test_that_only_one_may_fit_is_lost() -> None:
    one_of = [{"type": "string"}, {"type": "null"}]

    made, lost = of({"oneOf": one_of, "minLength": 2, "description": "One"})

    assert made == {"description": "One. At least 2 characters.", "anyOf": one_of}
    assert lost == [("", "oneOf"), ("", "minLength")]


@pytest.mark.parametrize(
    ("schema", "path", "words"),
    [
        ({}, "", "anything may stand here"),
        ({"minimum": 3}, "", "anything may stand here"),
        ({"type": "array"}, "/items", "anything may stand here"),
        ({"type": "object"}, "", "members of other names may stand here"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "", "members of other names may stand here"),
        (
            {"type": "object", "properties": {"a": {"type": "string"}}, "patternProperties": {"^b": {}}},
            "",
            "members of other names may stand here",
        ),
        (
            {"type": "object", "properties": {}, "required": ["a"], "additionalProperties": False},
            "",
            "a member is required of which nothing is known",
        ),
        ({"type": "object", "properties": {"a": False}}, "/properties/a", "anything may stand here"),
        (
            {"type": "object", "properties": {"a": {"type": ["string", "null"]}}},
            "/properties/a",
            "null could mean two things here",
        ),
        (
            {"anyOf": [{"type": "object", "properties": {"a": {"type": "string"}}}]},
            "/anyOf/0/properties/a",
            "null could mean two things here",
        ),
    ],
)
def test_what_no_strict_tool_can_say_is_refused_with_its_place(schema: Json, path: str, words: str) -> None:
    assert why(schema) == (path, words)


def test_an_optional_value_that_may_be_null_is_refused() -> None:
    assert why({"type": ["string", "null"]}, required=False) == ("", "null could mean two things here")


def _nested(levels: int) -> Json:
    schema: Json = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "array", "items": schema}
    return schema


def _members(count: int) -> Json:
    return {f"f{index}": {"type": "string"} for index in range(count)}


def _group(members: Json) -> Json:
    return {"type": "object", "properties": members, "required": [*members], "additionalProperties": False}


@pytest.mark.parametrize(
    ("largest", "too_large", "words"),
    [
        (_nested(8), _nested(9), "nested deeper than 10 levels"),
        (_group(_members(4999)), _group(_members(5000)), "more than 5,000 properties"),
        ({"enum": [*range(1000)]}, {"anyOf": [{"enum": [*range(1000)]}, {"const": "a"}]}, "more than 1,000 choices"),
        (
            {"enum": ["x" * 14_360, *map(str, range(250))]},
            {"enum": ["x" * 14_361, *map(str, range(250))]},
            "more than 15,000 characters",
        ),
        (
            {"enum": ["x" * 20_000, *map(str, range(249))]},
            {"enum": ["x" * 20_000, *map(str, range(250))]},
            "more than 250 choices",
        ),
        ({"enum": ["x" * 119_999]}, {"enum": ["x" * 120_000]}, "more than 120,000 characters"),
    ],
)
def test_what_is_too_large_for_openai_is_refused(largest: Json, too_large: Json, words: str) -> None:
    assert of(largest)
    assert words in why(too_large)[1]


def test_the_limits_are_those_of_the_guide() -> None:
    assert (limits.MAX_PROPERTIES, limits.MAX_DEPTH, limits.MAX_CHOICES) == (5000, 10, 1000)
