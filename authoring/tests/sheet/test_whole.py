from dataclasses import replace
from typing import Any

import pytest

from authoring.sheet.rows import Row
from authoring.sheet.whole import sheet_of
from authoring.tests.sheet.editing import (
    Json,
    complaints,
    field,
    save_field,
    typed,
    with_properties,
    with_rows,
    with_steps,
)
from authoring.tests.sheet.pages import saved, untouched

TEXT: Json = {"type": "string"}


def names_of(document: Json) -> list[str]:
    return [row.text("was") for row in sheet_of(document).fields]


def test_fields_that_say_nothing_of_their_order_come_as_they_are_asked_first() -> None:
    steps = [{"fields": ["d", "c"]}, "odd", {"fields": "odd"}, {"fields": ["b", 7, "d"]}, {}]

    assert names_of(with_steps(*steps, a=TEXT, b=TEXT, c=TEXT, d=TEXT)) == ["d", "c", "b", "a"]
    assert names_of({**with_properties(b=TEXT, a=TEXT), "steps": "odd"}) == ["a", "b"]


def test_what_fields_and_steps_carry_is_not_carried_twice() -> None:
    document = with_steps({"id": "s", "name": "S"}, a=TEXT)

    assert sheet_of(document).rest.base == {
        "name": "small",
        "state_schema": {"type": "object", "properties": {"a": None}},
        "steps": [],
    }
    assert sheet_of({"steps": "odd", "state_schema": 7}).rest.base == {"steps": "odd", "state_schema": 7}


def test_a_condition_is_shown_by_what_the_field_is_that_it_looks_at() -> None:
    when = {"field": "n", "op": ">", "value": 5}
    document = with_steps({"id": "s", "name": "S", "when": when}, n={"type": "number"}, x={**TEXT, "x-when": when})
    sheet = sheet_of(document)

    assert field(sheet, "x").only("when").text("mode") == "all"
    assert sheet.steps[0].only("when").text("mode") == "all"


def test_a_condition_may_look_at_a_field_that_is_not_even_an_object() -> None:
    document = with_properties(a=None, b={**TEXT, "x-when": {"field": "a", "op": "==", "value": "x"}})

    assert untouched(document).document == document


def test_a_condition_stays_while_its_field_becomes_of_another_kind() -> None:
    when = {"field": "n", "op": ">", "value": 5}
    document = with_properties(n={"type": "number"}, x={**TEXT, "x-when": when})

    found = save_field(document, typed(field(sheet_of(document), "n"), kind="text"))

    assert found.mistakes == ()
    assert found.document["state_schema"]["properties"] == {"n": TEXT, "x": {**TEXT, "x-when": when}}


def test_of_a_list_that_lost_all_columns_only_that_is_told() -> None:
    sites = {"type": "array", "items": {"type": "object", "properties": {"staff": {"type": "integer"}}}}
    total = {"type": "number", "x-computed": {"sum": {"list": "sites", "of": "staff"}}}
    document = with_properties(sites=sites, total=total)

    found = save_field(document, with_rows(field(sheet_of(document), "sites"), "columns"))

    assert complaints(found) == {"field-f1-columns-add": "Give at least one column."}
    assert found.document == document


def test_a_document_can_lose_all_its_fields_and_steps() -> None:
    document = with_steps({"id": "s", "name": "S"}, a=TEXT, b=TEXT)

    assert saved(replace(sheet_of(document), fields=(), steps=())).document == {
        "name": "small",
        "state_schema": {"type": "object", "properties": {}},
        "steps": [],
    }


@pytest.mark.parametrize(
    ("name", "schema", "shown"),
    [
        ("days", {"title": "Days"}, ""),
        ("days", {"title": "Nights"}, "days"),
        ("item", {}, "item"),
        ("a\nb", {}, "ab"),
    ],
)
def test_a_name_is_shown_where_it_is_not_made_from_the_label(name: str, schema: Json, shown: str) -> None:
    document = with_properties(**{name: {**TEXT, **schema}})

    assert sheet_of(document).fields[0].text("name") == shown
    assert sheet_of(document, published=[name]).fields[0].text("name") == (shown or name)


class TestRequired:
    FIRST = ("gone", "b", 7, "a")

    def document(self, *required: Any) -> Json:
        document = with_properties(a=TEXT, b=TEXT, c=TEXT)
        return {**document, "state_schema": {**document["state_schema"], "required": list(required)}}

    def after(self, document: Json, **texts: str) -> Any:
        """Return what is required once boxes of these fields are checked, or no longer."""
        sheet = sheet_of(document)
        rows = [typed(field(sheet, name), required=text) for name, text in texts.items()]
        return save_field(document, *rows).document["state_schema"].get("required")

    def test_a_box_shows_it(self) -> None:
        rows = sheet_of(self.document(*self.FIRST)).fields

        assert {row.text("was"): row.text("required") for row in rows} == {"a": "on", "b": "on", "c": ""}
        assert (
            field(sheet_of({"state_schema": {"properties": {"a": TEXT}, "required": "a"}}), "a").text("required") == ""
        )

    def test_the_others_stay_in_their_order(self) -> None:
        document = self.document(*self.FIRST)

        assert self.after(document) == ["gone", "b", 7, "a"]
        assert self.after(document, b="") == ["gone", 7, "a"]
        assert self.after(document, c="on") == ["gone", "b", 7, "a", "c"]
        assert self.after(document, a="", b="") == ["gone", 7]

    def test_an_empty_list_stays_where_there_was_one(self) -> None:
        assert self.after(self.document("a"), a="") == []
        assert self.after(self.document()) == []
        assert self.after(with_properties(a=TEXT)) is None
        assert self.after(with_properties(a=TEXT), a="on") == ["a"]

    def test_a_field_that_is_taken_away_is_no_longer_required(self) -> None:
        sheet = sheet_of(self.document(*self.FIRST))

        found = saved(replace(sheet, fields=tuple(row for row in sheet.fields if row.text("was") != "a")))

        assert found.document["state_schema"]["required"] == ["gone", "b", 7]

    def test_a_new_field_may_be_required(self) -> None:
        new = Row(key="n1", texts={"label": "D", "kind": "text", "required": "on"})

        assert save_field(self.document("b"), new).document["state_schema"]["required"] == ["b", "d"]

    @pytest.mark.parametrize(("required", "after"), [("on", ["b", 7, "a", "gone"]), ("", ["b", 7, "a"])])
    def test_of_a_new_field_the_box_decides_and_not_what_was_said_of_its_name(
        self, required: str, after: list[Any]
    ) -> None:
        new = Row(key="n1", texts={"label": "Gone", "kind": "text", "required": required})

        assert save_field(self.document(*self.FIRST), new).document["state_schema"]["required"] == after

    def test_a_field_that_gets_a_name_is_not_required_because_of_it(self) -> None:
        document = self.document("gone", "b")
        renamed = typed(field(sheet_of(document), "c"), name="gone")

        assert save_field(document, renamed).document["state_schema"]["required"] == ["b"]
