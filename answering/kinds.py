"""Which input asks for a property of a state schema, and what is meant by what stands in it. Pure; it judges nothing.

What cannot be read as the kind it should be is handed on as it was typed: the engine refuses it in the author's words.
"""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from engine import strict_json
from engine.document_schema import LONG_TEXT_TYPE
from engine.messages import choices
from engine.schema import types_of

LONG = 200
"""From so many characters on a text gets several lines."""

_NUMBER = re.compile(r"[+-]?\d{1,100}(?:\.\d{1,100})?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?", re.ASCII)
_NOTHING: Mapping[str, Any] = {}


class Kind(StrEnum):
    """How an answer is given."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    WHOLE_NUMBER = "whole_number"
    YES_NO = "yes_no"
    DATE = "date"
    DATE_TIME = "date_time"
    EMAIL = "email"
    LINK = "link"
    ONE_OF = "one_of"
    SEVERAL_OF = "several_of"
    LINES = "lines"
    ROWS = "rows"
    JSON = "json"


_OF_FORMATS = {"date": Kind.DATE, "date-time": Kind.DATE_TIME, "email": Kind.EMAIL, "uri": Kind.LINK}
_OF_TYPES = {"number": Kind.NUMBER, "integer": Kind.WHOLE_NUMBER, "boolean": Kind.YES_NO}
_PLAIN = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.NUMBER, Kind.WHOLE_NUMBER, Kind.EMAIL, Kind.LINK})
_IN_CELLS = _PLAIN | {Kind.YES_NO, Kind.DATE, Kind.DATE_TIME, Kind.ONE_OF}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One thing that is asked about every entry of a list."""

    name: str
    label: str
    schema: Mapping[str, Any]
    kind: Kind
    is_required: bool


def kind_of(schema: Mapping[str, Any]) -> Kind:
    """Return how a property of this schema is answered."""
    if choices(schema) is not None:
        return Kind.ONE_OF
    match _type_of(schema):
        case "string":
            return _kind_of_text(schema)
        case "array":
            return _kind_of_list(items_of(schema))
        case known:
            return _OF_TYPES.get(known, Kind.JSON)


