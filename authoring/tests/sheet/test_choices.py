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

COLOURS: Json = {"type": "string", "oneOf": [{"const": "red", "title": "Red"}, {"const": "b", "title": "Blue"}]}
PLAIN: Json = {"enum": ["red", "blue"]}
NUMBERS: Json = {"type": "integer", "oneOf": [{"const": 1, "title": "One"}, {"const": 2}]}


def offered(schema: Json, *rows: Row, published: bool = False) -> tuple[Any, dict[str, str]]:
    """Return what is offered once these rows stand for the choices, and what is wrong."""
    document = with_properties(c=schema)
    row = field(sheet_of(document, published=["c"] if published else []), "c")
    found = save_field(document, with_rows(row, "choices", *rows))
    return property_of(found, "c"), complaints(found)


def rows_of(schema: Json, *, published: bool = False) -> tuple[Row, ...]:
    return field(sheet_of(with_properties(c=schema), published=["c"] if published else []), "c").parts["choices"]


def new(**texts: str) -> Row:
    return Row(key="n1", texts=texts)


def test_values_are_shown_where_they_are_not_made_from_labels() -> None:
    assert [row.text("value") for row in rows_of(COLOURS)] == ["", "b"]
    assert [row.text("value") for row in rows_of(COLOURS, published=True)] == ["red", "b"]
    assert [row.text("value") for row in rows_of(PLAIN)] == ["red", "blue"]
    assert [(row.text("label"), row.text("value")) for row in rows_of(NUMBERS)] == [("One", "1"), ("2", "2")]


def test_a_value_is_shown_where_there_is_no_label_to_make_it_from() -> None:
    assert [row.text("value") for row in rows_of({"oneOf": [{"const": "item", "title": " "}]})] == ["item"]


def test_a_value_made_from_a_label_follows_it_until_it_is_published() -> None:
    red, blue = rows_of(COLOURS)
    assert offered(COLOURS, typed(red, label="Dark red"), blue)[0]["oneOf"][0] == {
        "const": "dark_red",
        "title": "Dark red",
    }

    red, blue = rows_of(COLOURS, published=True)
    found, _ = offered(COLOURS, typed(red, label="Dark red"), blue, published=True)
    assert found["oneOf"] == [{"const": "red", "title": "Dark red"}, COLOURS["oneOf"][1]]


def test_a_label_that_is_given_to_a_plain_list_makes_titles() -> None:
    red, blue = rows_of(PLAIN)

    assert offered(PLAIN, typed(red, label="Dark"), blue)[0] == {
        "oneOf": [{"const": "red", "title": "Dark"}, {"const": "blue"}]
    }
    assert offered(PLAIN, red, blue, new(label="Green"))[0] == {"enum": ["red", "blue", "Green"]}
    assert offered(PLAIN, blue, red)[0] == {"enum": ["blue", "red"]}


def test_numbers_stay_numbers() -> None:
    rows = rows_of(NUMBERS)

    assert offered(NUMBERS, *rows, new(label="Three", value="3"))[0]["oneOf"][2] == {"const": 3, "title": "Three"}
    assert offered(NUMBERS, *rows, new(label="3"))[0]["oneOf"][2] == {"const": 3, "title": "3"}
    assert offered(NUMBERS, typed(rows[0], value="5"), rows[1])[0]["oneOf"][0] == {"const": 5, "title": "One"}


def test_numbers_may_have_fractions_where_the_type_lets_them() -> None:
    sizes: Json = {"type": "number", "oneOf": [{"const": 1.5}]}

    assert offered(sizes, *rows_of(sizes), new(label="2.5"))[0]["oneOf"][1] == {"const": 2.5, "title": "2.5"}
    assert offered(NUMBERS, *rows_of(NUMBERS), new(label="2.5"))[1] == {
        "field-f1-choices-n1-value": "Give a whole number, like 30."
    }


