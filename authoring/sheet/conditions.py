"""Conditions as sentences: rows of one comparison each, of which all or any must hold, and groups of them one deep."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from authoring.sheet.references import Place, References
from authoring.sheet.rows import Misfit, Row, Shape, keyed
from authoring.sheet.values import number_of, value_of, value_text
from engine.conditions import LIST_FIELDED, LIST_VALUED, PRESENCE, TODAY, Operator, same

COMPARISON = Shape(
    texts=("field", "op", "side", "value", "ref", "offset_sign", "offset_by", "offset_unit"),
)
GROUP = Shape(texts=("mode",), parts={"rows": COMPARISON})
CONDITION = Shape(texts=("mode",), parts={"rows": COMPARISON, "groups": GROUP})

MODES = ("all", "any", "not_all", "not_any")
LOCKED = "locked"

_OFFSET = re.compile(r"([+-]?)P(\d{1,6})([YMWD])", re.ASCII)
_ROW_KEYS = frozenset({"field", "op", "value", "ref", "offset"})


def show_condition(source: Any, references: References) -> Row:
    """Return a condition as a row; one that sentences cannot say is locked."""
    if source is None:
        return Row(texts={"mode": ""})
    shown = _shown_group(source, references, groups=True)
    return shown if shown is not None else Row(base=source, texts={"mode": LOCKED})


def _shown_group(source: Any, references: References, *, groups: bool) -> Row | None:
    mode, parts = _taken_apart(source)
    comparisons = [_shown_row(part, references) for part in parts]
    first_group = next((number for number, row in enumerate(comparisons) if row is None), len(parts))
    nested = [_shown_group(part, references, groups=False) if groups else None for part in parts[first_group:]]
    if not parts or None in nested:
        return None
    return Row(
        base=source,
        texts={"mode": mode},
        parts={
            "rows": keyed([row for row in comparisons[:first_group] if row is not None], "c"),
            **({"groups": keyed([row for row in nested if row is not None], "g")} if groups else {}),
        },
    )


def _taken_apart(source: Any) -> tuple[str, list[Any]]:
    """Return how the parts of a condition are joined, and the parts."""
    match source:
        case {"not": inner} if len(source) == 1:
            mode, parts = _taken_apart(inner)
            return ("", []) if mode.startswith("not") else (f"not_{mode}", parts)
        case {"all": list() as parts} if len(source) == 1:
            return "all", parts
        case {"any": list() as parts} if len(source) == 1:
            return "any", parts
        case _:
            return "all", [source]


def _shown_row(source: Any, references: References) -> Row | None:
    if not isinstance(source, Mapping) or not _ROW_KEYS.issuperset(source) or "field" not in source:
        return None
    op = source.get("op")
    if op not in set(Operator) or not isinstance(source["field"], str):
        return None
    texts = {"field": references.key_of(source["field"]), "op": str(op)}
    if op in PRESENCE:
        return Row(base=source, texts=texts) if source.keys() == {"field", "op"} else None
    if "ref" in source:
        return _shown_reference(source, texts, references)
    value = _shown_value(source, references)
    if value is None or "offset" in source:
        return None
    return Row(base=source, texts={**texts, "side": "value", "value": value})


def _shown_reference(source: Mapping[str, Any], texts: Mapping[str, str], references: References) -> Row | None:
    ref, offset = source["ref"], source.get("offset")
    if "value" in source or not isinstance(ref, str) or not ref:
        return None
    side = {"side": "today"} if ref == TODAY else {"side": "answer", "ref": references.key_of(ref)}
    if offset is None:
        return Row(base=source, texts={**texts, **side})
    found = _OFFSET.fullmatch(offset) if isinstance(offset, str) else None
    if found is None:
        return None
    moved = {"offset_sign": found[1].strip("+"), "offset_by": found[2], "offset_unit": found[3]}
    return Row(base=source, texts={**texts, **side, **moved})


def _shown_value(source: Mapping[str, Any], references: References) -> str | None:
    op, schema = Operator(source["op"]), _compared(source["field"], source["op"], references)
    value = source.get("value")
    values = value if op in LIST_VALUED else [value]
    if not isinstance(values, list) or not values:
        return None
    texts = [value_text(part, schema) for part in values]
    given = [text for text in texts if text is not None]
    if len(given) != len(texts) or not _reads_back(given, values, op, schema):
        return None
    return "\n".join(given)


def _reads_back(texts: Iterable[str], values: Iterable[Any], op: Operator, schema: Mapping[str, Any]) -> bool:
    try:
        return all(same(_constant(text, op, schema), value) for text, value in zip(texts, values, strict=True))
    except Misfit:
        return False


def _compared(name: str, op: str, references: References) -> Mapping[str, Any]:
    """Return the property that a constant is compared with: that of a list's entries where the list must have it."""
    schema = references.schema_of(name)
    items = schema.get("items") if op in LIST_FIELDED else schema
    return items if isinstance(items, Mapping) else {}


