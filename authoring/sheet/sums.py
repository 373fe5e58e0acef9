"""What follows from other fields: computed values as a sentence, and choices out of a collected list."""

from collections.abc import Mapping
from typing import Any

from authoring.sheet.kinds import Kind
from authoring.sheet.references import Place, References
from authoring.sheet.rows import Row

DERIVED_TEXTS = ("formula", "first", "second", "list", "column", "from_list", "from_value", "from_label")
DERIVED_SEVERAL = ("summed",)


def show_derived(schema: Mapping[str, Any], references: References) -> Row:
    """Return the inputs that say what a property follows from; none of them is filled for other properties."""
    match schema:
        case {"x-computed": Mapping() as formula}:
            return _shown_formula(formula, references)
        case {"x-choices": Mapping() as source}:
            ref = source.get("ref")
            return Row(
                texts={
                    "from_list": references.key_of(ref),
                    "from_value": references.column_key(ref, source.get("value")),
                    "from_label": references.column_key(ref, source.get("label")),
                }
            )
        case _:
            return Row()


def _shown_formula(formula: Mapping[str, Any], references: References) -> Row:
    key_of = references.key_of
    match formula:
        case {"sum": list() as names}:
            return Row(texts={"formula": "sum"}, several={"summed": tuple(map(key_of, names))})
        case {"sum": {"list": name, "of": column}}:
            texts = {"formula": "sum_of", "list": key_of(name), "column": references.column_key(name, column)}
            return Row(texts=texts)
        case {"difference": [first, second]}:
            return Row(texts={"formula": "difference", "first": key_of(first), "second": key_of(second)})
        case {"count": name}:
            return Row(texts={"formula": "count", "list": key_of(name)})
        case {"years_since": name}:
            return Row(texts={"formula": "years_since", "first": key_of(name)})
        case _:
            return Row()


def write_derived(schema: dict[str, Any], row: Row, place: Place) -> None:
    """Write what a property follows from, where it follows from anything."""
    if row.text("kind") == Kind.COMPUTED:
        _write_formula(schema, row, place)
    elif row.text("kind") == Kind.CHOSEN:
        _write_source(schema, row, place)


def _is_unchanged(row: Row, before: Row) -> bool:
    texts = {name: row.text(name) for name in DERIVED_TEXTS}
    several = {name: row.chosen(name) for name in DERIVED_SEVERAL}
    return Row(texts=texts, several=several).says_the_same_as(before)


def _write_formula(schema: dict[str, Any], row: Row, place: Place) -> None:
    if "x-computed" in schema and _is_unchanged(row, show_derived(schema, place.references)):
        return
    count = len(place.mistakes)
    formula = _read_formula(row, place)
    if len(place.mistakes) > count:
        return
    schema["x-computed"] = formula
    if row.text("formula") in ("count", "years_since"):
        schema["type"] = "integer"


def _read_formula(row: Row, place: Place) -> dict[str, Any]:
    match row.text("formula"):
        case "sum":
            names = place.references.names_of(row.chosen("summed"))
            if not names:
                place.complain("summed", "Choose what is added up.")
            return {"sum": names}
        case "sum_of":
            name = _named(row, "list", place)
            column = place.references.column_of(name, row.text("column"))
            if not column:
                place.complain("column", "Choose the column that is added up.")
            return {"sum": {"list": name, "of": column}}
        case "difference":
            return {"difference": [_named(row, "first", place), _named(row, "second", place)]}
        case "count":
            return {"count": _named(row, "list", place)}
        case "years_since":
            return {"years_since": _named(row, "first", place)}
        case _:
            place.complain("formula", "Choose how this is worked out.")
            return {}


def _named(row: Row, name: str, place: Place) -> str:
    found = place.references.name_of(row.text(name))
    if not found:
        place.complain(name, "Choose what this is worked out from.")
    return found


def _write_source(schema: dict[str, Any], row: Row, place: Place) -> None:
    if "x-choices" in schema and _is_unchanged(row, show_derived(schema, place.references)):
        return
    ref = place.references.name_of(row.text("from_list"))
    value, label = (place.references.column_of(ref, row.text(name)) for name in ("from_value", "from_label"))
    if not ref:
        place.complain("from_list", "Choose the list that the choices come from.")
    elif label and not value:
        place.complain("from_value", "Choose the column whose value is kept.")
    else:
        items = place.references.known(ref).now.get("items")
        match _column(items, value) if value else items:
            case {"type": "string" | "number" | "integer" as kind}:
                schema["type"] = kind
        schema["x-choices"] = {"ref": ref, **({"value": value} if value else {}), **({"label": label} if label else {})}


def _column(items: Any, name: str) -> Any:
    match items:
        case {"properties": Mapping() as columns}:
            return columns.get(name)
        case _:
            return None
