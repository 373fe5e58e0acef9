"""The choices of a field, one row each: what people read, and the value that stands for it."""

from collections import Counter
from collections.abc import Container, Hashable, Mapping, Sequence
from typing import Any

from authoring.sheet.naming import name_from
from authoring.sheet.references import Place
from authoring.sheet.rows import Misfit, Row, Shape, are_same, keyed, shown
from authoring.sheet.values import number_of, number_text
from engine.conditions import key_of, same

CHOICE = Shape(texts=("label", "value"))


def show_choices(schema: Mapping[str, Any], *, fixed: bool) -> tuple[Row, ...]:
    """Return the choices of a property. Values are shown where they are not made from labels, or must not change."""
    return keyed([_shown(base, fixed=fixed) for base in schema.get("enum", schema.get("oneOf", ()))], "o")


def _shown(base: Any, *, fixed: bool) -> Row:
    value, label = _value_of(base), _label_of(base)
    is_made = label.strip() != "" and value == name_from(label) and isinstance(base, Mapping)
    return Row(base=base, texts={"label": label, "value": "" if is_made and not fixed else shown(_text(value))})


def _text(value: Any) -> str:
    return value if isinstance(value, str) else number_text(value)


def write_choices(schema: dict[str, Any], rows: Sequence[Row], place: Place, *, fixed: bool) -> dict[Hashable, Any]:
    """Write the choices into a property, and return the new values by the keys of those that they replace."""
    before = show_choices(schema, fixed=fixed)
    if are_same(rows, before):
        return {}
    kept = [row for row in rows if row.text("label").strip() or row.text("value")]
    if not kept:
        place.complain("add", "Give at least one choice.")
        return {}
    found = _Reading(schema, place).values(kept)
    if "enum" in schema and all(_is_plain(row, value) for row, value in zip(kept, found, strict=True)):
        schema["enum"] = found
    else:
        schema.pop("enum", None)
        schema["oneOf"] = [_option(row, value) for row, value in zip(kept, found, strict=True)]
    pairs = [(_value_of(row.base), value) for row, value in zip(kept, found, strict=True) if row.base is not None]
    return {key_of(was): value for was, value in pairs if not same(was, value)}


class _Reading:
    """Reads the values of choices, each once."""

    def __init__(self, schema: Mapping[str, Any], place: Place) -> None:
        self.schema, self.place = schema, place
        self.is_number = schema.get("type") in ("number", "integer")

    def values(self, rows: Sequence[Row]) -> list[Any]:
        """Return the value of each choice, and complain about those that say what another one says."""
        found: dict[str, Any] = {row.key: self._given(row) for row in rows}
        taken = {shown(_text(value)) for value in found.values() if value is not None}
        for row in rows:
            if found[row.key] is None:
                found[row.key] = self._made(row, taken)
                taken.add(_text(found[row.key]))
        labels = Counter(map(_label, rows))
        values = list(found.values())
        times = Counter(map(key_of, values))
        for row, value in zip(rows, values, strict=True):
            if labels[_label(row)] > 1 and (row.base is None or _label_of(row.base) != row.text("label")):
                self.place.below(row.key).complain("label", "The same choice appears twice.")
            elif row.text("value") and times[key_of(value)] > 1:
                self.place.below(row.key).complain("value", "Two choices have the same value.")
        return values

    def _given(self, row: Row) -> Any:
        """Return the value that a row has already: the one typed in, or the one it had while its label is the same."""
        text, was = row.text("value"), _value_of(row.base)
        if was is None or not self._fits(was):
            return self._typed(text, row) if text else None
        if text:
            return was if shown(_text(was)) == text else self._typed(text, row)
        return was if _label_of(row.base).strip() == row.text("label").strip() else None

    def _fits(self, value: Any) -> bool:
        return self.schema.get("type") is None or isinstance(value, str) != self.is_number

    def _typed(self, text: str, row: Row) -> Any:
        """Return a value as the property wants it."""
        if not self.is_number:
            return text
        try:
            return number_of(text, whole=self.schema["type"] == "integer")
        except Misfit as misfit:
            self.place.below(row.key).complain("value", str(misfit))
            was = _value_of(row.base)
            return text if was is None else was

    def _made(self, row: Row, taken: Container[str]) -> Any:
        """Return the value made from a label."""
        label = _label(row)
        if self.is_number:
            return self._typed(label, row)
        return label if "enum" in self.schema else name_from(label, taken=taken, otherwise="choice")


def _label(row: Row) -> str:
    return row.text("label").strip() or row.text("value")


def _is_plain(row: Row, value: Any) -> bool:
    """Tell whether people read a choice as its value."""
    return row.text("label") == shown(_text(value)) or _label(row) == _text(value)


def _option(row: Row, value: Any) -> dict[str, Any]:
    if isinstance(row.base, Mapping) and same(row.base.get("const"), value):
        return dict(row.base) if _label_of(row.base) == row.text("label") else {**row.base, "title": _label(row)}
    is_from_plain_list = row.base is not None and not isinstance(row.base, Mapping)
    return {"const": value} if is_from_plain_list and _is_plain(row, value) else {"const": value, "title": _label(row)}


def _value_of(base: Any) -> Any:
    return base.get("const") if isinstance(base, Mapping) else base


def _label_of(base: Any) -> str:
    """Return what an input shows of what people read."""
    return shown(base.get("title", _text(_value_of(base))) if isinstance(base, Mapping) else _text(base))
