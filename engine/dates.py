"""Calendar dates and ISO 8601 durations, as conditions use them."""

import re
from datetime import date, datetime, timedelta

import isodate

_CALENDAR_DURATION = re.compile(r"[+-]?P(?=\d)(\d{1,4}Y)?(\d{1,5}M)?(\d{1,5}W)?(\d{1,6}D)?", re.ASCII)


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
