from typing import Any

import pytest

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


def edited(schema: Any, **texts: str) -> tuple[Any, dict[str, str]]:
    """Return a property after other texts were typed into its row, and what is wrong."""
    document = with_properties(a=schema)
    found = save_field(document, typed(field(sheet_of(document), "a"), **texts))
    return property_of(found, next(iter(found.document["state_schema"]["properties"]))), complaints(found)


@pytest.mark.parametrize(
    ("schema", "texts", "expected"),
    [
        ({"type": "string"}, {"label": " Words "}, {"type": "string", "title": "Words"}),
        ({"type": "string", "title": "T"}, {"help": "a\nb"}, {"type": "string", "title": "T", "description": "a\nb"}),
        ({"type": "number", "minimum": 1}, {"minimum": "", "maximum": "1,000"}, {"type": "number", "maximum": 1000}),
        ({"type": "string", "maxLength": 5}, {"max_length": "6.0"}, {"type": "string", "maxLength": 6}),
        ({"type": "boolean"}, {"must_be_yes": "on"}, {"type": "boolean", "const": True}),
        ({"type": "boolean", "const": True}, {"must_be_yes": ""}, {"type": "boolean"}),
        ({"type": "string"}, {"label": " "}, {"type": "string"}),
        (
            {"type": "string"},
            {"ask": "How much?\n\n And now? "},
            {"type": "string", "x-ask": ["How much?", "And now?"]},
        ),
        ({"type": "string", "x-ask": "odd"}, {"ask": "One?"}, {"type": "string", "x-ask": ["One?"]}),
        ({"type": "string", "x-ask": ["One?"]}, {"ask": ""}, {"type": "string"}),
        ({"type": "string"}, {"sensitive": "mask"}, {"type": "string", "x-sensitive": "mask"}),
        ({"type": "string"}, {"on_change": "reset"}, {"type": "string", "x-on-change": "reset"}),
        ({"type": "integer"}, {"suggestion": "3"}, {"type": "integer", "default": 3}),
        ({"type": "integer", "default": 3}, {"suggestion": " "}, {"type": "integer"}),
        ({"type": "boolean"}, {"suggestion": "no"}, {"type": "boolean", "default": False}),
        ({"type": "string"}, {"pattern": "^a$"}, {"type": "string", "pattern": "^a$"}),
        ({"type": "string"}, {"example": "A1"}, {"type": "string", "pattern": "^[A-Z][0-9]$", "examples": ["A1"]}),
        (
            {"type": "string", "pattern": "^[A-Z]$", "examples": ["A", "more"]},
            {"example": "b"},
            {"type": "string", "pattern": "^[a-z]$", "examples": ["b", "more"]},
        ),
        (
            {"type": "string", "pattern": "^[A-Z]$", "examples": ["A", "more"]},
            {"example": ""},
            {"type": "string", "examples": ["more"]},
        ),
        ({"type": "string", "pattern": "^[A-Z]$", "examples": ["A"]}, {"example": ""}, {"type": "string"}),
        (
            {"type": "string", "pattern": "x", "examples": ["A"]},
            {"example": " "},
            {"type": "string", "pattern": "x", "examples": ["A"]},
        ),
        (
            {"type": "string", "examples": "odd"},
            {"example": "b"},
            {"type": "string", "pattern": "^[a-z]$", "examples": ["b"]},
        ),
        (
            {"type": "string", "examples": 7},
            {"example": "b"},
            {"type": "string", "pattern": "^[a-z]$", "examples": ["b"]},
        ),
        (
            {"type": "string", "pattern": "x", "examples": ["A"]},
            {"example": "b", "pattern": ""},
            {"type": "string", "pattern": "^[a-z]$", "examples": ["b", "A"]},
        ),
        (
            {"type": "string", "pattern": "^[A-Z]$", "examples": ["A"]},
            {"pattern": "x"},
            {"type": "string", "pattern": "x", "examples": ["A"]},
        ),
    ],
)
def test_an_input_writes_its_keyword(schema: Json, texts: dict[str, str], expected: Json) -> None:
    assert edited(schema, **texts) == (expected, {})


