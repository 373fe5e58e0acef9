import time
from datetime import UTC, datetime

import pytest

from engine.dates import is_calendar_duration, is_idle_time, later, shift


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


@pytest.mark.parametrize(
    "text",
    ["PT1M", "PT60S", "P7D", "PT30M", "P1M", "P1DT1H", "P1Y2M3W4DT5H6M7S", "P2W", "P10Y", "P120M", "P9Y12M", "P521W",
     "P3652D", "PT87648H", "PT5258880M", "PT315532800S", "P0DT1M"],
)  # fmt: skip
def test_one_minute_to_ten_years_are_an_idle_time(text: str) -> None:
    assert is_idle_time(text)


@pytest.mark.parametrize("text", ["PT59S", "PT0M", "P0D", "PT0M59S"])
def test_less_than_a_minute_is_too_short_to_come_back(text: str) -> None:
    assert not is_idle_time(text)


@pytest.mark.parametrize(
    "text",
    ["P10YT1S", "P121M", "P11Y", "P522W", "P3653D", "PT87648H1S", "PT5258881M", "PT315532801S",
     "P99Y999M999W9999DT99999H9999999M999999999S"],
)  # fmt: skip
def test_more_than_ten_years_is_a_mistake(text: str) -> None:
    assert not is_idle_time(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "P", "PT", "P1DT", "T1M", "7D", "P7", "-P7D", "+P7D", "p7d", " P7D", "P7D ", "P7D\n", "P1.5D", "P1,5D",
     "P1D1Y", "PT1S1H", "P1H", "PT1D", "P٣D", "P100Y", "P1000M", "P1000W", "P10000D", "PT100000H", "PT10000000M",
     "PT0000000060S", "P1DxT1H", "one week", "P2026-01-01T00:00:00"],
)  # fmt: skip
def test_anything_else_is_no_idle_time(text: str) -> None:
    assert not is_idle_time(text)


@pytest.mark.parametrize(
    ("idle_time", "over"),
    [
        ("PT1M", "2026-01-31T12:01:00+00:00"),
        ("PT1H2M3S", "2026-01-31T13:02:03+00:00"),
        ("P7D", "2026-02-07T12:00:00+00:00"),
        ("P1W", "2026-02-07T12:00:00+00:00"),
        ("P1M", "2026-02-28T12:00:00+00:00"),
        ("P1M1DT12H", "2026-03-02T00:00:00+00:00"),
        ("P2Y1M", "2028-02-29T12:00:00+00:00"),
        ("P10Y", "2036-01-31T12:00:00+00:00"),
    ],
)
def test_an_idle_time_is_over_along_the_calendar(idle_time: str, over: str) -> None:
    assert later(datetime(2026, 1, 31, 12, tzinfo=UTC), idle_time).isoformat() == over


def test_the_calendar_of_an_idle_time_is_that_of_utc_wherever_it_begins() -> None:
    in_new_york = datetime.fromisoformat("2026-03-30T23:30:00-05:00")

    assert later(in_new_york, "P1M").isoformat() == "2026-04-30T04:30:00+00:00"


def test_the_calendar_of_an_idle_time_is_that_of_utc_wherever_the_server_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "America/New_York")
        time.tzset()
        over = later(datetime(2026, 3, 31, 3, 30, tzinfo=UTC), "P1M").isoformat()
    time.tzset()

    assert over == "2026-04-30T03:30:00+00:00"
