"""Numbers, days, lengths of time and lists as people write them in a sentence."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, TypeGuard

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(.+))?", re.ASCII)
_DURATION = re.compile(
    r"([+-]?)P(?=[\dT])(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?"
    r"(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?",
    re.ASCII,
)
_EXACT = 2**53  # above, a float is no exact count any more
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")


def is_text(value: Any) -> TypeGuard[str]:
    """Tell whether there is something to read in a value."""
    return isinstance(value, str) and bool(value.strip())


def readable(name: str) -> str:
    """Return a name made for machines so that people can read it."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:] or "without a name"


def quoted(text: str) -> str:
    """Return a text in quotation marks."""
    return f"“{text}”"


def listed(words: Sequence[str], *, joint: str = "and") -> str:
    """Return words as a list in a sentence: A, B and C."""
    if len(words) < 2:
        return "".join(words) or "nothing"
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


def counted(number: int, noun: str) -> str:
    """Return a number of things: 1 day, 2 days."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def number_in_words(number: float, unit: Any = None) -> str:
    """Return a number with its unit; a bare one of four digits may be a year, in which nobody writes a comma."""
    whole = int(number) if isinstance(number, float) and number.is_integer() and abs(number) < _EXACT else number
    is_like_a_year = isinstance(whole, int) and 1000 <= whole < 10_000 and not is_text(unit)
    digits = str(whole) if is_like_a_year else f"{whole:,}"
    return f"{digits} {unit}" if is_text(unit) else digits


def day_in_words(text: str) -> str | None:
    """Return an ISO 8601 date, or date and time, as people write it; None if it is none."""
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        day = date.fromisoformat(found[1])
    except ValueError:
        return None
    words = f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{words} at {found[2]}" if found[2] else words


def signed_duration(duration: Any) -> tuple[str, str] | None:
    """Return the sign of a duration and its length in words, or None if it is none."""
    found = _DURATION.fullmatch(duration) if isinstance(duration, str) else None
    if found is None:
        return None
    sign, *numbers = found.groups()
    parts = [counted(int(number), unit) for number, unit in zip(numbers, _UNITS, strict=True) if number is not None]
    return sign, listed(parts)
