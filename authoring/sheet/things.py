"""Lists of people or things: the columns that each entry has, one row for each column."""

from collections.abc import Mapping, Sequence
from typing import Any

from authoring.sheet import choices as choice_rows
from authoring.sheet.kinds import COLUMN_KINDS, Kind, kind_of, reshaped
from authoring.sheet.naming import name_from
from authoring.sheet.references import Place
from authoring.sheet.rows import Row, Shape, keyed, shown

THING_COLUMN = Shape(texts=("was", "label", "kind", "required"), parts={"choices": choice_rows.CHOICE})


def show_columns(schema: Mapping[str, Any], *, fixed: bool) -> tuple[Row, ...]:
    """Return the columns of a list, in the order in which they are displayed."""
    items = schema["items"]
    required = set(items.get("required", ()))
    return keyed([_shown(name, part, name in required, fixed=fixed) for name, part in _ordered(items)], "k")


def column_names(schema: Mapping[str, Any]) -> dict[str, str]:
    """Return the key of each column as shown, and its name."""
    if kind_of(schema) is not Kind.THINGS:
        return {}
    return {f"k{number}": name for number, (name, _) in enumerate(_ordered(schema["items"]), start=1)}


def _ordered(items: Mapping[str, Any]) -> list[tuple[str, Any]]:
    properties = items["properties"]
    places = {name: number for number, name in enumerate(properties)}
    orders = {name: part.get("x-order", 0) for name, part in properties.items()}
    plain = all(isinstance(order, int | float) for order in orders.values())
    return sorted(properties.items(), key=lambda item: (orders[item[0]] if plain else 0, places[item[0]]))


def _shown(name: str, schema: Mapping[str, Any], required: bool, *, fixed: bool) -> Row:  # noqa: FBT001
    kind = kind_of(schema)
    return Row(
        base=schema,
        texts={
            "was": name,
            "label": shown(schema.get("title", name)),
            "kind": kind,
            "required": "on" if required else "",
        },
        parts={"choices": choice_rows.show_choices(schema, fixed=fixed) if kind is Kind.CHOICE else ()},
    )


def names_after(schema: Any, rows: Sequence[Row]) -> dict[str, str]:
    """Return the name of each column by the key of its row; a new one is named after its label."""
    taken = {row.text("was") for row in rows if row.text("was")}
    found: dict[str, str] = {}
    for row in rows:
        name = row.text("was") or name_from(row.text("label"), taken=taken, otherwise="column")
        taken.add(name)
        found[row.key] = name
    return found


def write_columns(schema: dict[str, Any], rows: Sequence[Row], place: Place, *, fixed: bool) -> None:
    """Write the columns into the property of a list."""
    before = show_columns(schema, fixed=fixed)
    if len(rows) == len(before) and all(row.says_the_same_as(was) for row, was in zip(rows, before, strict=True)):
        return
    if not rows:
        place.complain("add", "Give at least one column.")
        return
    items = dict(schema["items"])
    names = names_after(schema, rows)
    parts = [_read(row, place.below(row.key), fixed=fixed) for row in rows]
    _put_in_order(rows, before, parts)
    items["properties"] = {names[row.key]: part for row, part in zip(rows, parts, strict=True)}
    wanted = [names[row.key] for row in rows if row.is_on("required")]
    was = items.get("required", [])
    items["required"] = [name for name in was if name in wanted] + [name for name in wanted if name not in was]
    if not items["required"] and "required" not in schema["items"]:
        del items["required"]
    schema["items"] = items


def _put_in_order(rows: Sequence[Row], before: Sequence[Row], parts: list[dict[str, Any]]) -> None:
    """Give the columns numbers if their order is not the one that was shown: an object keeps none of its own."""
    shown_order = [row.text("was") for row in before if row.text("was") in {one.text("was") for one in rows}]
    is_same = [row.text("was") for row in rows if row.text("was")] == shown_order and all(
        row.text("was") for row in rows
    )
    if not is_same:
        for number, part in enumerate(parts, start=1):
            part["x-order"] = number


def _read(row: Row, place: Place, *, fixed: bool) -> dict[str, Any]:
    kind = Kind(row.text("kind")) if row.text("kind") in COLUMN_KINDS else None
    if kind is None:
        place.complain("kind", "Choose what kind of information this is.")
    schema = dict(row.base) if isinstance(row.base, Mapping) else {}
    if kind is not None and kind is not kind_of(schema):
        schema = reshaped(schema, kind)
    label = row.text("label").strip()
    if not label:
        place.complain("label", "Give this column a label.")
    elif row.text("label") != shown(schema.get("title", row.text("was"))):
        schema["title"] = label
    if kind is Kind.CHOICE:
        choice_rows.write_choices(schema, row.parts.get("choices", ()), place.below("choices"), fixed=fixed)
    return schema
