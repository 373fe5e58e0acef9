"""Exact readings are taken, two possible ones are not, and everything else is left as it is."""

from typing import Any

import pytest

from engine.coercion import Ambiguous, Exact, is_placeholder, read
from engine.tests.builders import BOOL, NUMBER, TEXT

WHOLE: dict[str, Any] = {"type": "integer"}
DATE: dict[str, Any] = {"type": "string", "format": "date"}
CHOICE: dict[str, Any] = {"oneOf": [{"const": "home", "title": "A house"}, {"const": "car"}, {"const": 3}]}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5000", 5000),
        (" 5000 ", 5000),
        ("-5", -5),
        ("+5", 5),
        ("5.00", 5.0),
        ("0.123", 0.123),
        ("5,000", 5000),
        ("1,234,567", 1234567),
        ("1,234,567.89", 1234567.89),
        ("1.234.567", 1234567),
        ("1.234.567,89", 1234567.89),
        ("5,000.5", 5000.5),
        ("5.000,5", 5000.5),
        ("-1,000", -1000),
        ("1 234", 1234),
        ("1\u00a0234,5", 1234.5),
        ("1\u202f234", 1234),
        ("1'234.50", 1234.5),
        ("5,5", 5.5),
        ("1234,567", 1234.567),
    ],
)
def test_numbers_are_read_however_they_are_grouped(text: str, number: float) -> None:
    reading = read(text, NUMBER)

    assert reading == Exact(number)
    assert isinstance(reading, Exact)
    assert type(reading.value) is type(number)


@pytest.mark.parametrize(
    ("text", "readings"), [("1.000", (1.0, 1000)), ("12.345", (12.345, 12345)), ("-1.500", (-1.5, -1500))]
)
def test_a_dot_before_three_digits_can_be_read_in_two_ways(text: str, readings: tuple[float, int]) -> None:
    assert read(text, NUMBER) == Ambiguous(readings)


@pytest.mark.parametrize("text", ["abc", "5k", "5 EUR", "1,23,4", "1,234,56", "", "1" * 21, "--5", "\u0665"])
def test_what_is_no_number_stays_text(text: str) -> None:
    assert read(text, NUMBER) == Exact(text)


def test_a_whole_number_is_read_as_one() -> None:
    assert read("5,000", WHOLE) == Exact(5000)
    assert read("5", {"type": ["integer", "null"]}) == Exact(5)
    assert read("1" * 20, WHOLE) == Exact(11111111111111111111)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("yes", True), ("YES", True), (" y ", True), ("true", True), ("no", False), ("N", False), ("False", False)],
)
def test_yes_and_no_are_read(text: str, meant: bool) -> None:
    assert read(text, BOOL) == Exact(meant)


@pytest.mark.parametrize("value", ["maybe", "1", 1, "yes please"])
def test_what_is_neither_yes_nor_no_is_left_alone(value: Any) -> None:
    assert read(value, BOOL) == Exact(value)


@pytest.mark.parametrize("text", ["home", "HOME", "a house", " A House ", "A HOUSE"])
def test_a_choice_is_read_by_its_value_or_its_title_in_any_case(text: str) -> None:
    assert read(text, CHOICE) == Exact("home")


def test_a_choice_may_be_a_number() -> None:
    assert read("3", CHOICE) == Exact(3)


def test_a_choice_that_fits_exactly_is_never_ambiguous() -> None:
    assert read("a", {"enum": ["A", "a"]}) == Exact("a")


def test_two_choices_that_differ_only_by_case_are_ambiguous() -> None:
    assert read("ab", {"enum": ["AB", "Ab", "c"]}) == Ambiguous(("AB", "Ab"))


def test_what_is_not_offered_is_left_to_be_refused() -> None:
    assert read("boat", CHOICE) == Exact("boat")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026-01-03", "2026-01-03"),
        ("2026/1/3", "2026-01-03"),
        ("2026.01.03", "2026-01-03"),
        ("13/04/2026", "2026-04-13"),
        ("04-13-2026", "2026-04-13"),
        ("3.4.2026", "2026-04-03"),
        ("03/03/2026", "2026-03-03"),
        ("3 March 2026", "2026-03-03"),
        ("3rd mar. 2026", "2026-03-03"),
        ("1. May 2026", "2026-05-01"),
        ("March 3rd, 2026", "2026-03-03"),
        ("Sept 30 2026", "2026-09-30"),
        ("December 31, 2026", "2026-12-31"),
    ],
)
def test_dates_are_read_if_they_mean_one_day(text: str, date: str) -> None:
    assert read(text, DATE) == Exact(date)


def test_a_date_that_can_mean_two_days_is_not_guessed() -> None:
    assert read("03/04/2026", DATE) == Ambiguous(("2026-04-03", "2026-03-04"))
    assert read("03-04-2026", DATE) == Ambiguous(("2026-04-03", "2026-03-04"))


@pytest.mark.parametrize(
    "text", ["31/31/2026", "30.2.2026", "3 Marx 2026", "tomorrow", "3/4/26", "03/04-2026", "2026-13-01"]
)
def test_what_is_no_date_stays_as_it_is(text: str) -> None:
    assert read(text, DATE) == Exact(text)


def test_text_is_trimmed_and_a_whole_number_written_out() -> None:
    assert read("  Ada ", TEXT) == Exact("Ada")
    assert read(75001, TEXT) == Exact("75001")
    assert read(True, TEXT) == Exact(True)
    assert read(1.5, TEXT) == Exact(1.5)
    assert read(5, {"type": ["string", "integer"]}) == Exact(5)
    assert read(" x ", {}) == Exact("x")
    assert read("2026/1/3", TEXT) == Exact("2026/1/3")


def test_one_value_does_for_a_list_and_its_entries_are_read() -> None:
    schema = {"type": "array", "items": NUMBER}

    assert read("5,000", schema) == Exact([5000])
    assert read(["1", 2], schema) == Exact([1, 2])
    assert read("x", {"type": "array"}) == Exact(["x"])
    assert read(["1.000", "2"], schema) == Ambiguous(([1.0, "2"], [1000, "2"]))
    assert read(["3", "1.000", "2"], schema) == Ambiguous((["3", 1.0, "2"], ["3", 1000, "2"]))


@pytest.mark.parametrize("value", [None, 5, {"a": "1"}])
def test_what_is_no_text_is_left_alone(value: Any) -> None:
    assert read(value, NUMBER) == Exact(value)


@pytest.mark.parametrize(
    "text",
    ["null", "NULL", " N/A ", "na", "undefined", "not provided", "Not specified", "[missing]", "<unknown>", "{}"],
)
def test_what_models_write_for_unknown_is_known(text: str) -> None:
    assert is_placeholder(text, TEXT)


@pytest.mark.parametrize("value", ["none", "unknown", "Nadia", "[a] b", "", None, 0, [], "the N/A"])
def test_answers_are_no_placeholders(value: Any) -> None:
    assert not is_placeholder(value, TEXT)


def test_a_choice_that_looks_like_a_placeholder_is_an_answer() -> None:
    assert not is_placeholder("n/a", {"enum": ["n/a", "yes"]})
    assert is_placeholder("N/A", {"enum": ["n/a", "yes"]})


def test_a_list_that_is_too_long_to_be_read_is_taken_as_it_stands() -> None:
    schema = {"type": "array", "items": {"enum": [str(number) for number in range(1000)]}}

    assert read([" 1 "] * 1000, schema) == Exact(["1"] * 1000)
    assert read([" 1 "] * 1001, schema) == Exact([" 1 "] * 1001)
