from typing import Any, ClassVar

from authoring.sheet.rows import Row
from authoring.sheet.whole import sheet_of
from authoring.tests.sheet.editing import (
    Json,
    complaints,
    field,
    property_of,
    save_field,
    typed,
    with_properties,
    with_rows,
)

SITES: Json = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "staff": {"type": "integer", "title": "Staff "}},
        "required": ["odd", "name"],
    },
}


def rows_of(schema: Json) -> tuple[Row, ...]:
    return field(sheet_of(with_properties(s=schema)), "s").parts["columns"]


def edited(*rows: Row, schema: Json = SITES) -> tuple[Any, dict[str, str]]:
    """Return the entries of a list once these rows stand for its columns, and what is wrong."""
    document = with_properties(s=schema)
    found = save_field(document, with_rows(field(sheet_of(document), "s"), "columns", *rows))
    return property_of(found, "s")["items"], complaints(found)


def test_a_column_is_shown_by_its_label_or_name() -> None:
    assert [row.text("label") for row in rows_of(SITES)] == ["name", "Staff "]
    assert [row.text("required") for row in rows_of(SITES)] == ["on", ""]


def test_columns_are_relabelled_and_never_renamed() -> None:
    name, staff = rows_of(SITES)

    found, wrong = edited(typed(name, label="Site name"), staff)

    assert found["properties"] == {
        "name": {"type": "string", "title": "Site name"},
        "staff": SITES["items"]["properties"]["staff"],
    }
    assert found["required"] == ["odd", "name"]
    assert wrong == {}


def test_a_new_column_is_named_after_its_label() -> None:
    new = Row(key="n1", texts={"label": "Name", "kind": "date", "required": "on"})

    found, _ = edited(*rows_of(SITES), new)

    assert found["properties"]["name_2"] == {"type": "string", "format": "date", "title": "Name", "x-order": 1}
    assert found["required"] == ["odd", "name", "name_2"]


def test_a_copied_column_is_another_one() -> None:
    name, staff = rows_of(SITES)

    found, _ = edited(name, staff, Row(key="n1", base=staff.base, texts=staff.texts))

    assert list(found["properties"]) == ["name", "staff", "staff_2"]


def test_what_is_no_name_among_the_required_stays() -> None:
    odd = {**SITES, "items": {**SITES["items"], "required": [["name"], "name"]}}
    name, staff = rows_of(odd)

    assert edited(name, typed(staff, required="on"), schema=odd)[0]["required"] == [["name"], "name", "staff"]


def test_columns_moved_or_taken_away() -> None:
    name, staff = rows_of(SITES)

    assert edited(staff, name)[0]["properties"] == {
        "staff": SITES["items"]["properties"]["staff"],
        "name": {"type": "string", "x-order": 1},
    }
    assert edited(staff)[0] == {
        "type": "object",
        "properties": {"staff": SITES["items"]["properties"]["staff"]},
        "required": ["odd"],
    }


def test_nothing_is_said_of_what_is_required_where_nothing_was() -> None:
    plain = {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}}
    (row,) = rows_of(plain)

    assert edited(typed(row, label="A!"), schema=plain)[0] == {
        "type": "object",
        "properties": {"a": {"type": "string", "title": "A!"}},
    }


def test_a_column_of_another_kind_with_choices() -> None:
    name, staff = rows_of(SITES)
    choice = with_rows(typed(name, kind="choice"), "choices", Row(key="n1", texts={"label": "North"}))

    found, wrong = edited(choice, staff)

    assert found["properties"]["name"] == {"type": "string", "oneOf": [{"const": "north", "title": "North"}]}
    assert wrong == {}


def test_a_column_keeps_its_limits_under_another_label() -> None:
    schema = {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "string", "maxLength": 5}}}}
    (row,) = rows_of(schema)

    assert edited(typed(row, label="N!"), schema=schema)[0]["properties"]["n"] == {
        "type": "string",
        "maxLength": 5,
        "title": "N!",
    }


class TestChoicesOfAColumn:
    COLOURS: ClassVar[Json] = {"type": "string", "oneOf": [{"const": "red", "title": "Red"}]}
    LIST: ClassVar[Json] = {"type": "array", "items": {"type": "object", "properties": {"c": COLOURS}}}

    def edited(self, *rows: Row, published: bool = False) -> tuple[Any, dict[str, str]]:
        document = with_properties(s=self.LIST)
        whole = field(sheet_of(document, published=["s"] if published else []), "s")
        (column,) = whole.parts["columns"]
        found = save_field(document, with_rows(whole, "columns", with_rows(column, "choices", *rows)))
        return property_of(found, "s")["items"]["properties"]["c"].get("oneOf"), complaints(found)

    def row(self, *, published: bool) -> Row:
        sheet = sheet_of(with_properties(s=self.LIST), published=["s"] if published else [])
        return field(sheet, "s").parts["columns"][0].parts["choices"][0]

    def test_their_values_follow_the_labels_until_they_are_published(self) -> None:
        draft, published = self.row(published=False), self.row(published=True)

        assert self.edited(typed(draft, label="Dark"))[0] == [{"const": "dark", "title": "Dark"}]
        assert self.edited(typed(published, label="Dark"), published=True)[0] == [{"const": "red", "title": "Dark"}]

    def test_what_is_wrong_with_them_is_told_in_their_place(self) -> None:
        red = self.row(published=False)

        assert self.edited() == (
            self.COLOURS["oneOf"],
            {"field-f1-columns-k1-choices-add": "Give at least one choice."},
        )
        assert self.edited(red, Row(key="n1", texts={"label": "Red"}))[1] == {
            "field-f1-columns-k1-choices-n1-label": "The same choice appears twice."
        }


def test_what_is_wrong_with_a_column_leaves_it_as_it_was() -> None:
    name, staff = rows_of(SITES)

    found, wrong = edited(typed(name, label=" "), typed(staff, kind="list"), Row(key="n1", texts={"kind": "text"}))

    assert found["properties"]["name"] == {"type": "string"}
    assert found["properties"]["staff"] == SITES["items"]["properties"]["staff"]
    assert wrong == {
        "field-f1-columns-k1-label": "Give this column a label.",
        "field-f1-columns-k2-kind": "Choose what kind of information this is.",
        "field-f1-columns-n1-label": "Give this column a label.",
    }
    assert edited() == (SITES["items"], {"field-f1-columns-add": "Give at least one column."})