def items_of(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what every entry of a list is to be like."""
    items = schema.get("items")
    return items if isinstance(items, Mapping) else _NOTHING


def columns_of(schema: Mapping[str, Any]) -> tuple[Column, ...]:
    """Return what is asked about every entry of a list of things; nothing if not all of it fits in a table."""
    items = items_of(schema)
    required = items.get("required", ())
    found = []
    for name, part in items.get("properties", _NOTHING).items():
        kind = kind_of(part) if isinstance(part, Mapping) else Kind.JSON
        if kind not in _IN_CELLS:
            return ()
        label = str(part.get("title") or name.replace("_", " ").capitalize())
        found.append(Column(name=name, label=label, schema=part, kind=kind, is_required=name in required))
    return tuple(sorted(found, key=_order))


def options_of(schema: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the choices of a property, or of the entries of a list, each as it is sent and as it is read."""
    offered = choices(schema)
    if offered is None:
        offered = choices(items_of(schema)) or ()
    return [(_as_json(value), title) for value, title in offered]


def read(typed: Any, schema: Mapping[str, Any], *, time_zone: str = "UTC") -> Any:
    """Return the answer that is meant by what stands in an input; None means that there is none.

    `typed` is a text, for `several_of` a list of texts, for `rows` a list of texts by column.
    """
    kind = kind_of(schema)
    match kind:
        case Kind.SEVERAL_OF:
            return [_choice(entry, items_of(schema)) for entry in typed] or None
        case Kind.LINES:
            lines = (line.strip() for line in typed.splitlines())
            return [read(line, items_of(schema)) for line in lines if line] or None  # a moment never stands on a line
        case Kind.ROWS:
            entries = (_row(row, columns_of(schema), time_zone) for row in typed)
            return [entry for entry in entries if entry] or None
        case _:
            text = typed.replace("\r\n", "\n").strip()
            return _read_text(text, kind, schema, time_zone) if text else None


def shown(value: Any, schema: Mapping[str, Any], *, time_zone: str = "UTC") -> Any:
    """Return what stands in the input of an answer, so that :func:`read` gives the answer back."""
    kind = kind_of(schema)
    match kind, value:
        case Kind.SEVERAL_OF, _:
            return [_as_json(entry) for entry in value] if isinstance(value, list) else []
        case Kind.ROWS, _:
            columns, entries = columns_of(schema), value if isinstance(value, list) else []
            return [_shown_row(entry, columns, time_zone) for entry in entries if isinstance(entry, Mapping)]
        case _, None:
            return ""
        case Kind.LINES, list():
            return "\n".join(shown(entry, items_of(schema)) for entry in value)
        case _:
            return _shown_text(value, kind, schema, time_zone)


def read_again(typed: Any, value: Any, schema: Mapping[str, Any], *, time_zone: str = "UTC") -> Any:
    """Return the answer that is meant by what stands in an input that showed a value; None means that there is none.

    An input may not show a value in every detail, so what was not touched is as it was, in a table row by row.
    """
    kind, answer = kind_of(schema), read(typed, schema, time_zone=time_zone)
    if answer is None:
        return None
    if is_same(typed, shown(value, schema, time_zone=time_zone), kind):
        return value
    return _rows_again(typed, value, columns_of(schema), time_zone) if kind is Kind.ROWS else answer


def _rows_again(typed: Any, value: Any, columns: Sequence[Column], time_zone: str) -> list[Mapping[str, Any]]:
    entries = [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []
    stood = [(entry, cells) for entry in entries if any(cells := _shown_row(entry, columns, time_zone))]
    rows: list[Mapping[str, Any]] = []
    for number, row in enumerate(typed):
        entry, cells = stood[number] if number < len(stood) else ({}, [])
        rows.append(entry if is_same([row], [cells], Kind.ROWS) else _row(row, columns, time_zone))
    return [row for row in rows if row]


def is_same(typed: Any, shown: Any, kind: Kind) -> bool:
    """Tell whether an input holds what stood in it, as browsers send it that was not touched."""
    match kind:
        case Kind.SEVERAL_OF:
            return {*typed} == {*shown}
        case Kind.ROWS:
            before, after = (
                [[_on_one_line(cell) for cell in row] for row in rows if any(row)] for rows in (shown, typed)
            )
            return before == after
        case _:
            return _with_line_ends(typed) == _with_line_ends(shown)


def _on_one_line(text: str) -> str:
    return text.replace("\r", "").replace("\n", "")


def _with_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _type_of(schema: Mapping[str, Any]) -> str:
    """Return the one type of a property, null aside; nothing if there are several, or any is allowed."""
    kinds = types_of(schema)
    return kinds[0] if len(kinds) == 1 else ""


def _kind_of_text(schema: Mapping[str, Any]) -> Kind:
    if schema.get("format") in _OF_FORMATS:
        return _OF_FORMATS[schema["format"]]
    is_long = schema.get("contentMediaType") == LONG_TEXT_TYPE or schema.get("maxLength", 0) > LONG
    return Kind.LONG_TEXT if is_long else Kind.TEXT


def _kind_of_list(items: Mapping[str, Any]) -> Kind:
    if choices(items) is not None:
        return Kind.SEVERAL_OF
    if _type_of(items) == "object" and columns_of({"items": items}):
        return Kind.ROWS
    return Kind.LINES if kind_of(items) in _PLAIN | {Kind.DATE} else Kind.JSON


def _read_text(text: str, kind: Kind, schema: Mapping[str, Any], time_zone: str) -> Any:
    match kind:
        case Kind.NUMBER | Kind.WHOLE_NUMBER if _NUMBER.fullmatch(text):
            return float(text) if "." in text else int(text)
        case Kind.YES_NO:
            return {"true": True, "false": False}.get(text, text)
        case Kind.ONE_OF:
            return _choice(text, schema)
        case Kind.DATE_TIME:
            return _as_moment(text, time_zone)
        case Kind.JSON:
            with suppress(strict_json.UnreadableJson):
                return strict_json.loads(text)
    return text


def _shown_text(value: Any, kind: Kind, schema: Mapping[str, Any], time_zone: str) -> str:
    match kind, value:
        case Kind.DATE_TIME, str():
            return _as_clock_shows(value, time_zone)
        case Kind.JSON, str() if read(value, schema) == value:
            return value
        case Kind.JSON, _:
            return json.dumps(value, ensure_ascii=False, indent=2)
        case Kind.ONE_OF | Kind.YES_NO, _:
            return _as_json(value)
        case _:
            return value if isinstance(value, str) else _as_json(value)


def _choice(sent: str, schema: Mapping[str, Any]) -> Any:
    """Return the choice that was sent as its JSON; what is none is handed on."""
    offered = (value for value, _ in choices(schema) or () if _as_json(value) == sent)
    return next(offered, sent)


def _order(column: Column) -> float:
    order = column.schema.get("x-order")  # below the top level nobody checks what it is
    return order if isinstance(order, int | float) else 0


def _row(typed: Sequence[str], columns: Sequence[Column], time_zone: str) -> dict[str, Any]:
    answers = {
        column.name: read(text, column.schema, time_zone=time_zone)
        for column, text in zip(columns, typed, strict=False)
    }
    return {name: answer for name, answer in answers.items() if answer is not None}


def _shown_row(entry: Mapping[str, Any], columns: Sequence[Column], time_zone: str) -> list[str]:
    return [shown(entry.get(column.name), column.schema, time_zone=time_zone) for column in columns]


def _as_moment(text: str, time_zone: str) -> str:
    """Return what a clock shows in a time zone as a moment (RFC 3339)."""
    if _MOMENT.fullmatch(text):
        with suppress(ValueError):
            return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(time_zone)).isoformat()
    return text


def _as_clock_shows(moment: str, time_zone: str) -> str:
    with suppress(ValueError, OverflowError):
        found = datetime.fromisoformat(moment)
        if found.tzinfo is not None:
            local = found.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)
            return local.isoformat(timespec="seconds" if local.second else "minutes")
    return moment


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
