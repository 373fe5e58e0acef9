"""Lists of people or things: the columns that each entry has, one row for each column."""

from collections.abc import Mapping, Sequence
from typing import Any

from authoring.sheet import choices as choice_rows
from authoring.sheet.kinds import COLUMN_KINDS, Kind, kind_of, reshaped
from authoring.sheet.naming import name_from
from authoring.sheet.ordering import in_order, orders_after
from authoring.sheet.references import Place, carried, name_carried
from authoring.sheet.rows import Row, Shape, are_same, keyed, shown

THING_COLUMN = Shape(texts=("was", "label", "kind", "required"), parts={"choices": choice_rows.CHOICE})


def show_columns(schema: Mapping[str, Any], *, fixed: bool) -> tuple[Row, ...]:
    """Return the columns of a list, in the order in which they are displayed."""
    items = schema["items"]
    required = items.get("required", [])
    return keyed([_shown(name, part, is_required=name in required, fixed=fixed) for name, part in _ordered(items)], "k")


def column_names(schema: Any) -> dict[str, str]:
    """Return the key of each column as shown, and its name."""
    if kind_of(schema) is not Kind.THINGS:
        return {}
    return {f"k{number}": name for number, (name, _) in enumerate(_ordered(schema["items"]), start=1)}


def _ordered(items: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return columns by their `x-order`, then by their names: an object keeps no order of its own."""
    return in_order(items["properties"], {})


def _shown(name: str, schema: Mapping[str, Any], *, is_required: bool, fixed: bool) -> Row:
    kind = kind_of(schema)
    return Row(
        base=schema,
        texts={
            "was": carried(name),
            "label": shown(schema.get("title", name)),
            "kind": kind,
            "required": "on" if is_required else "",
        },
        parts={"choices": choice_rows.show_choices(schema, fixed=fixed) if kind is Kind.CHOICE else ()},
    )


def names_after(rows: Sequence[Row]) -> dict[str, str]:
    """Return the name of each column by the key of its row; a new one is named after its label."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for row in sorted(rows, key=lambda row: not row.text("was")):
        was = name_carried(row.text("was"))
        is_kept = row.text("was") != "" and was not in taken
        found[row.key] = was if is_kept else name_from(row.text("label"), taken=taken, otherwise="column")
        taken.add(found[row.key])
    return found


def write_columns(schema: dict[str, Any], rows: Sequence[Row], place: Place, *, fixed: bool) -> None:
    """Write the columns into the property of a list."""
    before = show_columns(schema, fixed=fixed)
    if are_same(rows, before):
        return
    if not rows:
        place.complain("add", "Give at least one column.")
        return
    items = dict(schema["items"])
    names = names_after(rows)
    parts = [_read(row, place.below(row.key), fixed=fixed) for row in rows]
    orders = orders_after(parts, [row.number for row in rows])
    items["properties"] = {
        names[row.key]: part if order is None else {**part, "x-order": order}
        for row, part, order in zip(rows, parts, orders, strict=True)
    }
    wanted = [names[row.key] for row in rows if row.is_on("required")]
    was, known = items.get("required", []), schema["items"]["properties"].keys()
    required = [name for name in was if name in wanted or not (isinstance(name, str) and name in known)]
    required += [name for name in wanted if name not in was]
    if required or "required" in items:
        items["required"] = required
    schema["items"] = items


def _read(row: Row, place: Place, *, fixed: bool) -> dict[str, Any]:
    kind = Kind(row.text("kind")) if row.text("kind") in COLUMN_KINDS else None
    if kind is None:
        place.complain("kind", "Choose what kind of information this is.")
    schema = dict(row.base) if isinstance(row.base, Mapping) else {}
    if kind is not None and kind is not kind_of(schema):
        schema = reshaped(schema, kind)
    is_same = row.text("was") != "" and row.text("label") == shown(schema.get("title", name_carried(row.text("was"))))
    if row.text("label").strip() and not is_same:
        schema["title"] = row.text("label").strip()
    elif not is_same:
        place.complain("label", "Give this column a label.")
    if kind is Kind.CHOICE:
        choice_rows.write_choices(schema, row.rows("choices"), place.below("choices"), fixed=fixed)
    return schema
