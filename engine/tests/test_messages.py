from typing import Any

import pytest

from engine.messages import choices, explain
from engine.schema import StateSchema
from engine.tests.builders import schema


def words(part: dict[str, Any], value: Any, label: str = "Answer") -> list[str]:
    judged = StateSchema(schema(field=part)).judge({"field": value})
    return [explain(found, part, label) for found in judged["field"]]


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ({"type": "string"}, 5, "Answer must be text."),
        ({"type": "number"}, "5", "Answer must be a number."),
        ({"type": "integer"}, 5.5, "Answer must be a whole number."),
        ({"type": "boolean"}, "yes", "Answer must be yes or no."),
        ({"type": "array"}, "a", "Answer must be a list."),
        ({"type": "object"}, "a", "Answer must be a group of values."),
        ({"type": "null"}, "a", "Answer must be nothing."),
        ({"type": ["number", "string"]}, True, "Answer must be a number or text."),
        ({"format": "date"}, "x", "Answer must be a date like 2026-01-31."),
        ({"format": "date-time"}, "x", "Answer must be a date and time like 2026-01-31T14:00:00Z."),
        ({"format": "time"}, "x", "Answer must be a time like 14:00:00Z."),
        ({"format": "duration"}, "x", "Answer must be a duration like P3D."),
        ({"format": "email"}, "x", "Answer must be an e-mail address."),
        ({"format": "uri"}, "x", "Answer must be a link like https://example.org/page."),
        ({"format": "uuid"}, "x", "Answer must be a UUID."),
        ({"format": "ipv4"}, "x", "Answer must be of the format ipv4."),
        ({"minimum": 3}, 2, "Answer must be at least 3."),
        ({"maximum": 3.5}, 4, "Answer must be at most 3.5."),
        ({"exclusiveMinimum": 3}, 3, "Answer must be more than 3."),
        ({"exclusiveMaximum": 3}, 3, "Answer must be less than 3."),
        ({"multipleOf": 5}, 3, "Answer must be a multiple of 5."),
        ({"minLength": 2}, "a", "Answer must have at least 2 characters."),
        ({"maxLength": 2}, "abc", "Answer must have at most 2 characters."),
        ({"minItems": 2}, [1], "Answer must have at least 2 entries."),
        ({"maxItems": 2}, [1, 2, 3], "Answer must have at most 2 entries."),
        ({"minProperties": 2}, {"a": 1}, "Answer must have at least 2 entries."),
        ({"maxProperties": 1}, {"a": 1, "b": 2}, "Answer must have at most 1 entries."),
        ({"pattern": "^a"}, "b", "Answer is not written as expected."),
        ({"uniqueItems": True}, [1, 1], "Answer must not have the same entry twice."),
        ({"const": "secret"}, "b", "Answer is not the expected value."),
        ({"required": ["street"]}, {}, "Answer lacks 'street'."),
        ({"not": {"const": "b"}}, "b", "Answer is not allowed."),
        ({"enum": ["a", 1, True]}, "b", "Answer must be one of: a, 1, True."),
        ({"oneOf": [{"const": "a", "title": "An A"}, {"const": 2}]}, "b", "Answer must be one of: An A, 2."),
        ({"oneOf": [{"const": 1}, {"type": "number"}]}, 1, "Answer does not fit (oneOf)."),
        ({"anyOf": [{"const": 1}]}, 2, "Answer does not fit (anyOf)."),
        ({"contains": {"const": 1}}, [2], "Answer does not fit (contains)."),
        ({"allOf": [{"enum": ["a", 1]}]}, "b", "Answer must be one of: a, 1."),
        ({"properties": {"a": True}, "additionalProperties": False}, {"b": 1}, "Answer has unknown keys: b."),
        ({"properties": {"a": {}}, "additionalProperties": False}, {"b": 1, "c": 2}, "Answer has unknown keys: b, c."),
        ({"prefixItems": [True], "items": False}, [1, 2], "Answer (1) is not allowed."),
        ({"unevaluatedProperties": False}, {"b": 1}, "Answer has unknown keys: b."),
        ({"items": {"type": "number"}}, [1, "a"], "Answer (1) must be a number."),
        ({"items": {"enum": ["a", "b"]}}, ["a", "c"], "Answer (1) must be one of: a, b."),
        ({"properties": {"zip": {"pattern": "^[0-9]+$"}}}, {"zip": "x"}, "Answer (zip) is not written as expected."),
        ({"properties": {"a": {"items": {"minimum": 3}}}}, {"a": [2]}, "Answer (a/0) must be at least 3."),
        ({"properties": {"a": {"format": "date"}}}, {"a": "x"}, "Answer (a) must be a date like 2026-01-31."),
        ({"properties": {"a": {"anyOf": [False]}}}, {"a": "x"}, "Answer (a) does not fit (anyOf)."),
        (
            {"items": {"properties": {"a": True}, "additionalProperties": False}},
            [{"k": 1}],
            "Answer (0) has unknown keys: k.",
        ),
    ],
)
def test_a_refused_value_is_explained_in_one_sentence(part: dict[str, Any], value: Any, message: str) -> None:
    assert words(part, value) == [message]


