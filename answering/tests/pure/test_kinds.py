"""Which input asks for what, and what is meant by what stands in it."""

from typing import Any

import pytest

from answering.kinds import Kind, columns_of, is_same, kind_of, options_of, read, read_again, shown

CHOICE: dict[str, Any] = {
    "oneOf": [{"const": "a", "title": "First"}, {"const": 1, "title": "One"}, {"const": "1", "title": "The text"}]
}
SEVERAL: dict[str, Any] = {"type": "array", "items": CHOICE}
TEXTS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
NUMBERS: dict[str, Any] = {"type": "array", "items": {"type": "number"}}
PEOPLE: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "age": {"type": "integer", "x-order": 2},
            "name": {"type": "string", "title": "Full name", "x-order": 1},
            "adult": {"type": "boolean", "x-order": 3},
        },
        "required": ["name"],
    },
}
MOMENT = {"type": "string", "format": "date-time"}
VISITS = {"type": "array", "items": {"type": "object", "properties": {"at": MOMENT}}}
THINGS: dict[str, Any] = {"oneOf": [{"const": {"b": [1, 2], "a": "ö"}, "title": "A thing"}]}


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, Kind.TEXT),
        ({"type": "string", "maxLength": 200}, Kind.TEXT),
        ({"type": "string", "maxLength": 201}, Kind.LONG_TEXT),
        ({"type": "string", "contentMediaType": "text/plain"}, Kind.LONG_TEXT),
        ({"type": ["string", "null"]}, Kind.TEXT),
        ({"type": ["null", "integer"]}, Kind.WHOLE_NUMBER),
        ({"type": "number"}, Kind.NUMBER),
        ({"type": "integer"}, Kind.WHOLE_NUMBER),
        ({"type": "boolean"}, Kind.YES_NO),
        ({"type": "string", "format": "date"}, Kind.DATE),
        (MOMENT, Kind.DATE_TIME),
        ({"type": "string", "format": "email"}, Kind.EMAIL),
        ({"type": "string", "format": "uri"}, Kind.LINK),
        ({"type": "string", "format": "uuid"}, Kind.TEXT),
        ({"type": "string", "enum": ["a", "b"]}, Kind.ONE_OF),
        (CHOICE, Kind.ONE_OF),
        (SEVERAL, Kind.SEVERAL_OF),
        (TEXTS, Kind.LINES),
        (NUMBERS, Kind.LINES),
        ({"type": "array", "items": {"type": "string", "format": "date"}}, Kind.LINES),
        (PEOPLE, Kind.ROWS),
        ({"type": "array"}, Kind.JSON),
        ({"type": "array", "items": False}, Kind.JSON),
        ({"type": "array", "items": {"type": "object"}}, Kind.JSON),
        ({"type": "array", "items": {"type": "object", "properties": {"deep": {"type": "object"}}}}, Kind.JSON),
        ({"type": "array", "items": {"type": "object", "properties": {"any": True}}}, Kind.JSON),
        ({"type": "object"}, Kind.JSON),
        ({"type": ["string", "number"]}, Kind.JSON),
        ({}, Kind.JSON),
    ],
)
def test_an_input_follows_the_schema(schema: dict[str, Any], kind: Kind) -> None:
    assert kind_of(schema) is kind


def test_the_columns_of_a_list_stand_in_their_order_with_their_labels() -> None:
    columns = columns_of(PEOPLE)

    assert [(column.name, column.label, column.kind, column.is_required) for column in columns] == [
        ("name", "Full name", Kind.TEXT, True),
        ("age", "Age", Kind.WHOLE_NUMBER, False),
        ("adult", "Adult", Kind.YES_NO, False),
    ]


def test_an_order_that_is_no_number_is_no_order() -> None:
    properties = {
        "a_b": {"type": "string", "x-order": "last"},
        "b": {"type": "string", "x-order": -1},
        "c": {"type": "string", "x-order": 0.5},
    }

    columns = columns_of({"items": {"type": "object", "properties": properties}})

    assert [column.label for column in columns] == ["B", "A b", "C"]