def _constant(text: str, op: Operator, schema: Mapping[str, Any]) -> Any:
    return number_of(text, whole=True) if op is Operator.ATTEMPTS else value_of(text, schema)


def read_condition(row: Row, place: Place) -> Any:
    """Return the condition that a row states, or None if there is none."""
    mode = row.text("mode")
    if not mode:
        return None
    if mode == LOCKED:
        return row.base
    before = show_condition(row.base, place.references)
    if row.base is not None and row.says_the_same_as(before):
        return row.base
    if mode not in MODES:
        place.complain("mode", "Choose how the conditions are joined.")
        return row.base
    parts = _read_parts(row, place)
    for group in row.parts.get("groups", ()):
        where = place.below("groups", group.key)
        inner = _read_parts(group, where)
        if group.text("mode") not in MODES:
            where.complain("mode", "Choose how the conditions are joined.")
        elif inner:
            joined = _joined(group.text("mode"), inner, was=group.base)
            parts.append(joined)
    if not parts:
        place.complain("mode", "Add a condition, or choose that there is none.")
        return row.base
    return _joined(mode, parts, was=row.base)


def _joined(mode: str, parts: list[Any], *, was: Any) -> Any:
    """Join parts; a single one stands alone, unless it did not before."""
    how = mode.removeprefix("not_")
    inside = was.get("not", was) if isinstance(was, Mapping) else {}
    alone = len(parts) == 1 and not (isinstance(inside, Mapping) and how in inside)
    joined = parts[0] if alone else {how: parts}
    return {"not": joined} if mode.startswith("not_") else joined


def _read_parts(row: Row, place: Place) -> list[Any]:
    found = []
    for part in row.parts.get("rows", ()):
        where = place.below("rows", part.key)
        before = _shown_row(part.base, place.references)
        if before is not None and part.says_the_same_as(before):
            found.append(part.base)
            continue
        comparison = _read_row(part, where)
        if comparison is not None or part.base is not None:
            found.append(part.base if comparison is None else comparison)
    return found


def _read_row(row: Row, place: Place) -> dict[str, Any] | None:
    name, op = place.references.name_of(row.text("field")), row.text("op")
    if not name:
        place.complain("field", "Choose what is looked at.")
        return None
    if op not in set(Operator):
        place.complain("op", "Choose how it is compared.")
        return None
    comparison: dict[str, Any] = {"field": name, "op": op}
    if op in PRESENCE:
        return comparison
    match row.text("side"):
        case "answer" if op != Operator.ATTEMPTS:
            ref = place.references.name_of(row.text("ref"))
            if not ref:
                place.complain("ref", "Choose the other answer.")
                return None
            return {**comparison, "ref": ref, **_read_offset(row, place)}
        case "today" if op not in LIST_VALUED | {Operator.ATTEMPTS}:
            return {**comparison, "ref": TODAY, **_read_offset(row, place)}
        case _:
            return _read_constant(row, comparison, place)


def _read_constant(row: Row, comparison: dict[str, Any], place: Place) -> dict[str, Any] | None:
    op = Operator(comparison["op"])
    schema = _compared(comparison["field"], op, place.references)
    texts = [text for text in row.text("value").split("\n") if text] if op in LIST_VALUED else [row.text("value")]
    try:
        values = [_constant(text, op, schema) for text in texts]
    except Misfit as misfit:
        place.complain("value", str(misfit))
        return None
    if not values:
        place.complain("value", "Choose at least one.")
        return None
    return {**comparison, "value": values if op in LIST_VALUED else values[0]}


def _read_offset(row: Row, place: Place) -> dict[str, str]:
    by, unit = row.text("offset_by").strip(), row.text("offset_unit") or "D"
    if not by or not row.text("offset_unit"):
        return {}
    if not re.fullmatch(r"\d{1,4}", by, re.ASCII) or unit not in "YMWD":
        place.complain("offset_by", "Give a whole number, like 18.")
        return {}
    return {"offset": f"{'-' if row.text('offset_sign') == '-' else ''}P{by}{unit}"}


def condition_row(source: Any, references: References) -> tuple[Row, ...]:
    """Return the place of a condition: the one row in it."""
    return (show_condition(source, references),)
