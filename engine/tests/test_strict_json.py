import json
from typing import Any

import pytest

from engine.strict_json import MAX_BYTES, MAX_DEPTH, MAX_INTEGER, UnreadableJson, check, loads


def nested(depth: int, innermost: Any = 1) -> Any:
    value = innermost
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


def refusal(text: bytes | str) -> str:
    with pytest.raises(UnreadableJson) as caught:
        loads(text)
    return caught.value.message


def refusal_of_value(value: Any) -> str:
    with pytest.raises(UnreadableJson) as caught:
        check(value)
    return caught.value.message


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        0,
        -0.5,
        "",
        "é€😀",
        [],
        {},
        [[], {}],
        {"a": [1, {"b": None}], "": "x"},
        MAX_INTEGER,
        -MAX_INTEGER,
        float(MAX_INTEGER),
    ],
)
def test_what_json_can_say_is_read_as_it_is(value: Any) -> None:
    text = json.dumps(value)

    assert loads(text) == value
    assert loads(text.encode()) == value


def test_an_escaped_surrogate_pair_is_one_character() -> None:
    assert loads(r'"\ud83d\ude00"') == "😀"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'"\xff"', "The text is not UTF-8 (byte 1)."),
        (b"", "This is not JSON: Expecting value (line 1, column 1)."),
        (b'{"a":\n 1 2}', "This is not JSON: Expecting ',' delimiter (line 2, column 4)."),
        (b'\xef\xbb\xbf"a"', "This is not JSON: Unexpected UTF-8 BOM (decode using utf-8-sig) (line 1, column 1)."),
        ('{"a": 1, "b": 2, "a": 3}', "The key 'a' occurs twice in one object."),
        ('[{"b": {"c": 1, "c": 1}}]', "The key 'c' occurs twice in one object."),
        ("NaN", "NaN is not JSON."),
        ("[Infinity]", "Infinity is not JSON."),
        ("-Infinity", "-Infinity is not JSON."),
        ("1e400", "A number is not finite. Send large numbers as strings."),
        ("-1e400", "A number is not finite. Send large numbers as strings."),
        ("9007199254740993", "An integer is beyond 2**53. Send large numbers as strings."),
        ("[-9007199254740993]", "An integer is beyond 2**53. Send large numbers as strings."),
        ("1" * 5000, "A number has too many digits. Send large numbers as strings."),
        (r'"a\u0000"', "A text contains the NUL character."),
        (r'{"\u0000": 1}', "A text contains the NUL character."),
        (r'"\ud800"', "A text contains half of a surrogate pair."),
        (r'["\udfff!"]', "A text contains half of a surrogate pair."),
        (r'{"a": {"\udc00": 1}}', "A text contains half of a surrogate pair."),
    ],
)
def test_a_text_that_is_not_plain_json_is_refused_with_the_reason(text: bytes | str, message: str) -> None:
    assert refusal(text) == message


def test_of_several_repeated_keys_the_most_repeated_is_named() -> None:
    assert refusal('{"a": 1, "b": 2, "a": 3, "b": 4, "b": 5}') == "The key 'b' occurs twice in one object."


def test_a_long_repeated_key_is_cut_in_the_message() -> None:
    key = "k" * 101

    assert refusal(f'{{"{key}": 1, "{key}": 2}}') == f"The key '{key[:100]}' occurs twice in one object."


@pytest.mark.parametrize("innermost", [1, [], {}, "a"])
def test_thirty_two_levels_are_read(innermost: Any) -> None:
    levels = MAX_DEPTH - isinstance(innermost, list | dict)

    value = nested(levels, innermost)

    assert loads(json.dumps(value)) == value


@pytest.mark.parametrize("innermost", [1, [], {}, "a"])
def test_the_thirty_third_level_is_refused(innermost: Any) -> None:
    levels = MAX_DEPTH + 1 - isinstance(innermost, list | dict)

    message = refusal_of_value(nested(levels, innermost))

    assert message == "The value is nested deeper than 32 levels."


def test_the_deepest_level_is_looked_at_too() -> None:
    assert refusal_of_value(nested(MAX_DEPTH, "\x00")) == "A text contains the NUL character."


@pytest.mark.parametrize("depth", [33, 1_000, 200_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_depth_never_breaks_the_reader(opening: str, closing: str, depth: int) -> None:
    text = opening * depth + "1" + closing * depth

    assert refusal(text) == "The value is nested deeper than 32 levels."


def test_a_deep_branch_beside_shallow_ones_is_refused() -> None:
    assert refusal_of_value({"a": 1, "b": [nested(33)], "c": {}}) == "The value is nested deeper than 32 levels."


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ((1, 2), "tuple is not a kind of value that JSON has."),
        ([{"a": {1}}], "set is not a kind of value that JSON has."),
        ({1: "a"}, "A key must be a string, not 1."),
        (1e17, "A number is beyond 2**53. Send large numbers as strings."),
        (-1e300, "A number is beyond 2**53. Send large numbers as strings."),
        ({"a": float("nan")}, "A number is not finite. Send large numbers as strings."),
    ],
)
def test_a_value_that_json_cannot_hold_is_refused(value: Any, message: str) -> None:
    assert refusal_of_value(value) == message


def test_a_body_holds_one_mebibyte() -> None:
    assert MAX_BYTES == 1_048_576


def test_a_refused_text_is_the_callers_mistake() -> None:
    assert UnreadableJson.code == "unreadable_json"
