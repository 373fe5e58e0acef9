"""Fields as rows: the label first, everything else about a property beside it."""

from collections.abc import Mapping
from typing import Any

from authoring.sheet import choices as choice_rows
from authoring.sheet import things
from authoring.sheet.columns import COLUMNS, LIMITS
from authoring.sheet.conditions import CONDITION, condition_row, read_condition
from authoring.sheet.kinds import Kind, Schema, kind_of, reshaped
from authoring.sheet.messages import MESSAGE, show_messages, write_messages
from authoring.sheet.references import NOBODY, Place, References
from authoring.sheet.rows import Misfit, Row, Shape
from authoring.sheet.sums import DERIVED_SEVERAL, DERIVED_TEXTS, show_derived, write_derived

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


def show_field(schema: Any, references: References, *, fixed: bool) -> Row:
    """Return the inputs of a property, but for its name and whether it is required; a locked one shows its label."""
    kind = kind_of(schema)
    if kind is Kind.LOCKED:
        label = schema.get("title", "") if isinstance(schema, Mapping) else ""
        return Row(base=schema, texts={"kind": kind, "label": label if isinstance(label, str) else ""})
    offering = schema.get("items", {}) if kind is Kind.CHOICES else schema
    has_choices = kind in (Kind.CHOICE, Kind.CHOICES)
    return Row(
        base=schema,
        texts={
            "kind": kind,
            "fixed": "on" if fixed else "",
            **{column.name: column.show(schema) for column in COLUMNS if kind in column.kinds},
            **show_derived(schema, references).texts,
        },
        several={
            "depends_on": tuple(map(references.key_of, _depends_on(schema))),
            **show_derived(schema, references).several,
        },
        parts={
            "choices": choice_rows.show_choices(offering, fixed=fixed) if has_choices else (),
            "columns": things.show_columns(schema, fixed=fixed) if kind is Kind.THINGS else (),
            "messages": show_messages(schema),
            "when": condition_row(schema.get("x-when"), references),
        },
    )


def _depends_on(schema: Schema) -> list[str]:
    named = schema.get("x-depends-on", [])
    return [name for name in named if isinstance(name, str)] if isinstance(named, list) else []


def read_property(row: Row, place: Place) -> tuple[Any, Mapping[Any, Any]]:
    """Return the property that a row states, and which choices have a new value.

    What refers to other fields is left as it was, for :func:`read_references`.
    """
    kind = _wanted(row, place)
    if kind is Kind.LOCKED:
        return row.base, {}
    schema: dict[str, Any] = dict(row.base) if isinstance(row.base, Mapping) else {}
    if kind is not kind_of(schema):
        schema = reshaped(schema, kind)
    fixed = row.is_on("fixed")
    before = show_field(schema, NOBODY, fixed=fixed)
    for column in COLUMNS:
        if kind in column.kinds and column.name != "suggestion":
            _write(column, schema, row, before, place)
    for least, most in LIMITS:
        _check_limits(schema, row, least, most, place)
    renamed = _write_parts(schema, kind, row, place, fixed=fixed)
    for column in COLUMNS:
        if kind in column.kinds and column.name == "suggestion":  # which must fit the choices
            _write(column, schema, row, before, place)
    return schema, renamed


def _wanted(row: Row, place: Place) -> Kind:
    if row.text("kind") not in set(Kind) or (row.text("kind") == Kind.LOCKED and row.base is None):
        place.complain("kind", "Choose what kind of information this is.")
        return kind_of(row.base) if row.base is not None else Kind.TEXT
    return Kind(row.text("kind"))


def _write(column: Any, schema: dict[str, Any], row: Row, before: Row, place: Place) -> None:
    text = row.text(column.name)
    if text == before.text(column.name):
        return
    try:
        column.write(schema, text)
    except Misfit as misfit:
        place.complain(column.name, str(misfit))


def _check_limits(schema: Schema, row: Row, least: str, most: str, place: Place) -> None:
    columns = {column.name: column for column in COLUMNS}
    if not row.text(least) or not row.text(most) or kind_of(schema) not in columns[least].kinds:
        return
    low, high = columns[least].show(schema), columns[most].show(schema)
    if low and high and float(low) > float(high):
        place.complain(most, f"“At most” ({high}) is smaller than “at least” ({low}).")


def _write_parts(schema: dict[str, Any], kind: Kind, row: Row, place: Place, *, fixed: bool) -> Mapping[Any, Any]:
    write_messages(schema, row.parts.get("messages", ()), place.below("messages"))
    offered = row.parts.get("choices", ())
    match kind:
        case Kind.CHOICE:
            return choice_rows.write_choices(schema, offered, place.below("choices"), fixed=fixed)
        case Kind.CHOICES:
            items = dict(schema["items"])
            renamed = choice_rows.write_choices(items, offered, place.below("choices"), fixed=fixed)
            schema["items"] = items
            return renamed
        case Kind.THINGS:
            things.write_columns(schema, row.parts.get("columns", ()), place.below("columns"), fixed=fixed)
            return {}
        case _:
            return {}


def read_references(row: Row, schema: Any, place: Place) -> Any:
    """Return the property with what a row says about other fields: when it is asked, and what it follows from."""
    kind = kind_of(schema)
    if row.text("kind") == Kind.LOCKED or not isinstance(schema, Mapping):
        return schema
    schema = dict(schema)
    when = row.only("when")
    condition = read_condition(when, place.below("when", when.key))
    if condition is None:
        schema.pop("x-when", None)
    else:
        schema["x-when"] = condition
    depends_on = place.references.names_of(row.several.get("depends_on", ()))
    if set(depends_on) != set(_depends_on(schema)):
        kept = [name for name in _depends_on(schema) if name in depends_on]
        schema["x-depends-on"] = kept + [name for name in depends_on if name not in kept]
        if not depends_on:
            del schema["x-depends-on"]
    write_derived(schema, kind, row, place)
    return schema