@pytest.mark.parametrize(
    ("schema", "texts", "place", "words"),
    [
        ({"type": "number", "minimum": 1}, {"minimum": "few"}, "minimum", "Give a number, like 30 or 2.5."),
        ({"type": "string", "maxLength": 5}, {"max_length": "0"}, "max_length", "Give a whole number, 1 or more."),
        ({"type": "string", "maxLength": 5}, {"max_length": "2.5"}, "max_length", "Give a whole number, like 30."),
        ({"type": "string", "minLength": 5}, {"min_length": "-1"}, "min_length", "Give a whole number, 0 or more."),
        ({"type": "string", "x-sensitive": "mask"}, {"sensitive": "very"}, "sensitive", "Choose one of the list."),
        ({"type": "boolean", "default": True}, {"suggestion": "maybe"}, "suggestion", "Choose yes or no."),
        ({"type": "string"}, {"kind": "poem"}, "kind", "Choose what kind of information this is."),
        ({"type": "number", "minimum": 1}, {"kind": "poem"}, "kind", "Choose what kind of information this is."),
    ],
)
def test_an_input_that_cannot_be_taken_leaves_what_was(
    schema: Json, texts: dict[str, str], place: str, words: str
) -> None:
    assert edited(schema, **texts) == (schema, {f"field-f1-{place}": words})


def test_limits_that_contradict_each_other_are_told_once_they_are_edited() -> None:
    odd = {"type": "number", "minimum": 5, "maximum": 3}

    assert edited(odd) == (odd, {})
    assert edited(odd, maximum="4")[1] == {"field-f1-maximum": "“At most” (4) is smaller than “at least” (5)."}
    assert edited(odd, maximum="5.0")[1] == {}
    assert edited(odd, maximum="")[1] == {}


def test_another_kind_takes_what_still_fits_with_it() -> None:
    schema = {"type": "string", "title": "T", "maxLength": 5, "default": "x", "x-ask": ["?"], "x-odd": 1}

    found, wrong = edited(schema, kind="long_text")
    assert found == {"type": "string", "contentMediaType": "text/plain", **schema}
    assert wrong == {}
    assert edited(schema, kind="date", suggestion="")[0] == {
        "type": "string",
        "format": "date",
        "title": "T",
        "x-ask": ["?"],
        "x-odd": 1,
    }


def test_a_new_field_needs_a_label_and_a_kind() -> None:
    found = save_field(with_properties(), Row(key="n1"))

    assert complaints(found) == {
        "field-n1-label": "Give this field a label.",
        "field-n1-kind": "Choose what kind of information this is.",
    }
    assert property_of(found, "field") == {"type": "string", "x-order": 1}
    assert "required" not in found.document["state_schema"]


def test_what_else_is_edited_is_read_though_the_kind_is_unknown() -> None:
    assert edited({"type": "number", "minimum": 1}, kind="poem", help="H") == (
        {"type": "number", "minimum": 1, "description": "H"},
        {"field-f1-kind": "Choose what kind of information this is."},
    )


def test_a_new_field_cannot_be_locked() -> None:
    found = save_field(with_properties(), Row(key="n1", texts={"label": "A", "kind": "locked"}))

    assert complaints(found) == {"field-n1-kind": "Choose what kind of information this is."}
    assert property_of(found, "a") == {"type": "string", "title": "A", "x-order": 1}


def test_what_is_wrong_with_when_a_field_is_asked_is_told_in_its_place() -> None:
    document = with_properties(a={"type": "string"})
    when = Row(texts={"mode": "all"}, parts={"rows": (Row(key="n1"),)})

    found = save_field(document, with_rows(field(sheet_of(document), "a"), "when", when))

    assert complaints(found) == {
        "field-f1-when-only-rows-n1-field": "Choose what is looked at.",
        "field-f1-when-only-mode": "Add a condition, or choose that there is none.",
    }


def test_a_new_field_is_named_after_its_label() -> None:
    new = Row(key="n1", texts={"label": "Date of birth", "kind": "date", "required": "on"})

    found = save_field({"name": "x"}, new)

    schema = {"type": "string", "format": "date", "title": "Date of birth", "x-order": 1}
    assert found.document == {
        "name": "x",
        "state_schema": {"type": "object", "properties": {"date_of_birth": schema}, "required": ["date_of_birth"]},
    }
    assert found.places["/state_schema/properties/date_of_birth"] == "field-n1"


