"""Reading what a model handed over as what the field asks for: exact readings only, and never a guess."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.messages import choices

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_YES = frozenset({"yes", "y", "true"})
_NO = frozenset({"no", "n", "false"})

# What models write when they were told nothing.
_PLACEHOLDER = re.compile(
    r"null|undefined|n/?a|not (?:provided|given|specified|available)|[\[(<{]\s*[\w /_-]*\s*[\])>}]", re.IGNORECASE
)

# Of entries with choices. A longer list is taken as it stands: nobody says so much, and reading it would take minutes.
_MAX_COMPARISONS = 1_000_000

_MAX_DIGITS = 20  # longer ones are beyond what JSON readers agree on

_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([,.' \u00a0\u202f])\d{3})(?:\1\d{3})*(?:([.,])\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_DOT_AND_THREE = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}", re.ASCII)

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?\s+([a-z]{3,9})\.?,?\s+(\d{4})", re.ASCII | re.IGNORECASE)
_MONTH_DAY = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Exact:
    """The one thing the value can mean."""

    value: Any


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The value can mean two things; only the person knows which."""

    readings: tuple[Any, Any]


type Reading = Exact | Ambiguous


def is_placeholder(value: Any, schema: Mapping[str, Any]) -> bool:
    """Tell whether this is what a model writes for "unknown", unless the author offers it as an answer."""
    if not isinstance(value, str) or _PLACEHOLDER.fullmatch(value.strip()) is None:
        return False
    return not any(value == offered for offered, _ in choices(schema) or ())


def read(value: Any, schema: Mapping[str, Any]) -> Reading:
    """Return what a value means for a property of this schema: itself if nothing reads it better.

    >>> read("5,000", {"type": "number"})
    Exact(value=5000)
    >>> read("03/04/2026", {"type": "string", "format": "date"})
    Ambiguous(readings=('2026-04-03', '2026-03-04'))
    """
    kinds = schema.get("type", ())
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if isinstance(value, list):
        return _read_list(value, schema)
    if "array" in kinds:
        return _read_list([value], schema)
    if isinstance(value, int) and not isinstance(value, bool) and kinds == {"string"}:
        return Exact(str(value))
    if not isinstance(value, str):
        return Exact(value)
    return _read_text(value.strip(), schema, kinds)


def _read_list(values: list[Any], schema: Mapping[str, Any]) -> Reading:
    items = schema.get("items")
    if not isinstance(items, Mapping) or len(values) * len(choices(items) or ()) > _MAX_COMPARISONS:
        return Exact(values)
    read_values = [read(value, items) for value in values]
    for index, reading in enumerate(read_values):
        if isinstance(reading, Ambiguous):
            first, second = ([*values[:index], meant, *values[index + 1 :]] for meant in reading.readings)
            return Ambiguous((first, second))
    return Exact([reading.value for reading in read_values if isinstance(reading, Exact)])


def _read_text(text: str, schema: Mapping[str, Any], kinds: set[str]) -> Reading:
    if offered := choices(schema):
        return _read_choice(text, offered)
    if "string" in kinds or not kinds:
        return _read_date(text) if schema.get("format") == "date" else Exact(text)
    if "boolean" in kinds and text.casefold() in _YES | _NO:
        return Exact(text.casefold() in _YES)
    is_number = kinds & {"number", "integer"} and len(text) <= _MAX_DIGITS
    return _read_number(text) if is_number else Exact(text)


def _read_choice(text: str, offered: Any) -> Reading:
    """Read a choice by its value, or by its value or title in another case."""
    if any(value == text for value, _ in offered):
        return Exact(text)
    folded = text.casefold()
    meant = [value for value, title in offered if folded in (str(value).casefold(), title.casefold())]
    match meant:
        case [only]:
            return Exact(only)
        case [first, second, *_]:
            return Ambiguous((first, second))
        case _:
            return Exact(text)


def _read_number(text: str) -> Reading:
    if _DOT_AND_THREE.fullmatch(text):
        return Ambiguous((_number(text), _number(text.replace(".", ""))))
    if _PLAIN.fullmatch(text):
        return Exact(_number(text))
    if (grouped := _GROUPED.fullmatch(text)) and grouped[1] != grouped[2]:
        whole, _, fraction = text.rpartition(grouped[2]) if grouped[2] else (text, "", "")
        digits = whole.replace(grouped[1], "")
        return Exact(_number(f"{digits}.{fraction}" if fraction else digits))
    return Exact(_number(text.replace(",", "."))) if _DECIMAL_COMMA.fullmatch(text) else Exact(text)


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def _read_date(text: str) -> Reading:
    meant = list(dict.fromkeys(_dates(text)))
    match meant:
        case [only]:
            return Exact(only)
        case [first, second]:
            return Ambiguous((first, second))
        case _:
            return Exact(text)


def _dates(text: str) -> Iterator[str]:
    """Return every date a text can mean. Dots are written day first everywhere; slashes and dashes are not."""
    if found := _YEAR_FIRST.fullmatch(text):
        yield from _date(found[1], found[2], found[3])
    elif found := _YEAR_LAST.fullmatch(text):
        yield from _date(found[4], found[3], found[1])
        if found[2] != ".":
            yield from _date(found[4], found[1], found[3])
    elif found := _DAY_MONTH.fullmatch(text):
        yield from _date(found[3], _month(found[2]), found[1])
    elif found := _MONTH_DAY.fullmatch(text):
        yield from _date(found[3], _month(found[1]), found[2])


def _date(year: str, month: str, day: str) -> Iterator[str]:
    try:
        yield date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return


def _month(name: str) -> str:
    """Return the number of a month from its English name or the beginning of it; "0", which no date has, if none."""
    numbers = (number for number, full in enumerate(_MONTHS, start=1) if full.startswith(name.casefold()))
    return str(next(numbers, 0))