def test_choices_are_offered_by_their_titles() -> None:
    assert options_of(CHOICE) == options_of(SEVERAL) == [('"a"', "First"), ("1", "One"), ('"1"', "The text")]
    assert options_of({"type": "string"}) == []
    assert options_of(THINGS) == [('{"a":"ö","b":[1,2]}', "A thing")]


@pytest.mark.parametrize(
    ("schema", "typed", "answer"),
    [
        ({"type": "string"}, "  Ada\r\nLovelace ", "Ada\nLovelace"),
        ({"type": "string"}, "", None),
        ({"type": "string"}, "  ", None),
        ({"type": "number"}, "12.50", 12.5),
        ({"type": "number"}, "-3", -3),
        ({"type": "integer"}, "+12", 12),
        ({"type": "number"}, "a lot", "a lot"),
        ({"type": "number"}, "1,5", "1,5"),
        ({"type": "number"}, "1e3", "1e3"),
        ({"type": "number"}, "9" * 101, "9" * 101),
        ({"type": "boolean"}, "true", True),
        ({"type": "boolean"}, "false", False),
        ({"type": "boolean"}, "maybe", "maybe"),
        (CHOICE, '"a"', "a"),
        (CHOICE, "1", 1),
        (CHOICE, '"1"', "1"),
        (CHOICE, "gone", "gone"),
        (SEVERAL, ['"a"', "1", "gone"], ["a", 1, "gone"]),
        (SEVERAL, [], None),
        (TEXTS, "one\r\n\r\n two \n", ["one", "two"]),
        (TEXTS, " \n ", None),
        (NUMBERS, "1\n2.5\nthree", [1, 2.5, "three"]),
        (
            PEOPLE,
            [["Ada", "36", "true"], ["", "", ""], ["Bo", "", ""]],
            [{"name": "Ada", "age": 36, "adult": True}, {"name": "Bo"}],
        ),
        (PEOPLE, [["", "many", ""]], [{"age": "many"}]),
        (PEOPLE, [["", "", ""]], None),
        (PEOPLE, [], None),
        (PEOPLE, [["Ada"]], [{"name": "Ada"}]),
        (VISITS, [["2026-07-01T14:30"]], [{"at": "2026-07-01T14:30:00+02:00"}]),
        ({"type": "object"}, '{"a": [1]}', {"a": [1]}),
        ({"type": "object"}, "just words", "just words"),
        ({"type": "string", "format": "date"}, "2026-02-30", "2026-02-30"),
        (MOMENT, "2026-03-01T14:30", "2026-03-01T14:30:00+01:00"),
        (MOMENT, "2026-07-01T14:30:05", "2026-07-01T14:30:05+02:00"),
        (MOMENT, "2026-02-30T14:30", "2026-02-30T14:30"),
        (MOMENT, "tomorrow", "tomorrow"),
    ],
)
def test_what_was_typed_is_read_as_what_is_asked_for_or_handed_on(
    schema: dict[str, Any], typed: Any, answer: Any
) -> None:
    meant = read(typed, schema, time_zone="Europe/Paris")

    assert (meant, type(meant)) == (answer, type(answer))


