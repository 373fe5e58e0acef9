from dataclasses import replace
from typing import Any

import pytest

from authoring.sheet.rows import Row
from authoring.sheet.whole import sheet_of
from authoring.tests.sheet.editing import (
    Json,
    chosen,
    complaints,
    field,
    property_of,
    save_field,
    typed,
    with_properties,
    with_rows,
)

SLOTS: Json = {
    "type": "array",
    "items": {"type": "object", "properties": {"id": {"type": "integer"}, "time": {"type": "string"}}},
}
TEXT: Json = {"type": "string"}
_WORKED_OUT_FROM = "Choose what this is worked out from."
OTHERS: Json = {"a": {"type": "number"}, "b": {"type": "string", "format": "date"}, "slots": SLOTS}


def opened(schema: Json) -> Row:
    return field(sheet_of(with_properties(x=schema, **OTHERS)), "x")


def edited(schema: Json, row: Row) -> tuple[Any, dict[str, str]]:
    found = save_field(with_properties(x=schema, **OTHERS), row)
    return property_of(found, "x"), complaints(found)


def computed(formula: Any, kind: str = "number") -> Json:
    return {"type": kind, "x-computed": formula}


@pytest.mark.parametrize(
    ("formula", "texts", "several"),
    [
        ({"sum": ["a", "gone"]}, {"formula": "sum"}, ("f1", "?gone")),
        ({"sum": {"list": "slots", "of": "id"}}, {"formula": "sum_of", "list": "f3", "column": "k1"}, ()),
        ({"sum": {"list": "a", "of": "gone"}}, {"formula": "sum_of", "list": "f1", "column": "?gone"}, ()),
        ({"difference": ["a", "b"]}, {"formula": "difference", "first": "f1", "second": "f2"}, ()),
        ({"count": "slots"}, {"formula": "count", "list": "f3"}, ()),
        ({"years_since": "b"}, {"formula": "years_since", "first": "f2"}, ()),
        ({"odd": 1}, {}, ()),
    ],
)
def test_a_computed_field_is_shown_as_a_sentence(
    formula: Json, texts: dict[str, str], several: tuple[str, ...]
) -> None:
    row = opened(computed(formula))

    assert {name: row.text(name) for name in texts} == texts
    assert row.several.get("summed", ()) == several
    assert row.text("formula") == texts.get("formula", "")


@pytest.mark.parametrize(
    ("texts", "several", "expected"),
    [
        ({"formula": "sum"}, ("f1", "?gone"), computed({"sum": ["a", "gone"]})),
        ({"formula": "sum_of", "list": "f3", "column": "k2"}, (), computed({"sum": {"list": "slots", "of": "time"}})),
        (
            {"formula": "sum_of", "list": "f3", "column": "?gone"},
            (),
            computed({"sum": {"list": "slots", "of": "gone"}}),
        ),
        ({"formula": "difference", "first": "f1", "second": "f2"}, (), computed({"difference": ["a", "b"]})),
        ({"formula": "count", "list": "f3"}, (), computed({"count": "slots"}, "integer")),
        ({"formula": "years_since", "first": "f2"}, (), computed({"years_since": "b"}, "integer")),
    ],
)
def test_a_sentence_is_a_computed_field(texts: dict[str, str], several: tuple[str, ...], expected: Json) -> None:
    schema = {"type": "string"}

    assert edited(schema, chosen(typed(opened(schema), kind="computed", **texts), summed=several)) == (expected, {})


@pytest.mark.parametrize(
    ("texts", "wrong"),
    [
        ({"formula": "", "list": "f1"}, {"formula": "Choose how this is worked out."}),
        ({"formula": "sum"}, {"summed": "Choose what is added up."}),
        ({"formula": "sum_of"}, {"list": _WORKED_OUT_FROM, "column": "Choose the column that is added up."}),
        ({"formula": "difference", "second": "f9"}, {"first": _WORKED_OUT_FROM, "second": _WORKED_OUT_FROM}),
        ({"formula": "count"}, {"list": _WORKED_OUT_FROM}),
        ({"formula": "years_since"}, {"first": _WORKED_OUT_FROM}),
    ],
)
def test_a_sentence_with_gaps_leaves_what_was(texts: dict[str, str], wrong: dict[str, str]) -> None:
    schema = computed({"odd": 1})

    assert edited(schema, typed(opened(schema), **texts)) == (
        schema,
        {f"field-f4-{name}": words for name, words in wrong.items()},
    )