def test_a_locked_field_shows_its_label_and_nothing_else() -> None:
    document = with_properties(a={"$ref": "#/x", "title": "A\n", "description": "D"}, b={"title": 7}, c=None)

    rows = sheet_of(document).fields

    assert [(row.text("kind"), row.text("label"), row.text("help")) for row in rows] == [
        ("locked", "A", ""),
        ("locked", "", ""),
        ("locked", "", ""),
    ]


def test_a_row_tells_whether_clients_know_its_field() -> None:
    document = with_properties(a={"type": "string"}, b={"type": "string"})

    assert [row.text("fixed") for row in sheet_of(document, published=["b"]).fields] == ["", "on"]


def test_of_a_published_field_only_what_is_edited_is_changed() -> None:
    schema: Json = {
        "type": "array",
        "items": {"oneOf": [{"const": "a", "title": "A"}, {"const": "b", "title": "Be"}]},
        "x-messages": {"*": "No"},
    }
    row = field(sheet_of(with_properties(a=schema), published=["a"]), "a")
    first, second = row.parts["choices"]

    assert property_of(save_field(with_properties(a=schema), typed(row, help="H")), "a") == {
        **schema,
        "description": "H",
    }
    edited = save_field(with_properties(a=schema), with_rows(row, "choices", first, typed(second, label="B!")))
    assert property_of(edited, "a")["items"]["oneOf"] == [{"const": "a", "title": "A"}, {"const": "b", "title": "B!"}]
    nothing = save_field(with_properties(a=schema), with_rows(row, "choices"))
    assert complaints(nothing) == {"field-f1-choices-add": "Give at least one choice."}
    assert property_of(nothing, "a") == schema


def test_choices_that_do_not_fit_the_type_stay_where_they_are_published() -> None:
    choice: Json = {"type": "string", "oneOf": [{"const": 5, "title": "Five"}, {"const": "a", "title": "A"}]}
    columns = {"c": choice, "d": {"type": "string"}}
    things: Json = {"type": "array", "items": {"type": "object", "properties": columns}}
    document = with_properties(a=choice, b={"type": "array", "items": choice}, c=things)
    sheet = sheet_of(document, published="abc")
    first, second = field(sheet, "c").parts["columns"]

    helped = save_field(document, *(typed(row, help="H") for row in sheet.fields))
    labelled = save_field(document, with_rows(field(sheet, "c"), "columns", first, typed(second, label="D!")))

    assert [property_of(helped, name) for name in "abc"] == [
        {**document["state_schema"]["properties"][name], "description": "H"} for name in "abc"
    ]
    assert property_of(labelled, "c")["items"]["properties"] == {"c": choice, "d": {"type": "string", "title": "D!"}}


def test_a_suggestion_may_be_a_choice_that_is_new() -> None:
    document = with_properties(a={"type": "string", "oneOf": [{"const": "red"}]})
    row = typed(field(sheet_of(document), "a"), suggestion="green")
    new = Row(key="n1", texts={"label": "Green"})

    found = save_field(document, with_rows(row, "choices", *row.parts["choices"], new))

    assert complaints(found) == {}
    assert property_of(found, "a")["default"] == "green"


def test_a_locked_field_can_be_copied_and_renamed() -> None:
    document = with_properties(a={"$ref": "#/$defs/a"})
    row = field(sheet_of(document), "a")

    found = save_field(
        document, typed(row, name="b"), Row(key="n1", base=row.base, texts={"kind": "locked", "label": "C"})
    )

    assert found.mistakes == ()
    assert property_of(found, "b") == {"$ref": "#/$defs/a"}
    assert property_of(found, "c") == {"$ref": "#/$defs/a", "x-order": 1}


def test_a_field_that_is_not_even_an_object_stays() -> None:
    document = with_properties(a=None, b=True, c=["x"], d={"type": "string"})

    found = save_field(document, typed(field(sheet_of(document), "d"), help="New"))

    assert [property_of(found, name) for name in "abc"] == [None, True, ["x"]]
    assert found.mistakes == ()


