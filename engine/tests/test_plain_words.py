"""Numbers, days, lengths of time and lists, as people write them."""

import pytest

from engine.plain_words import (
    counted,
    day_in_words,
    is_text,
    listed,
    number_in_words,
    quoted,
    readable,
    signed_duration,
)


@pytest.mark.parametrize(
    ("number", "unit", "words"),
    [
        (5000, "EUR", "5,000 EUR"),
        (5000.0, "EUR", "5,000 EUR"),
        (1950, None, "1950"),
        (999, None, "999"),
        (1000, None, "1000"),
        (9999, None, "9999"),
        (10_000, None, "10,000"),
        (-1950, None, "-1,950"),
        (1234.5, None, "1,234.5"),
        (0.1, "l", "0.1 l"),
        (1e300, None, "1e+300"),
        (float(2**53), None, "9,007,199,254,740,992.0"),
        (float(2**53 - 1), None, "9,007,199,254,740,991"),
        (1234, " ", "1234"),
        (1234, 5, "1234"),
    ],
)
def test_numbers_are_grouped_unless_they_may_be_years(number: float, unit: object, words: str) -> None:
    assert number_in_words(number, unit) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2006-03-14", "14 March 2006"),
        ("2026-12-01", "1 December 2026"),
        ("2026-01-31T14:00:00Z", "31 January 2026 at 14:00:00Z"),
        ("2006-02-30", None),
        ("20060314", None),
        ("2006-W10-1", None),
        ("2006-03-14T", None),
        ("soon", None),
    ],
)
def test_days_are_written_out(text: str, words: str | None) -> None:
    assert day_in_words(text) == words


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        ("P7D", ("", "7 days")),
        ("-P18Y", ("-", "18 years")),
        ("+P1W", ("+", "1 week")),
        ("P1Y6M", ("", "1 year and 6 months")),
        ("P1Y2M3W4DT5H6M7S", ("", "1 year, 2 months, 3 weeks, 4 days, 5 hours, 6 minutes and 7 seconds")),
        ("PT30M", ("", "30 minutes")),
        ("P0D", ("", "0 days")),
        ("P", None),
        ("PT", None),
        ("P1DT", None),
        ("P1.5D", None),
        ("", None),
        (7, None),
        (None, None),
    ],
)
def test_a_duration_is_said_in_its_units(duration: object, words: tuple[str, str] | None) -> None:
    assert signed_duration(duration) == words


def test_words_are_listed_as_in_a_sentence() -> None:
    assert [listed(["A", "B", "C"][:count]) for count in range(4)] == ["nothing", "A", "A and B", "A, B and C"]
    assert listed(["A", "B"], joint="or") == "A or B"


def test_things_are_counted() -> None:
    assert [counted(number, "day") for number in (0, 1, 2)] == ["0 days", "1 day", "2 days"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("date_of_birth", "Date of birth"),
        ("IBAN", "IBAN"),
        ("__x", "X"),
        ("", "without a name"),
        ("_", "without a name"),
    ],
)
def test_a_name_for_machines_becomes_readable(name: str, words: str) -> None:
    assert readable(name) == words


def test_a_text_has_something_to_read() -> None:
    assert [is_text(value) for value in ("a", " a ", "", " \n", None, 5, ["a"])] == [True, True] + [False] * 5
    assert quoted("a") == "“a”"