def test_choices_come_out_of_a_list() -> None:
    schema = {"type": "string", "x-choices": {"ref": "slots", "value": "id", "label": "gone"}}
    row = opened(schema)

    assert [row.text(name) for name in ("from_list", "from_value", "from_label")] == ["f3", "k1", "?gone"]
    assert edited(schema, typed(row, from_label="k2"))[0] == {
        "type": "integer",
        "x-choices": {"ref": "slots", "value": "id", "label": "time"},
    }
    assert edited(schema, typed(row, from_label="", from_value=""))[0] == {
        "type": "string",
        "x-choices": {"ref": "slots"},
    }
    assert edited(schema, typed(row, from_list="f1", from_value="?x", from_label=""))[0]["x-choices"] == {
        "ref": "a",
        "value": "x",
    }


def test_a_field_that_is_chosen_has_the_type_of_what_is_kept() -> None:
    lists: Json = {
        "rooms": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "number"}, "t": TEXT}}},
        "sizes": {"type": "array", "items": {"type": "integer", "enum": [1, 2]}},
        "odd": {"type": "array", "items": {"$ref": "#/$defs/odd"}},
    }
    document = with_properties(x={"type": "string", "x-choices": {"ref": "gone"}}, **lists)
    row = field(sheet_of(document), "x")

    def kept(name: str, value: str = "") -> Any:
        found = save_field(document, typed(row, from_list=field(sheet_of(document), name).key, from_value=value))
        assert found.mistakes == ()
        return property_of(found, "x")["type"]

    assert [kept("rooms", "k1"), kept("rooms", "k2")] == ["number", "string"]
    assert kept("sizes") == "integer"
    assert [kept("rooms"), kept("rooms", "?gone"), kept("sizes", "?gone"), kept("odd")] == ["string"] * 4


def test_where_choices_come_from_stays_as_it_is_while_something_else_is_edited() -> None:
    schema = {"type": "string", "x-choices": {"ref": "slots", "value": "id", "odd": 1}}

    assert edited(schema, typed(opened(schema), label="Slot")) == ({**schema, "title": "Slot"}, {})


def test_a_field_that_becomes_one_that_is_chosen_needs_to_know_from_where() -> None:
    row = typed(opened({"type": "string"}), kind="chosen")

    assert edited({"type": "string"}, row) == (
        {"type": "string"},
        {"field-f4-from_list": "Choose the list that the choices come from."},
    )


def test_choices_out_of_a_list_need_the_list_and_what_is_kept() -> None:
    schema = {"type": "string", "x-choices": {"ref": "slots"}}
    row = opened(schema)

    assert edited(schema, typed(row, from_list="")) == (
        schema,
        {"field-f4-from_list": "Choose the list that the choices come from."},
    )
    assert edited(schema, typed(row, from_label="k2")) == (
        schema,
        {"field-f4-from_value": "Choose the column whose value is kept."},
    )


def test_a_field_becomes_one_that_is_chosen_from_a_list_of_texts() -> None:
    others = {"names": {"type": "array", "items": {"type": "string"}}, "x": {"type": "number"}}
    document = with_properties(**others)
    row = typed(field(sheet_of(document), "x"), kind="chosen", from_list="f1")

    assert property_of(save_field(document, row), "x") == {"type": "string", "x-choices": {"ref": "names"}}


def test_a_column_that_is_gone_is_told_where_it_was_used() -> None:
    document = with_properties(x=computed({"sum": {"list": "slots", "of": "id"}}), **OTHERS)
    sheet = sheet_of(document)
    slots = field(sheet, "slots")

    found = save_field(document, with_rows(slots, "columns", slots.parts["columns"][1]))

    assert complaints(found) == {"field-f4-column": "Choose the column that is added up."}
    assert property_of(found, "x") == computed({"sum": {"list": "slots", "of": "id"}})


def test_a_new_column_can_be_used_at_once() -> None:
    document = with_properties(x=computed({"sum": {"list": "slots", "of": "id"}}), **OTHERS)
    sheet = sheet_of(document)
    slots, x = field(sheet, "slots"), field(sheet, "x")
    new = Row(key="n1", texts={"label": "Staff", "kind": "integer"})

    found = save_field(
        document,
        with_rows(slots, "columns", *slots.parts["columns"], new),
        replace(x, texts={**x.texts, "column": "n1"}),
    )

    assert found.mistakes == ()
    assert property_of(found, "x")["x-computed"] == {"sum": {"list": "slots", "of": "staff"}}
