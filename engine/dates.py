"""Calendar dates and ISO 8601 durations, as conditions and expiry use them."""

import re
from datetime import UTC, date, datetime, timedelta

import isodate

_CALENDAR_DURATION = re.compile(r"[+-]?P(?=\d)(\d{1,4}Y)?(\d{1,5}M)?(\d{1,5}W)?(\d{1,6}D)?", re.ASCII)

# As many digits as ten years take in each unit: so what fits is short, and no sum of its parts leaves the calendar.
_IDLE_TIME = re.compile(
    r"P(?=[\dT])(\d{1,2}Y)?(\d{1,3}M)?(\d{1,3}W)?(\d{1,4}D)?(T(?=\d)(\d{1,5}H)?(\d{1,7}M)?(\d{1,9}S)?)?", re.ASCII
)
_SHORTEST_IDLE_TIME = "PT1M"
_LONGEST_IDLE_TIME = "P10Y"
_SOME_DAY = datetime(2001, 1, 1, tzinfo=UTC)


def is_calendar_duration(text: str) -> bool:
    """Tell whether the text is an ISO 8601 duration in whole years, months, weeks or days, signed or not."""
    return _CALENDAR_DURATION.fullmatch(text) is not None


def shift(moment: str, offset: str) -> str | None:
    """Return an ISO 8601 date or date-time moved by a calendar duration, or None if there is no such moment.

    The day is clamped to the length of the month: 2024-02-29 and `P1Y` give 2025-02-28.
    """
    duration: isodate.Duration | timedelta = isodate.parse_duration(offset)
    try:
        parsed = date.fromisoformat(moment) if len(moment) == len("2026-01-31") else datetime.fromisoformat(moment)
        moved = (parsed + duration).isoformat()
    except (ValueError, OverflowError):
        return None
    # Dates are compared as strings, so a moment written with `Z` must keep it.
    return moved.removesuffix("+00:00") + "Z" if moment.endswith("Z") else moved


def is_idle_time(text: str) -> bool:
    """Tell whether the text is an ISO 8601 duration in whole units, of one minute to ten years."""
    if _IDLE_TIME.fullmatch(text) is None:
        return False
    return later(_SOME_DAY, _SHORTEST_IDLE_TIME) <= later(_SOME_DAY, text) <= later(_SOME_DAY, _LONGEST_IDLE_TIME)


def later(moment: datetime, idle_time: str) -> datetime:
    """Return the moment when an idle time that begins at this one is over, in UTC.

    Years and months follow the calendar, in UTC too, and the day is clamped to the length of the month.
    """
    duration: isodate.Duration | timedelta = isodate.parse_duration(idle_time)
    ended: datetime = moment.astimezone(UTC) + duration
    return ended