def test_names_in_pointers_are_escaped() -> None:
    found = save_field(with_properties(**{"a/b~c": {"type": "string"}}))

    assert found.places["/state_schema/properties/a~1b~0c"] == "field-f1"
    assert found.places[""] == "document-only"


@pytest.mark.parametrize("name", ["", "a\nb", "a\r\nb", '"quoted', '"quoted"', "?"])
def test_names_that_inputs_cannot_hold_are_kept(name: str) -> None:
    document = {
        "name": "x",
        "state_schema": {"properties": {name: {"type": "string"}}, "required": [name]},
        "steps": [{"id": "s", "name": "S", "fields": [name, "gone" + name]}],
    }

    found = save_field(document, typed(sheet_of(document).fields[0], help="New"))

    assert list(found.document["state_schema"]["properties"]) == [name]
    assert found.document["state_schema"]["required"] == [name]
    assert found.document["steps"] == document["steps"]


SAID: Json = {"type": "string", "x-messages": {"pattern": "a\nb", "multipleOf": "odd", "*": 7, "format": "f"}}


class TestMessages:
    def edited(self, *rows: Row, schema: Json = SAID) -> tuple[Any, dict[str, str]]:
        document = with_properties(a=schema)
        found = save_field(document, with_rows(field(sheet_of(document), "a"), "messages", *rows))
        return property_of(found, "a").get("x-messages"), complaints(found)

    def rows(self) -> tuple[Row, ...]:
        return field(sheet_of(with_properties(a=SAID)), "a").parts["messages"]

    def test_words_are_shown_by_reason_and_changed_one_by_one(self) -> None:
        pattern, words = self.rows()

        assert [row.text("reason") for row in self.rows()] == ["pattern", "format"]
        assert self.edited(pattern, typed(words, words="F"))[0] == {**SAID["x-messages"], "format": "F"}
        assert self.edited(pattern, typed(words, reason="type"))[0] == {
            "pattern": "a\nb",
            "multipleOf": "odd",
            "*": 7,
            "type": "f",
        }
        assert self.edited()[0] == {"multipleOf": "odd", "*": 7}

    def test_the_last_words_leave_nothing_behind(self) -> None:
        assert self.edited(schema={"type": "string", "x-messages": {"type": "t"}}) == (None, {})
        assert self.edited(schema={"type": "string", "x-messages": "odd"}) == ("odd", {})

    def test_a_row_needs_a_reason_of_its_own_and_words(self) -> None:
        pattern, words = self.rows()

        found, wrong = self.edited(typed(pattern, reason=""), typed(words, words=" "), Row(key="n1"))
        assert found == SAID["x-messages"]
        assert wrong == {
            "field-f1-messages-m1-reason": "Choose a reason that has no words yet.",
            "field-f1-messages-m2-words": "Say what the person is told.",
        }
        found, wrong = self.edited(pattern, typed(words, reason="pattern"))
        assert found == SAID["x-messages"]
        assert wrong == {"field-f1-messages-m2-reason": "Choose a reason that has no words yet."}


class TestDependencies:
    @pytest.mark.parametrize("odd", [7, "a", None])
    def test_what_is_no_list_of_fields_stays(self, odd: Any) -> None:
        assert edited({"type": "string", "x-depends-on": odd}, help="H") == (
            {"type": "string", "x-depends-on": odd, "description": "H"},
            {},
        )

    def test_what_a_field_depends_on_keeps_its_order(self) -> None:
        document = with_properties(
            a={"type": "string", "x-depends-on": ["b", "gone", 7]}, b={"type": "string"}, c={"type": "string"}
        )
        row = field(sheet_of(document), "a")

        more = save_field(
            document, Row(key=row.key, base=row.base, texts=row.texts, several={"depends_on": ("f3", "f2", "?gone")})
        )
        none = save_field(document, Row(key=row.key, base=row.base, texts=row.texts))

        assert row.several["depends_on"] == ("f2", "?gone")
        assert property_of(more, "a")["x-depends-on"] == ["b", "gone", "c"]
        assert "x-depends-on" not in property_of(none, "a")
