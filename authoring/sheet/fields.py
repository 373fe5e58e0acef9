"""Fields as rows: the label first, everything else about a property beside it."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from authoring.sheet import choices as choice_rows
from authoring.sheet import things
from authoring.sheet.columns import COLUMNS, LIMITS
from authoring.sheet.conditions import CONDITION, condition_row, read_only_condition, with_new_values
from authoring.sheet.kinds import Kind, Schema, kind_of, reshaped
from authoring.sheet.messages import MESSAGE, show_messages, write_messages
from authoring.sheet.references import Place, References
from authoring.sheet.rows import Misfit, Row, Shape, shown
from authoring.sheet.sums import DERIVED_SEVERAL, DERIVED_TEXTS, show_derived, write_derived
from authoring.sheet.values import new_value

FIELD = Shape(
    texts=(
        "was",
        "fixed",
        "name",
        "kind",
        "required",
        *(column.name for column in COLUMNS),
        *DERIVED_TEXTS,
    ),
    several=("depends_on", *DERIVED_SEVERAL),
    parts={
        "choices": choice_rows.CHOICE,
        "columns": things.THING_COLUMN,
        "messages": MESSAGE,
        "when": CONDITION,
    },
)


_BY_NAME = {column.name: column for column in COLUMNS}


def show_field(schema: Any, references: References, *, fixed: bool) -> Row:
    """Return the inputs of a property, but for its name and whether it is required; a locked one shows its label."""
    kind = kind_of(schema)
    if kind is Kind.LOCKED:
        label = schema.get("title") if isinstance(schema, Mapping) else None
        return Row(base=schema, texts={"kind": kind, "label": shown(label)})
    offering = schema["items"] if kind is Kind.CHOICES else schema
    derived = show_derived(schema, references)
    return Row(
        base=schema,
        texts={
            "kind": kind,
            "fixed": "on" if fixed else "",
            **_column_texts(schema, kind),
            **derived.texts,
        },
        several={
            "depends_on": tuple(map(references.key_of, _depends_on(schema))),
            **derived.several,
        },
        parts={
            "choices": choice_rows.show_choices(offering, fixed=fixed),
            "columns": things.show_columns(schema, fixed=fixed) if kind is Kind.THINGS else (),
            "messages": show_messages(schema),
            "when": condition_row(schema.get("x-when"), references),
        },
    )


def _column_texts(schema: Schema, kind: Kind) -> dict[str, str]:
    return {column.name: column.show(schema) for column in COLUMNS if kind in column.kinds}


def _depends_on(schema: Schema) -> list[str]:
    named = schema.get("x-depends-on")
    return [name for name in named if isinstance(name, str)] if isinstance(named, list) else []


def read_property(row: Row, place: Place) -> tuple[Any, Mapping[Hashable, Any]]:
    """Return the property that a row states, and new values of its choices.

    What refers to other fields is left as it was, for :func:`read_references`.
    """
    kind = _wanted(row, place)
    if kind is Kind.LOCKED:
        return row.base, {}
    schema: dict[str, Any] = dict(row.base) if isinstance(row.base, Mapping) else {}
    if kind is not kind_of(schema):
        schema = reshaped(schema, kind)
    before = _column_texts(schema, kind_of(schema))
    for column in COLUMNS:
        if kind in column.kinds and column.name != "suggestion":
            _write(column, schema, row, before, place)
    for limits in LIMITS:
        _check_limits(schema, row, before, limits, place)
    renamed = _write_parts(schema, kind, row, place, fixed=row.is_on("fixed"))
    if "default" in schema:
        schema["default"] = new_value(schema["default"], renamed)
    for column in COLUMNS:
        if kind in column.kinds and column.name == "suggestion":  # which must fit the choices
            _write(column, schema, row, before, place)
    return schema, renamed


def _wanted(row: Row, place: Place) -> Kind:
    is_new = row.text("was") == "" and row.base is None
    if row.text("kind") not in Kind or (row.text("kind") == Kind.LOCKED and is_new):
        place.complain("kind", "Choose what kind of information this is.")
        return Kind.TEXT if is_new else kind_of(row.base)
    return Kind(row.text("kind"))


def _write(column: Any, schema: dict[str, Any], row: Row, before: Mapping[str, str], place: Place) -> None:
    text = row.text(column.name)
    if text == before.get(column.name, ""):
        return
    try:
        column.write(schema, text)
    except Misfit as misfit:
        place.complain(column.name, str(misfit))


def _check_limits(schema: Schema, row: Row, before: Mapping[str, str], limits: tuple[str, str], place: Place) -> None:
    """Complain about limits that contradict each other, if one of them was edited."""
    least, most = (_BY_NAME[name] for name in limits)
    if all(row.text(name) == before.get(name, "") for name in limits) or kind_of(schema) not in least.kinds:
        return
    low, high = least.show(schema), most.show(schema)
    if low and high and float(low) > float(high):
        place.complain(most.name, f"“At most” ({high}) is smaller than “at least” ({low}).")


def _write_parts(schema: dict[str, Any], kind: Kind, row: Row, place: Place, *, fixed: bool) -> Mapping[Hashable, Any]:
    write_messages(schema, row.rows("messages"), place.below("messages"))
    offered = row.rows("choices")
    match kind:
        case Kind.CHOICE:
            return choice_rows.write_choices(schema, offered, place.below("choices"), fixed=fixed)
        case Kind.CHOICES:
            items = dict(schema["items"])
            renamed = choice_rows.write_choices(items, offered, place.below("choices"), fixed=fixed)
            schema["items"] = items
            return renamed
        case Kind.THINGS:
            things.write_columns(schema, row.rows("columns"), place.below("columns"), fixed=fixed)
            return {}
        case _:
            return {}


def read_references(row: Row, schema: Any, place: Place) -> Any:
    """Return the property with what a row says about other fields: when it is asked, and what it follows from."""
    if not isinstance(schema, Mapping):
        return schema
    schema = dict(schema)
    if row.text("kind") == Kind.LOCKED:
        if "x-when" in schema:
            schema["x-when"] = with_new_values(schema["x-when"], place.references)
        return schema
    read_only_condition(schema, "x-when", row.only("when"), place.below("when"))
    _read_depends_on(schema, row.chosen("depends_on"), place.references)
    write_derived(schema, row, place)
    return schema


def _read_depends_on(schema: dict[str, Any], keys: Sequence[str], references: References) -> None:
    was = _depends_on(schema)
    if set(keys) == set(map(references.key_of, was)):
        return
    names = references.names_of(keys)
    schema["x-depends-on"] = [name for name in was if name in names] + [name for name in names if name not in was]
    if not names:
        del schema["x-depends-on"]
