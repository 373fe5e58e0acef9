"""The choices of a field, one row each: what people read, and the value that stands for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from authoring.sheet.naming import name_from
from authoring.sheet.references import Place
from authoring.sheet.rows import Misfit, Row, Shape, keyed, shown
from authoring.sheet.values import number_of, number_text
from engine.conditions import same

CHOICE = Shape(texts=("label", "value"))


def show_choices(schema: Mapping[str, Any], *, fixed: bool) -> tuple[Row, ...]:
    """Return the choices of a property. Values are shown where they are not made from labels, or must not change."""
    if "enum" in schema:
        return keyed([_shown(value, shown(_text(value)), fixed=fixed, base=value) for value in schema["enum"]], "o")
    options = schema.get("oneOf", ())
    return keyed(
        [
            _shown(option["const"], shown(option.get("title", _text(option["const"]))), fixed=fixed, base=option)
            for option in options
        ],
        "o",
    )


def _shown(value: Any, label: str, *, fixed: bool, base: Any) -> Row:
    is_made = isinstance(value, str) and value == name_from(label) and isinstance(base, Mapping)
    return Row(base=base, texts={"label": label, "value": "" if is_made and not fixed else shown(_text(value))})


def _text(value: Any) -> str:
    return value if isinstance(value, str) else number_text(value)


def write_choices(schema: dict[str, Any], rows: Sequence[Row], place: Place, *, fixed: bool) -> dict[Any, Any]:
    """Write the choices into a property, and return which values have a new one in their place."""
    before = show_choices(schema, fixed=fixed)
    if len(rows) == len(before) and all(
        row.says_the_same_as(was) and same(row.base, was.base) for row, was in zip(rows, before, strict=True)
    ):
        return {}
    is_plain = "enum" in schema
    kept = [row for row in rows if row.text("label").strip() or row.text("value")]
    if not kept:
        place.complain("add", "Give at least one choice.")
        return {}
    found = _read(kept, place, schema, fixed=fixed)
    renamed = {
        was: value
        for row, (_, value) in zip(kept, found, strict=True)
        if row.base is not None and not same(was := _value_of(row.base), value)
    }
    if is_plain and all(label == _text(value) for label, value in found):
        schema["enum"] = [value for _, value in found]
        return renamed
    schema.pop("enum", None)
    schema["oneOf"] = [_option(row, label, value) for row, (label, value) in zip(kept, found, strict=True)]
    return renamed


def _read(rows: Sequence[Row], place: Place, schema: Mapping[str, Any], *, fixed: bool) -> list[tuple[str, Any]]:
    taken = {row.text("value") for row in rows if row.text("value")}
    labels: set[str] = set()
    found: list[tuple[str, Any]] = []
    for row in rows:
        label = row.text("label").strip() or row.text("value")
        if label in labels:
            place.below(row.key).complain("label", "The same choice appears twice.")
        labels.add(label)
        value: Any = row.text("value")
        if not value:
            value = _made(row, label, taken, schema)
            taken.add(value)
        elif sum(other.text("value") == value for other in rows) > 1:
            place.below(row.key).complain("value", "Two choices have the same value.")
        found.append((label, _typed(row, value, schema, place.below(row.key))))
    return found


def _made(row: Row, label: str, taken: set[str], schema: Mapping[str, Any]) -> str:
    """Return the value made from a label; the one it has, while the label is the same."""
    if "enum" in schema or schema.get("type") in ("number", "integer"):
        return label
    was = _value_of(row.base) if row.base is not None else None
    if isinstance(was, str) and shown(_label_of(row.base)) == label and was not in taken:
        return was
    return name_from(label, taken=taken, otherwise="choice")


def _typed(row: Row, value: str, schema: Mapping[str, Any], place: Place) -> Any:
    """Return the value as the property wants it: the one the row was made of, unless its text is another."""
    was = _value_of(row.base) if row.base is not None else None
    if was is not None and shown(_text(was)) == value:
        return was
    if schema.get("type") not in ("number", "integer"):
        return value
    try:
        return number_of(value, whole=schema["type"] == "integer")
    except Misfit as misfit:
        place.complain("value", str(misfit))
        return value if was is None else was


def _option(row: Row, label: str, value: Any) -> dict[str, Any]:
    if isinstance(row.base, Mapping) and same(row.base.get("const"), value):
        shown_before = shown(row.base.get("title", _text(value)))
        return dict(row.base) if shown_before == label else {**row.base, "title": label}
    return {"const": value, "title": label}


def _value_of(base: Any) -> Any:
    return base.get("const") if isinstance(base, Mapping) else base


def _label_of(base: Any) -> str:
    return str(base.get("title", _text(base.get("const")))) if isinstance(base, Mapping) else _text(base)
