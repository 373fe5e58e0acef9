import pytest

from engine.dates import is_calendar_duration, shift


@pytest.mark.parametrize(
    "text", ["P1Y", "P4M", "P2W", "P10D", "-P18Y", "+P1D", "P1Y2M3W4D", "P0D", "P9999Y", "P999999D"]
)
def test_whole_calendar_units_are_a_duration(text: str) -> None:
    assert is_calendar_duration(text)


@pytest.mark.parametrize(
    "text",
    ["", "P", "-P", "1Y", "P1", "PT1H", "P1DT1H", "P1.5Y", "P1M1Y", "p1y", " P1Y", "P1Y ", "P1Y\n", "--P1Y", "P10000Y",
     "P٣D", "P-1Y", "1 year"],
)  # fmt: skip
def test_anything_else_is_not(text: str) -> None:
    assert not is_calendar_duration(text)


@pytest.mark.parametrize(
    ("moment", "offset", "moved"),
    [
        ("2026-01-31", "P1D", "2026-02-01"),
        ("2026-01-31", "+P1D", "2026-02-01"),
        ("2026-01-31", "-P18Y", "2008-01-31"),
        ("2026-01-31", "P4M", "2026-05-31"),
        ("2026-01-31", "P2W", "2026-02-14"),
        ("2026-01-31", "P0D", "2026-01-31"),
        ("2026-12-31", "P1Y2M3D", "2028-03-03"),
        ("2026-01-31T14:00:00", "P1D", "2026-02-01T14:00:00"),
        ("2026-01-31T14:00:00+02:00", "P1D", "2026-02-01T14:00:00+02:00"),
        ("2026-01-31T14:00:00+00:00", "P1D", "2026-02-01T14:00:00+00:00"),
        ("2026-01-31T14:00:00Z", "P1Y", "2027-01-31T14:00:00Z"),
    ],
)
def test_a_moment_moves_along_the_calendar_and_keeps_its_form(moment: str, offset: str, moved: str) -> None:
    assert shift(moment, offset) == moved


@pytest.mark.parametrize(
    ("moment", "offset", "moved"),
    [
        ("2024-02-29", "P1Y", "2025-02-28"),
        ("2024-02-29", "P4Y", "2028-02-29"),
        ("2026-01-31", "P1M", "2026-02-28"),
        ("2024-03-31", "-P1M", "2024-02-29"),
        ("2026-03-31T10:00:00Z", "-P1M", "2026-02-28T10:00:00Z"),
    ],
)
def test_the_day_is_clamped_to_the_length_of_the_month(moment: str, offset: str, moved: str) -> None:
    assert shift(moment, offset) == moved


@pytest.mark.parametrize(
    ("moment", "offset"),
    [
        ("9999-12-31", "P1D"),
        ("9999-12-31", "P1Y"),
        ("0001-01-01", "-P1D"),
        ("0001-01-01", "-P9999Y"),
        ("2026-01-31", "P9999Y99999M99999W999999D"),
    ],
)
def test_beyond_the_calendar_there_is_no_moment(moment: str, offset: str) -> None:
    assert shift(moment, offset) is None


@pytest.mark.parametrize("moment", ["", "soon", "2026-02-30", "2026-13-01", "tomorrow, at about noon"])
def test_what_is_no_date_does_not_move(moment: str) -> None:
    assert shift(moment, "P1D") is None