@pytest.mark.parametrize("keyword", ["minimum", "exclusiveMinimum"])
def test_a_lower_limit_is_told_with_its_unit(keyword: str) -> None:
    (message,) = words({keyword: 1000, "x-unit": "EUR"}, 1)

    assert message.endswith(" 1000 EUR.")


@pytest.mark.parametrize("keyword", ["maximum", "exclusiveMaximum"])
def test_an_upper_limit_is_told_with_its_unit(keyword: str) -> None:
    (message,) = words({keyword: 1000, "x-unit": "EUR"}, 9999)

    assert message.endswith(" 1000 EUR.")


def test_a_step_of_a_number_is_told_with_its_unit() -> None:
    assert words({"multipleOf": 100, "x-unit": "EUR"}, 50) == ["Answer must be a multiple of 100 EUR."]


def test_a_length_has_no_unit() -> None:
    assert words({"minLength": 3, "x-unit": "EUR"}, "a") == ["Answer must have at least 3 characters."]


def test_the_authors_words_for_a_keyword_come_first() -> None:
    part = {"maximum": 10, "type": "integer", "x-messages": {"maximum": "We lend up to 10.", "*": "Try again."}}

    assert words(part, 11) == ["We lend up to 10."]
    assert words(part, "a") == ["Try again."]


def test_without_words_for_the_keyword_ours_are_used() -> None:
    assert words({"maximum": 10, "x-messages": {"minimum": "More."}}, 11) == ["Answer must be at most 10."]


def test_a_message_never_repeats_the_value() -> None:
    part = {"type": "object", "properties": {"pin": {"const": "1234"}, "mail": {"format": "email"}}, "maxProperties": 1}

    message = " ".join(words(part, {"pin": "my secret", "mail": "my secret"}))

    assert "secret" not in message
    assert "1234" not in message


@pytest.mark.parametrize(
    ("part", "offered"),
    [
        ({}, None),
        ({"enum": ["a", 1, None]}, [("a", "a"), (1, "1"), (None, "None")]),
        ({"oneOf": [{"const": "a", "title": "An A"}, {"const": 2}]}, [("a", "An A"), (2, "2")]),
        ({"enum": ["a"], "oneOf": [{"const": "b"}]}, [("a", "a")]),
        ({"oneOf": []}, None),
        ({"oneOf": [{"const": "a"}, {"title": "b"}]}, None),
        ({"oneOf": [{"const": "a"}, True]}, None),
    ],
)
def test_a_choice_is_an_enum_or_titled_constants(part: dict[str, Any], offered: Any) -> None:
    assert choices(part) == offered


def test_the_authors_words_nearest_to_the_spot_are_used_however_deep() -> None:
    deep = {
        "type": "array",
        "x-messages": {"type": "Give a list."},
        "items": {"type": "object", "properties": {"n": {"type": "number", "x-messages": {"type": "Count them."}}}},
    }

    assert words(deep, [{"n": "many"}]) == ["Count them."]
    assert words(deep, "many") == ["Give a list."]


def test_where_nothing_is_spelt_out_the_words_of_the_whole_are_used() -> None:
    counts = {"type": "object", "additionalProperties": {"type": "number"}, "x-messages": {"type": "Numbers, please."}}

    assert words(counts, {"a": "many"}) == ["Numbers, please."]