def test_what_is_no_number_leaves_the_number_that_was() -> None:
    rows = rows_of(NUMBERS)

    found, wrong = offered(NUMBERS, typed(rows[0], value="many"), rows[1], new(label="Some", value="some"))

    assert [option["const"] for option in found["oneOf"]] == [1, 2, "some"]
    assert wrong == {
        "field-f1-choices-o1-value": "Give a number, like 30 or 2.5.",
        "field-f1-choices-n1-value": "Give a number, like 30 or 2.5.",
    }


def test_choices_keep_their_values_under_another_kind() -> None:
    document = with_properties(c=COLOURS, n=NUMBERS)
    sheet = sheet_of(document)

    found = save_field(document, typed(field(sheet, "c"), kind="choices"), typed(field(sheet, "n"), kind="choices"))

    assert property_of(found, "c")["items"] == {"type": "string", "oneOf": COLOURS["oneOf"]}
    assert [option["const"] for option in property_of(found, "n")["items"]["oneOf"]] == ["1", "2"]
    assert found.mistakes == ()


def test_a_new_number_is_its_label_if_that_is_one() -> None:
    rows = rows_of(NUMBERS)

    found, wrong = offered(NUMBERS, *rows, new(label="Some"))

    assert found["oneOf"][2] == {"const": "Some", "title": "Some"}
    assert wrong == {"field-f1-choices-n1-value": "Give a number, like 30 or 2.5."}


def test_labels_that_make_the_same_name_make_different_values() -> None:
    found, wrong = offered(COLOURS, *rows_of(COLOURS), new(label="Red!"), Row(key="n2", texts={"label": "Red?"}))

    assert [option["const"] for option in found["oneOf"]] == ["red", "b", "red_2", "red_3"]
    assert wrong == {}


def test_a_choice_keeps_its_value_when_a_new_one_before_it_would_make_the_same() -> None:
    found, _ = offered(COLOURS, new(label="Red!"), *rows_of(COLOURS))

    assert [option["const"] for option in found["oneOf"]] == ["red_2", "red", "b"]


@pytest.mark.parametrize("value", [5, "two\r\nlines"])
def test_a_value_that_an_input_cannot_say_stays_while_another_choice_is_edited(value: Any) -> None:
    odd: Json = {"oneOf": [{"const": value, "title": "Odd"}, {"const": "a", "title": "A"}]}
    first, second = rows_of(odd)

    assert offered(odd, first, typed(second, label="Alpha"))[0]["oneOf"] == [
        {"const": value, "title": "Odd"},
        {"const": "alpha", "title": "Alpha"},
    ]


def test_a_title_stays_letter_by_letter_while_another_choice_is_edited() -> None:
    odd: Json = {"type": "string", "oneOf": [{"const": "r", "title": " Red\r\n"}, {"const": "b", "title": "Blue"}]}
    red, blue = rows_of(odd)

    assert offered(odd, red, typed(blue, label="Navy"))[0]["oneOf"] == [
        {"const": "r", "title": " Red\r\n"},
        {"const": "b", "title": "Navy"},
    ]


def test_a_choice_may_have_only_a_value() -> None:
    assert offered(COLOURS, *rows_of(COLOURS), new(value="navy"))[0]["oneOf"][2] == {"const": "navy", "title": "navy"}
    assert offered(PLAIN, *rows_of(PLAIN), new(label=" Green "))[0] == {"enum": ["red", "blue", "Green"]}


def test_a_plain_list_stays_one_whatever_its_values_look_like() -> None:
    odd: Json = {"enum": ["two\r\nlines", " spaced "]}

    assert offered(odd, *rows_of(odd), new(label="Plain"))[0] == {"enum": ["two\r\nlines", " spaced ", "Plain"]}


