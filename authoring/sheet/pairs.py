"""Names with values, one row each: headers, what a request carries, arguments of a tool, what an answer fills."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from authoring.sheet.references import Place
from authoring.sheet.rows import Row, Shape, keyed, shown

PAIR = Shape(texts=("name", "value"))


def show_pairs(pairs: Any) -> tuple[Row, ...]:
    """Return a row for each name. What is no text is shown as a developer would write it."""
    found = pairs.items() if isinstance(pairs, Mapping) else ()
    return keyed(
        [Row(base=[name, value], texts={"name": shown(name), "value": _text(value)}) for name, value in found], "p"
    )


def _text(value: Any) -> str:
    return shown(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def read_pairs(rows: Sequence[Row], place: Place, *, before: Any) -> Any:
    """Return the names and values that rows state; what was, if nothing was changed."""
    was = show_pairs(before)
    if len(rows) == len(was) and all(row.says_the_same_as(one) for row, one in zip(rows, was, strict=True)):
        return before
    found: dict[str, Any] = {}
    for row in rows:
        name = row.text("name").strip()
        if not name and not row.text("value").strip():
            continue
        if not name:
            place.below(row.key).complain("name", "Give this a name.")
        elif name in found:
            place.below(row.key).complain("name", "This name appears twice.")
        else:
            found[_name(row, name)] = _value(row)
    return found


def _name(row: Row, name: str) -> str:
    was = row.base[0] if isinstance(row.base, list) and len(row.base) == 2 else None
    return was if isinstance(was, str) and shown(was).strip() == name else name


def _value(row: Row) -> Any:
    """Return the value of a row: what it was, if only it looks the same; a number if it was one and can be again."""
    text = row.text("value")
    if not isinstance(row.base, list) or len(row.base) != 2:
        return text
    was = row.base[1]
    if _text(was) == text:
        return was
    if isinstance(was, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
