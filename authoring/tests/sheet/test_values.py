from typing import Any

import pytest

from authoring.sheet.rows import Misfit
from authoring.sheet.values import number_of, number_text, offered_by, value_of, value_text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("30", 30),
        (" 2.5 ", 2.5),
        ("-1", -1),
        ("+7", 7),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1,234,567", 1234567),
        ("12 000", 12000),
        ("12\u00a0000", 12000),
        ("12\u202f000", 12000),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, number: float) -> None:
    assert number_of(text) == number
    assert isinstance(number_of(text), type(number))


@pytest.mark.parametrize("text", ["", "x", "1,23", "1.", "0x1", "1_000", "NaN", "inf", "٣", "9" * 401])
def test_what_is_no_number_is_a_misfit(text: str) -> None:
    with pytest.raises(Misfit, match=r"^Give a number, like 30 or 2\.5\.$"):
        number_of(text)


@pytest.mark.parametrize("text", ["9007199254740993", "-9007199254740993", "9" * 17, "9" * 350, "1e999"])
def test_a_number_that_not_every_reader_of_json_can_hold_is_too_large(text: str) -> None:
    with pytest.raises(Misfit, match=r"^This number is too large\.$"):
        number_of(text)


def test_a_whole_number_has_no_fraction() -> None:
    assert number_of("3.0", whole=True) == 3
    assert isinstance(number_of("3.0", whole=True), int)
    with pytest.raises(Misfit, match=r"^Give a whole number, like 30\.$"):
        number_of("2.5", whole=True)


@pytest.mark.parametrize("value", [0, -0.0, 1e-7, 2**53, 1.0, 12345678901234])
def test_a_number_is_typed_as_it_is_read(value: float) -> None:
    assert repr(number_of(number_text(value))) == repr(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "yes"), (False, "no"), (2.5, "2.5"), ("a b", "a b"), ("a\nb", None), (None, None), ([], None), ({}, None)],
)
def test_a_constant_is_a_text_if_an_input_can_hold_it(value: Any, text: str | None) -> None:
    assert value_text(value) == text


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ("2", {"enum": [1, 2]}, 2),
        ("b", {"oneOf": [{"const": "b"}]}, "b"),
        ("yes", {"type": "boolean"}, True),
        ("no", {"type": "boolean"}, False),
        ("3", {"type": "number"}, 3),
        ("3", {"type": "integer", "x-computed": {}}, 3),
        ("2026-01-31", {"type": "string", "format": "date"}, "2026-01-31"),
        (" x", {"type": "string"}, " x"),
        ("x", {}, "x"),
    ],
)
def test_a_text_stands_for_what_the_field_can_have(text: str, schema: Any, value: Any) -> None:
    assert value_of(text, schema) == value
    assert isinstance(value_of(text, schema), type(value))


@pytest.mark.parametrize(
    ("text", "schema", "words"),
    [
        ("3", {"enum": [1, 2]}, "Choose one of the list."),
        ("maybe", {"type": "boolean"}, "Choose yes or no."),
        ("many", {"type": "number"}, "Give a number, like 30 or 2.5."),
        ("31.1.2026", {"type": "string", "format": "date"}, "Give a date."),
        ("2026-01-3٣", {"type": "string", "format": "date"}, "Give a date."),
        (" ", {"type": "string"}, "Say what to compare with."),
    ],
)
def test_a_text_that_the_field_cannot_have_is_a_misfit(text: str, schema: Any, words: str) -> None:
    with pytest.raises(Misfit) as told:
        value_of(text, schema)

    assert str(told.value) == words


@pytest.mark.parametrize(
    "schema", [{}, {"enum": 5}, {"oneOf": "x"}, {"oneOf": [{"type": "string"}]}, {"type": "string"}]
)
def test_what_lists_no_values_offers_none(schema: Any) -> None:
    assert offered_by(schema) is None
