"""Open a generated document, edit one thing of a field, save: that differs, and nothing else."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace

import pytest

from authoring.sheet.rows import Row
from authoring.sheet.whole import Sheet
from authoring.tests.generated_fields import Json
from authoring.tests.sheet.edits import (
    Edit,
    Edited,
    fields_in,
    is_followed_by_nothing_else,
    names_in,
    put,
    typed,
    with_field,
    with_part,
)

EDITS: list[Edit] = []


def edit(make: Edit) -> Edit:
    """Note an edit. It gives sheets in which one thing is edited, each with the document that this must lead to."""
    EDITS.append(make)
    return make


@edit
def another_label(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document):
        schema["title"] = "Newly named"
        yield with_field(sheet, typed(row, label="Newly named")), copy


@edit
def no_label(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document):
        if row.text("label"):
            schema.pop("title")
            yield with_field(sheet, typed(row, label="")), copy


@edit
def another_help(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document):
        schema["description"] = "One.\nTwo."
        yield with_field(sheet, typed(row, help="One.\nTwo.")), copy


@edit
def required_or_not(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, name in zip(sheet.fields, names_in(sheet, document), strict=True):
        copy = deepcopy(document)
        required = copy["state_schema"].setdefault("required", [])
        if row.is_on("required"):
            required.remove(name)
        else:
            required.append(name)
        yield with_field(sheet, typed(row, required="" if row.is_on("required") else "on")), copy


@edit
def another_limit(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document, "number", "integer"):
        schema["minimum"] = -9007199254740992
        yield with_field(sheet, typed(row, minimum="-9007199254740992")), copy
    for row, copy, schema in fields_in(sheet, document, "text", "email", "link", "long_text"):
        put(schema, "maxLength", None if row.text("max_length") else 200)
        yield with_field(sheet, typed(row, max_length="" if row.text("max_length") else "200")), copy
    for row, copy, schema in fields_in(sheet, document, "texts", "things", "choices"):
        schema["maxItems"] = 77
        yield with_field(sheet, typed(row, max_items="77")), copy


@edit
def other_notes(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document):
        if row.text("kind") != "computed":
            schema["x-ask"] = ["First?", "Again?"]
            yield with_field(sheet, typed(row, ask="First?\n\n Again? ")), copy
    for row, copy, schema in fields_in(sheet, document):
        put(schema, "x-sensitive", None if row.text("sensitive") else "mask")
        yield with_field(sheet, typed(row, sensitive="" if row.text("sensitive") else "mask")), copy
    for row, copy, schema in fields_in(sheet, document, "date", "text", "number"):
        put(schema, "readOnly", None if row.is_on("read_only") else True)
        yield with_field(sheet, typed(row, read_only="" if row.is_on("read_only") else "on")), copy
    for row, copy, schema in fields_in(sheet, document, "number"):
        schema["x-unit"] = "kg"
        yield with_field(sheet, typed(row, unit="kg")), copy


@edit
def another_message(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document):
        for message in row.parts["messages"]:
            schema["x-messages"][message.base[0]] = "Other words"
            rows = [typed(one, words="Other words") if one is message else one for one in row.parts["messages"]]
            yield with_field(sheet, with_part(row, "messages", *rows)), copy
    for row, copy, schema in fields_in(sheet, document):
        new = Row(key="n1", texts={"reason": "uniqueItems", "words": "Once only."})
        schema["x-messages"] = {**schema.get("x-messages", {}), "uniqueItems": "Once only."}
        yield with_field(sheet, with_part(row, "messages", *row.parts["messages"], new)), copy
    for row, copy, schema in fields_in(sheet, document):
        if row.parts["messages"]:
            del schema["x-messages"]
            yield with_field(sheet, with_part(row, "messages")), copy


def offering(schema: Json) -> Json:
    found: Json = schema["items"] if schema.get("type") == "array" else schema
    return found


@edit
def another_label_of_a_choice(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document, "choice", "choices"):
        offered, first = offering(schema), row.parts["choices"][0]
        if "oneOf" in offered:
            offered["oneOf"][0]["title"] = "Renamed"
        else:
            options = [{"const": value} for value in offered.pop("enum")]
            offered["oneOf"] = [{**options[0], "title": "Renamed"}, *options[1:]]
        rows = (typed(first, label="Renamed"), *row.parts["choices"][1:])
        yield with_field(sheet, with_part(row, "choices", *rows)), copy


@edit
def other_choices(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document, "choice", "choices"):
        offered, rows = offering(schema), row.parts["choices"]
        listed = offered["oneOf" if "oneOf" in offered else "enum"]
        if len(rows) > 1:
            less = deepcopy(copy)
            listed.insert(0, listed.pop())
            yield with_field(sheet, with_part(row, "choices", rows[-1], *rows[:-1])), copy
            name = next(name for name, part in copy["state_schema"]["properties"].items() if part is schema)
            part = offering(less["state_schema"]["properties"][name])
            del part["oneOf" if "oneOf" in part else "enum"][0]
            yield with_field(sheet, with_part(row, "choices", *rows[1:])), less


@edit
def one_more_choice(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document, "choice", "choices"):
        offered = offering(schema)
        is_number = offered.get("type") in ("number", "integer")
        new = Row(key="n1", texts={"label": "9" if is_number else "Brand new"})
        if "oneOf" in offered:
            option = {"const": 9, "title": "9"} if is_number else {"const": "brand_new", "title": "Brand new"}
            offered["oneOf"].append(option)
        else:
            offered["enum"].append(9 if is_number else "Brand new")
        yield with_field(sheet, with_part(row, "choices", *row.parts["choices"], new)), copy


@edit
def another_column(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document, "things"):
        columns = row.parts["columns"]
        first, name = columns[0], columns[0].text("was")
        schema["items"]["properties"][name]["title"] = "Renamed"
        yield with_field(sheet, with_part(row, "columns", typed(first, label="Renamed"), *columns[1:])), copy
    for row, copy, schema in fields_in(sheet, document, "things"):
        columns = row.parts["columns"]
        name = columns[0].text("was")
        if len(columns) > 1:
            del schema["items"]["properties"][name]
            if name in schema["items"].get("required", ()):
                schema["items"]["required"].remove(name)
            yield with_field(sheet, with_part(row, "columns", *columns[1:])), copy
    for row, copy, schema in fields_in(sheet, document, "things"):
        columns = row.parts["columns"]
        required = schema["items"].setdefault("required", [])
        if columns[0].is_on("required"):
            required.remove(columns[0].text("was"))
        else:
            required.append(columns[0].text("was"))
        other = typed(columns[0], required="" if columns[0].is_on("required") else "on")
        yield with_field(sheet, with_part(row, "columns", other, *columns[1:])), copy


@edit
def one_more_field(sheet: Sheet, document: Json) -> Iterator[Edited]:
    copy = deepcopy(document)
    schema = copy["state_schema"]
    orders = [part.get("x-order", 0) for part in schema["properties"].values()]
    new: Json = {"type": "integer", "title": "Brand new", "minimum": 3}
    if orders:
        new["x-order"] = int(max(orders)) + 1
    else:
        new["x-order"] = 1
    schema["properties"]["brand_new"] = new
    schema["required"] = [*schema.get("required", ()), "brand_new"]
    texts = {"label": "Brand new", "kind": "integer", "required": "on", "minimum": "3"}
    yield replace(sheet, fields=(*sheet.fields, Row(key="n1", texts=texts))), copy


@pytest.mark.parametrize("make", EDITS, ids=lambda make: make.__name__)
def test_editing_one_thing_changes_that_and_nothing_else(make: Edit) -> None:
    assert is_followed_by_nothing_else(make)
