"""Conditions as sentences: rows of one comparison each, of which all or any must hold, and groups of them one deep."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from authoring.sheet.references import Known, Place, References
from authoring.sheet.rows import Misfit, Row, Shape, keyed
from authoring.sheet.values import new_value, number_of, value_of, value_text
from engine.conditions import LIST_FIELDED, LIST_VALUED, PRESENCE, TODAY, Operator, key_of, same

COMPARISON = Shape(
    texts=("field", "op", "side", "value", "ref", "offset_sign", "offset_by", "offset_unit"),
)
GROUP = Shape(texts=("mode",), parts={"rows": COMPARISON})
CONDITION = Shape(texts=("mode",), parts={"rows": COMPARISON, "groups": GROUP})

MODES = ("all", "any", "not_all", "not_any")
LOCKED = "locked"

_OFFSET = re.compile(r"(-?)P(\d{1,4})([YMWD])", re.ASCII)
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
    if not isinstance(source, Mapping) or not _ROW_KEYS.issuperset(source):
        return None
    op = source.get("op")
    if not isinstance(op, str) or op not in Operator or not isinstance(source.get("field"), str):
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
    moved = {"offset_sign": found[1], "offset_by": found[2], "offset_unit": found[3]}
    return Row(base=source, texts={**texts, **side, **moved})


def _shown_value(source: Mapping[str, Any], references: References) -> str | None:
    op, known = Operator(source["op"]), references.known(source["field"])
    value = source.get("value")
    values = value if op in LIST_VALUED else [value]
    if not isinstance(values, list) or not values:
        return None
    texts = [value_text(part) for part in values]
    given = [text for text in texts if text is not None]
    if len(given) != len(texts) or (op in LIST_VALUED and "" in given):
        return None
    return "\n".join(given) if _reads_back(given, values, op, known.schema) else None


def _reads_back(texts: Iterable[str], values: Iterable[Any], op: Operator, schema: Mapping[str, Any]) -> bool:
    try:
        return all(same(_constant(text, op, schema), value) for text, value in zip(texts, values, strict=True))
    except Misfit:
        return False


def _constant(text: str, op: Operator, schema: Mapping[str, Any]) -> Any:
    """Return the constant of a comparison with a property; with a list's entries where the list must have it."""
    if op is Operator.ATTEMPTS:
        return number_of(text, whole=True)
    items = schema.get("items") if op in LIST_FIELDED else schema
    return value_of(text, items if isinstance(items, Mapping) else {})


def read_condition(row: Row, place: Place) -> Any:
    """Return the condition that a row states, or None if there is none."""
    mode = row.text("mode")
    if not mode:
        return None
    was = with_new_values(row.base, place.references)
    if mode == LOCKED or row.says_the_same_as(show_condition(row.base, place.references)):
        return was
    if mode not in MODES:
        place.complain("mode", "Choose how the conditions are joined.")
        return was
    parts = [*_read_rows(row, place), *_read_groups(row, place)]
    if not parts:
        place.complain("mode", "Add a condition, or choose that there is none.")
        return was
    return _joined(mode, parts, was=was)


def _read_groups(row: Row, place: Place) -> Iterator[Any]:
    for group in row.rows("groups"):
        where, was = place.below("groups", group.key), with_new_values(group.base, place.references)
        before = _shown_group(group.base, place.references, groups=False)
        if before is not None and group.says_the_same_as(before):
            yield was
        elif group.text("mode") not in MODES:
            where.complain("mode", "Choose how the conditions are joined.")
            if was is not None:
                yield was
        elif parts := _read_rows(group, where):
            yield _joined(group.text("mode"), parts, was=was)


def _joined(mode: str, parts: list[Any], *, was: Any) -> Any:
    """Join parts; a single one stands alone, unless it did not before."""
    how = mode.removeprefix("not_")
    inside = was.get("not", was) if isinstance(was, Mapping) else {}
    alone = len(parts) == 1 and not (isinstance(inside, Mapping) and how in inside)
    joined = parts[0] if alone else {how: parts}
    return {"not": joined} if mode.startswith("not_") else joined


def _read_rows(row: Row, place: Place) -> list[Any]:
    """Return the comparisons of a group; one with a mistake is what it was, and a new one with a mistake is none."""
    found = []
    for part in row.rows("rows"):
        before = _shown_row(part.base, place.references)
        is_unchanged = before is not None and part.says_the_same_as(before)
        comparison = None if is_unchanged else _read_row(part, place.below("rows", part.key))
        if comparison is None:
            comparison = with_new_values(part.base, place.references)
        if comparison is not None:
            found.append(comparison)
    return found


def _read_row(row: Row, place: Place) -> dict[str, Any] | None:
    name, op = place.references.name_of(row.text("field")), row.text("op")
    if not name:
        place.complain("field", "Choose what is looked at.")
        return None
    if op not in Operator:
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
            return _with_offset({**comparison, "ref": ref}, row, place)
        case "today" if op not in LIST_VALUED | {Operator.ATTEMPTS}:
            return _with_offset({**comparison, "ref": TODAY}, row, place)
        case _:
            return _read_constant(row, comparison, place)


def _read_constant(row: Row, comparison: dict[str, Any], place: Place) -> dict[str, Any] | None:
    op, known = Operator(comparison["op"]), place.references.known(comparison["field"])
    texts = [text for text in row.text("value").split("\n") if text] if op in LIST_VALUED else [row.text("value")]
    try:
        values = [_read_value(text, op, known) for text in texts]
    except Misfit as misfit:
        place.complain("value", str(misfit))
        return None
    if not values:
        place.complain("value", "Choose at least one.")
        return None
    return {**comparison, "value": values if op in LIST_VALUED else values[0]}


def _read_value(text: str, op: Operator, known: Known) -> Any:
    """Return the constant that a text is now; or that it was on the page, by the value that its choice has now."""
    try:
        return _constant(text, op, known.now)
    except Misfit:
        if known.values:
            was = _constant(text, op, known.schema)
            if key_of(was) in known.values:
                return known.values[key_of(was)]
        raise


def with_new_values(source: Any, references: References) -> Any:
    """Return a condition in which choices that got another value have it."""
    if not isinstance(source, Mapping):
        return source
    found = dict(source)
    for how in ("all", "any"):
        if isinstance(source.get(how), list):
            found[how] = [with_new_values(part, references) for part in source[how]]
    if "not" in source:
        found["not"] = with_new_values(source["not"], references)
    if "value" in source:
        found["value"] = new_value(source["value"], references.known(source.get("field")).values)
    return found


def _with_offset(comparison: dict[str, Any], row: Row, place: Place) -> dict[str, Any] | None:
    """Return a comparison with another answer or today, moved by what the row says."""
    by, unit = row.text("offset_by").strip(), row.text("offset_unit")
    if not by or not unit:
        return comparison
    if not re.fullmatch(r"\d{1,4}", by, re.ASCII) or unit not in tuple("YMWD"):
        place.complain("offset_by", "Give a whole number, like 18.")
        return None
    return {**comparison, "offset": f"{'-' if row.text('offset_sign') == '-' else ''}P{by}{unit}"}


def condition_row(source: Any, references: References) -> tuple[Row, ...]:
    """Return the place of a condition: the one row in it."""
    return (show_condition(source, references),)


def read_only_condition(source: dict[str, Any], key: str, row: Row, place: Place) -> None:
    """Write the condition that stands alone in its place into the part that has it."""
    condition = read_condition(row, place.below(row.key))
    if condition is not None:
        source[key] = condition
    elif source.get(key) is not None:
        del source[key]
