"""Arguments of a tool are held against what its callers were told, and what is wrong is said without any value."""

from typing import Any

import pytest

from conversations.mcp.arguments import Arguments, ArgumentsInvalid

TAKES = Arguments(
    {
        "type": "object",
        "properties": {
            "conversation_id": {"type": "string", "minLength": 1, "maxLength": 5},
            "data": {"type": "object", "additionalProperties": {"type": "array"}},
            "token": {"type": "string"},
        },
        "required": ["conversation_id"],
        "additionalProperties": False,
    }
)


def _mistakes(given: dict[str, Any]) -> list[dict[str, str]]:
    with pytest.raises(ArgumentsInvalid) as refused:
        TAKES.read(given)
    found: list[dict[str, str]] = refused.value.details["errors"]
    assert refused.value.message == " ".join(each["message"] for each in found)
    return found


def test_arguments_that_fit_are_returned_without_nulls_that_say_nothing() -> None:
    assert TAKES.read({"conversation_id": "c1", "token": None}) == {"conversation_id": "c1"}


def test_everything_that_is_wrong_is_said_at_once_and_no_value_is_repeated() -> None:
    found = _mistakes({"conversation_id": "secret", "token": 3, "data": {"people": 1}})

    assert sorted(found, key=lambda each: each["path"]) == [
        {"path": "/conversation_id", "code": "maxLength", "message": "conversation_id must have at most 5 characters."},
        {"path": "/data/people", "code": "type", "message": "data (people) must be a list."},
        {"path": "/token", "code": "type", "message": "token must be text."},
    ]


def test_what_is_missing_is_named() -> None:
    assert _mistakes({}) == [
        {"path": "", "code": "required", "message": "The argument 'conversation_id' is missing."},
    ]


def test_what_is_unknown_is_named_with_what_was_meant() -> None:
    found = _mistakes({"conversation_id": "c1", "date": {}, "x" * 200: 1})

    assert [each["code"] for each in found] == ["unknown_key", "unknown_key"]
    assert [each["path"] for each in found] == ["/date", "/" + "x" * 200]
    assert found[0]["message"] == "There is no argument 'date'. Did you mean 'data'?"
    assert found[1]["message"] == f"There is no argument {'x' * 100!r}. It takes: conversation_id, data, token."


def test_a_hostile_call_gets_no_long_answer() -> None:
    assert len(_mistakes({f"key {number}": 1 for number in range(100)})) == 11
    assert len(_mistakes({"conversation_id": "c1", "data": {f"key {number}": 1 for number in range(100)}})) == 10