@pytest.mark.parametrize("published", [True, False])
def test_a_title_that_is_no_text_stays_while_another_choice_is_edited(published: bool) -> None:
    odd: Json = {"oneOf": [{"const": "a", "title": 7}, {"const": "b", "title": None}, {"const": "c"}]}
    first, second, third = rows_of(odd, published=published)

    found, _ = offered(odd, first, second, typed(third, label="C"), published=published)

    assert found["oneOf"] == [*odd["oneOf"][:2], {"const": "c", "title": "C"}]


def test_a_choice_appears_once() -> None:
    red, blue = rows_of(COLOURS)

    assert offered(COLOURS, red, blue, new(label="Blue"))[1] == {
        "field-f1-choices-n1-label": "The same choice appears twice."
    }
    assert offered(COLOURS, typed(red, label="Blue"), blue)[1] == {
        "field-f1-choices-o1-label": "The same choice appears twice."
    }
    assert offered(COLOURS, red, blue, new(label="Azure", value="b"))[1] == {
        "field-f1-choices-o2-value": "Two choices have the same value.",
        "field-f1-choices-n1-value": "Two choices have the same value.",
    }


def test_rows_left_empty_are_no_choices_but_one_is_needed() -> None:
    red, blue = rows_of(COLOURS)

    assert offered(COLOURS, red, blue, new(label=" "))[0] == COLOURS
    assert offered(COLOURS, new()) == (COLOURS, {"field-f1-choices-add": "Give at least one choice."})


def test_a_label_that_makes_no_name_still_makes_a_value() -> None:
    assert offered(COLOURS, *rows_of(COLOURS), new(label="?"))[0]["oneOf"][2] == {"const": "choice", "title": "?"}


@pytest.mark.parametrize("published", [True, False])
def test_a_suggestion_and_conditions_follow_the_new_value_of_a_choice(published: bool) -> None:
    when = {
        "any": [{"field": "c", "op": "==", "value": "b"}, {"not": {"field": "c", "op": "in", "value": ["b", "red"]}}]
    }
    locked = {"not": {"all": [{"not": {"all": [when]}}]}}
    document = with_properties(
        c={**COLOURS, "default": "b"},
        d={"type": "string", "x-when": when},
        e={"type": "string", "x-when": locked},
        f={"$ref": "#/x", "x-when": {"field": "c", "op": "!=", "value": "b"}},
        g={"type": "string", "x-when": {"field": "other", "op": "!=", "value": "b"}},
    )
    document["steps"] = [{"id": "s", "name": "S", "when": when, "rules": [{"check": when, "message": "No"}]}]
    row = field(sheet_of(document, published=["c"] if published else []), "c")
    red, blue = row.parts["choices"]

    found = save_field(document, with_rows(row, "choices", red, typed(blue, value="navy")))

    expected = {
        "any": [
            {"field": "c", "op": "==", "value": "navy"},
            {"not": {"field": "c", "op": "in", "value": ["navy", "red"]}},
        ]
    }
    assert found.mistakes == ()
    assert property_of(found, "c")["default"] == "navy"
    assert property_of(found, "d")["x-when"] == expected
    assert property_of(found, "e")["x-when"] == {"not": {"all": [{"not": {"all": [expected]}}]}}
    assert property_of(found, "f")["x-when"]["value"] == "navy"
    assert property_of(found, "g")["x-when"]["value"] == "b"
    assert found.document["steps"][0]["when"] == expected
    assert found.document["steps"][0]["rules"][0]["check"] == expected


def test_a_suggestion_of_another_choice_stays() -> None:
    schema = {**COLOURS, "default": "red"}
    red, blue = rows_of(schema)

    assert offered(schema, red, typed(blue, value="navy"))[0]["default"] == "red"


def test_suggestions_of_several_choices_follow_too() -> None:
    several = {"type": "array", "items": COLOURS, "default": ["b", "red"]}
    document = with_properties(c=several)
    row = field(sheet_of(document), "c")
    red, blue = row.parts["choices"]

    found = save_field(document, with_rows(row, "choices", red, typed(blue, value="navy")))

    assert property_of(found, "c")["default"] == ["navy", "red"]