@pytest.mark.parametrize(
    ("schema", "value", "inside"),
    [
        ({"type": "string"}, None, ""),
        ({"type": "string"}, "Ada", "Ada"),
        ({"type": "number"}, 12.5, "12.5"),
        ({"type": "number"}, "a lot", "a lot"),
        ({"type": "boolean"}, False, "false"),
        (CHOICE, "1", '"1"'),
        (SEVERAL, ["a", 1], ['"a"', "1"]),
        (SEVERAL, None, []),
        (SEVERAL, "a", []),
        (TEXTS, ["one", "two"], "one\ntwo"),
        (TEXTS, "one", "one"),
        (NUMBERS, [1, "three"], "1\nthree"),
        (PEOPLE, [{"name": "Ada", "adult": True}, "Bo"], [["Ada", "", "true"]]),
        (PEOPLE, None, []),
        (VISITS, [{"at": "2026-07-01T12:30:00Z"}], [["2026-07-01T14:30"]]),
        ({"type": "object"}, {"größe": 1}, '{\n  "größe": 1\n}'),
        ({"type": "object"}, '{"a":', '{"a":'),
        ({}, "just words", "just words"),
        ({}, "12", '"12"'),
        (MOMENT, "2026-03-01T14:30:00+01:00", "2026-03-01T14:30"),
        (MOMENT, "2026-03-01T13:30:05Z", "2026-03-01T14:30:05"),
        (MOMENT, "2026-03-01T13:30:00", "2026-03-01T13:30:00"),
        (MOMENT, "9999-12-31T23:30:00Z", "9999-12-31T23:30:00Z"),
        (MOMENT, "tomorrow", "tomorrow"),
    ],
)
def test_an_answer_stands_in_its_input_as_it_was_typed(schema: dict[str, Any], value: Any, inside: Any) -> None:
    assert shown(value, schema, time_zone="Europe/Paris") == inside


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "number"}, 0.1),
        ({"type": "integer"}, -7),
        ({"type": "boolean"}, True),
        (CHOICE, 1),
        (SEVERAL, ["1", "a"]),
        (TEXTS, ["one", "two"]),
        (PEOPLE, [{"name": "Ada", "age": 36, "adult": False}]),
        ({}, {"any": [{"thing": None}]}),
        (MOMENT, "2026-10-25T02:10:00+00:00"),
        ({"type": "string"}, "two\nlines"),
    ],
)
def test_what_stands_in_an_input_is_read_as_the_answer_it_was(schema: dict[str, Any], value: Any) -> None:
    assert read(shown(value, schema), schema) == value


def test_without_a_time_zone_clocks_show_utc() -> None:
    assert read("2026-07-01T14:30", MOMENT) == "2026-07-01T14:30:00+00:00"
    assert shown("2026-07-01T14:30:00Z", MOMENT) == "2026-07-01T14:30"


@pytest.mark.parametrize(
    ("kind", "shown_before", "typed", "is_untouched"),
    [
        (Kind.TEXT, "Ada", "Ada", True),
        (Kind.TEXT, "Ada", "Ada ", False),
        (Kind.LONG_TEXT, "a\nb\rc", "a\r\nb\r\nc", True),
        (Kind.LONG_TEXT, "a\nb", "a\r\n\r\nb", False),
        (Kind.SEVERAL_OF, ["1", "2"], ["2", "1"], True),
        (Kind.SEVERAL_OF, ["1", "2"], ["2"], False),
        (Kind.ROWS, [["a\nb", ""]], [["ab", ""], ["", ""]], True),
        (Kind.ROWS, [["a\r\nb"]], [["ab"]], True),
        (Kind.ROWS, [["a", ""]], [["a", "b"]], False),
        (Kind.ROWS, [["a", ""]], [], False),
    ],
)
def test_an_input_that_nobody_touched_is_known(kind: Kind, shown_before: Any, typed: Any, is_untouched: bool) -> None:
    assert is_same(typed, shown_before, kind) is is_untouched


@pytest.mark.parametrize(
    ("value", "typed", "answer"),
    [
        (None, [["Ada", "36", ""]], [{"name": "Ada", "age": 36}]),
        ("nobody", [["Ada", "", ""]], [{"name": "Ada"}]),
        (
            ["nobody", {"id": 1}, {"name": "Ada", "id": 2}],
            [["Ada", "", ""], ["Bo", "", ""]],
            [{"name": "Ada", "id": 2}, {"name": "Bo"}],
        ),
        ([{"name": "Ada", "id": 2}], [["Ada", "36", ""]], [{"name": "Ada", "age": 36}]),
        ([{"name": "Ada", "id": 2}], [["", "", ""]], None),
    ],
)
def test_a_row_that_nobody_touched_is_what_it_was(value: Any, typed: Any, answer: Any) -> None:
    assert read_again(typed, value, PEOPLE) == answer


def test_an_input_that_nobody_touched_says_what_is_stored() -> None:
    assert read_again("2026-07-01T14:30", "2026-07-01T16:30:00+02:00", MOMENT) == "2026-07-01T16:30:00+02:00"
    assert read_again("2026-07-01T14:31", "2026-07-01T16:30:00+02:00", MOMENT) == "2026-07-01T14:31:00+00:00"
