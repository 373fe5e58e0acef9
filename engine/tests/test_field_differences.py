"""What differs between fields, their choices and their columns."""

from typing import Any

import pytest

from engine.differences import differences
from engine.tests.builders import BOOL, NUMBER, TEXT
from engine.tests.loans import CHECK, CHOICES, OPAQUE, Json, changed, field, fields_of, loan, told


def test_a_field_comes_and_goes_with_its_kind() -> None:
    after = loan()
    fields_of(after)["until"] = {**TEXT, "format": "date", "title": "Until"}
    after["state_schema"]["required"].append("until")

    assert told(loan(), after) == ["Field “Until” added (date, required)"]
    assert told(after, loan()) == ["Field “Until” removed"]
    assert differences(after, loan())[0].before == "date, required"


@pytest.mark.parametrize(
    ("name", "keywords", "words"),
    [
        ("days", {"title": "Days"}, "Field “Number of days” is now called “Days”"),
        ("days", {"title": " Number of days"}, f"Field “Number of days” {OPAQUE}"),
        ("days", {"title": 5}, "Field “Days”: label removed, “Number of days”"),
        ("note", {"title": "Anything else"}, "Field “Anything else”: label added, “Anything else”"),
        ("days", {"maximum": 60}, "Field “Number of days”: at most 90 becomes 60"),
        ("days", {"maximum": "60"}, "Field “Number of days”: no longer at most 90"),
        ("days", {"minimum": 1}, "Field “Number of days”: now at least 1"),
        ("days", {"minimum": "1"}, f"Field “Number of days” {OPAQUE}"),
        ("days", {"exclusiveMinimum": 1}, "Field “Number of days”: now more than 1"),
        ("days", {"exclusiveMaximum": 1}, "Field “Number of days”: now less than 1"),
        ("days", {"multipleOf": 7}, "Field “Number of days”: now a multiple of 7"),
        ("days", {"x-unit": "days"}, "Field “Number of days”: unit added, “days”"),
        ("days", {"type": "number"}, "Field “Number of days”: whole number becomes number"),
        ("days", {"type": ["integer", "null"]}, f"Field “Number of days” {OPAQUE}"),
        ("days", {"default": 5}, "Field “Number of days”: suggestion added, 5"),
        ("device", {"default": "phone"}, "Field “Device”: suggestion added, “Phone”"),
        ("days", {"const": 5}, "Field “Number of days”: now always 5"),
        ("note", {"minLength": 1}, "Field “Note”: now at least 1 character"),
        ("note", {"maxLength": 200}, "Field “Note”: now at most 200 characters"),
        ("note", {"maxLength": True}, f"Field “Note” {OPAQUE}"),
        ("extras", {"minItems": 1}, "Field “Extras”: now at least 1 item"),
        ("extras", {"minItems": True}, f"Field “Extras” {OPAQUE}"),
        ("extras", {"maxItems": 2}, "Field “Extras”: now at most 2 items"),
        ("extras", {"uniqueItems": True}, "Field “Extras”: now without the same entry twice"),
        ("note", {"pattern": "^A"}, "Field “Note”: pattern of the answer added, “^A”"),
        ("note", {"format": "email"}, "Field “Note”: text becomes e-mail address"),
        ("note", {"format": "uuid"}, f"Field “Note” {OPAQUE}"),
        ("note", {"description": "Why we ask"}, "Field “Note”: help added, “Why we ask”"),
        ("note", {"description": ""}, f"Field “Note” {OPAQUE}"),
        ("note", {"description": 5}, f"Field “Note” {OPAQUE}"),
        ("note", {"description": "w" * 200}, "Field “Note”: help added"),
        ("note", {"x-ask": ["Why?", "How?"]}, "Field “Note”: question added, “Why?” and “How?”"),
        ("note", {"x-ask": "Why?"}, f"Field “Note” {OPAQUE}"),
        ("note", {"x-ask-first": True}, "Field “Note”: now accepted only after it was asked"),
        ("note", {"x-own-address": True}, "Field “Note”: now the person's own address, to which e-mails may go"),
        ("note", {"x-sensitive": "mask"}, "Field “Note”: now sensitive, hidden from whoever has no right to see it"),
        ("note", {"x-sensitive": ["mask"]}, f"Field “Note” {OPAQUE}"),
        (
            "note",
            {"readOnly": True},
            "Field “Note”: now asked of nobody: whoever starts the workflow gives it, or an action finds it out",
        ),
        ("note", {"readOnly": False}, f"Field “Note” {OPAQUE}"),
        ("note", {"x-on-change": "reset"}, "Field “Note”: now asked again if what it depends on changes"),
        ("note", {"x-depends-on": ["days"]}, "Field “Note”: now checked again after a change of Number of days"),
        ("note", {"x-depends-on": [5]}, f"Field “Note” {OPAQUE}"),
        (
            "days",
            {"x-computed": {"count": "people"}},
            "Field “Number of days”: now computed as number of entries in People",
        ),
        ("days", {"x-when": CHECK}, "Field “Number of days”: now asked only if Number of days is at most 90"),
        (
            "note",
            {"x-messages": {"*": "No."}},
            "Field “Note”: message if the answer is wrong in any other way added, “No.”",
        ),
        ("note", {"x-messages": {"dependentRequired": "No."}}, f"Field “Note” {OPAQUE}"),
        ("note", {"x-messages": {}}, f"Field “Note” {OPAQUE}"),
        ("note", {"x-messages": 5}, f"Field “Note” {OPAQUE}"),
        ("note", {"x-colour": "red"}, f"Field “Note” {OPAQUE}"),
        ("note", {"x-order": 60}, "Field “Note” has another number; the order is as before"),
        ("note", {"x-order": 0.5}, "Field “Note” moved to the beginning"),
        ("note", {"x-order": 1.5}, "Field “Note” moved after “Device”"),
        ("days", {"x-order": 2.5}, "Field “Number of days” has another number; the order is as before"),
        ("days", {"x-order": 5.5}, "Field “Number of days” moved after “Date of birth”"),
        ("extras", {"x-order": 7}, "Field “Extras” moved after “Note”"),
        ("note", {"enum": []}, f"Field “Note” {OPAQUE}"),
    ],
)
def test_what_is_said_of_a_field(name: str, keywords: Json, words: str) -> None:
    assert field(name, **keywords) == [words]


@pytest.mark.parametrize(
    ("name", "keywords", "words"),
    [
        ("days", {"maximum": 60, "x-unit": "days"}, [": at most 90 becomes 60 days", ": unit added, “days”"]),
        ("note", {"x-order": "6"}, [f" {OPAQUE}", " moved to the beginning"]),
        ("extras", {"items": 5}, [": several of a list becomes list", f" {OPAQUE}"]),
        ("device", {"oneOf": CHOICES[:2], "minLength": 2}, [": choice removed “pc”", ": now at least 2 characters"]),
        ("note", {"type": "integer", "format": "email"}, [": text becomes whole number"]),
    ],
)
def test_what_is_said_of_a_field_in_which_several_things_follow_from_another(
    name: str, keywords: Json, words: list[str]
) -> None:
    label = {"days": "Number of days", "note": "Note", "extras": "Extras", "device": "Device"}[name]

    assert field(name, **keywords) == [f"Field “{label}”{one}" for one in words]


def test_choices_out_of_a_collected_list_are_a_choice() -> None:
    assert field("note", **{"x-choices": {"ref": "people"}}) == [
        "Field “Note”: text becomes one of a list",
        "Field “Note”: now choices from People",
    ]
    assert field("note", **{"x-choices": {"ref": "people", "value": "id", "label": "name"}})[1] == (
        "Field “Note”: now choices from People, kept by “id”, shown by “name”"
    )
    assert field("device", **{"x-choices": 5}) == [f"Field “Device” {OPAQUE}"]


@pytest.mark.parametrize(
    ("name", "choices", "words"),
    [
        ("device", {"oneOf": [*CHOICES, {"const": "drone", "title": "Drone"}]}, ["choice added “Drone”"]),
        ("device", {"oneOf": CHOICES[:2]}, ["choice removed “pc”"]),
        ("device", {"oneOf": [CHOICES[2], *CHOICES[:2]]}, ["choice “pc” moved to the beginning"]),
        ("device", {"oneOf": [CHOICES[1], CHOICES[2], CHOICES[0]]}, ["choice “Phone” moved after “pc”"]),
        (
            "device",
            {"oneOf": [{"const": "phone", "title": "Telephone"}, *CHOICES[1:]]},
            ["choice “Phone” is now called “Telephone”"],
        ),
        (
            "device",
            {"oneOf": [{"const": "phone", "title": "Telephone", "x": 1}, *CHOICES[1:]]},
            ["choice “Phone” is now called “Telephone”", f"choice “Telephone” {OPAQUE}"],
        ),
        ("device", {"oneOf": [{**CHOICES[0], "description": "x"}, *CHOICES[1:]]}, [f"choice “Phone” {OPAQUE}"]),
        ("extras", {"items": {**TEXT, "enum": ["bag"]}}, ["choice removed “cable”"]),
    ],
)
def test_what_is_said_of_choices(name: str, choices: Json, words: list[str]) -> None:
    label = {"device": "Device", "extras": "Extras"}[name]

    assert field(name, **choices) == [f"Field “{label}”: {one}" for one in words]


def test_choices_that_get_titles_are_renamed() -> None:
    before = loan()
    fields_of(before)["device"] = {**TEXT, "title": "Device", "enum": ["phone", "pc"], "x-order": 1}
    after = loan()
    fields_of(after)["device"] = {**TEXT, "title": "Device", "oneOf": [CHOICES[0], CHOICES[2]], "x-order": 1}

    assert told(before, after) == ["Field “Device”: choice “phone” is now called “Phone”"]


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ({"minLength": 2}, "Field “Extras”, each entry: now at least 2 characters"),
        ({"type": "integer"}, f"Field “Extras”, each entry {OPAQUE}"),
    ],
)
def test_what_is_said_of_each_entry_of_a_list(items: Json, words: str) -> None:
    assert field("extras", items={**TEXT, "enum": ["bag", "cable"], **items}) == [words]


def test_columns_of_a_list_are_told_like_fields() -> None:
    columns = {"age": {**NUMBER, "title": "Years", "minimum": 0}, "name": TEXT}

    words = field("people", items={"type": "object", "properties": columns, "required": []})

    assert words == [
        "Field “People”, column “Age” is now called “Years”",
        "Field “People”, column “Years”: now at least 0",
        "Field “People”, column “Name” added (text, optional)",
        "Field “People”, column “Years” is now optional",
    ]


def test_parts_of_a_group_are_told_like_fields() -> None:
    before, after = loan(), loan()
    fields_of(before)["address"] = {"type": "object", "properties": {"zip": TEXT}}
    fields_of(after)["address"] = {"type": "object", "properties": {"zip": BOOL}, "required": ["zip"]}

    assert told(before, after) == [
        "Field “Address”, part “Zip”: text becomes yes or no",
        "Field “Address”, part “Zip” is now required",
    ]
    assert field("note", properties=5) == [f"Field “Note” {OPAQUE}"]
    assert field("note", properties={}) == [f"Field “Note” {OPAQUE}"]


@pytest.mark.parametrize(
    ("required", "words"),
    [
        (["device", "days", "people", "note"], ["Field “Note” is now required"]),
        (["device", "people"], ["Field “Number of days” is now optional"]),
        (["people", "days", "device"], [f"The information {OPAQUE}"]),
        (["device", "days", "people", "people"], [f"The information {OPAQUE}"]),
        (["device", 5], [f"The information {OPAQUE}"]),
        ("device", [f"The information {OPAQUE}"]),
    ],
)
def test_what_is_required_is_told_by_field(required: Any, words: list[str]) -> None:
    assert changed(lambda after: after["state_schema"].update(required=required)) == words


def test_another_order_of_what_is_required_is_told_also_where_a_field_is_gone() -> None:
    def change(after: Json) -> None:
        del fields_of(after)["device"]
        after["state_schema"]["required"] = ["people", "days"]

    assert changed(change) == ["Field “Device” removed", f"The information {OPAQUE}"]


def test_messages_that_change_are_told_by_what_they_are_about() -> None:
    before = loan()
    fields_of(before)["days"]["x-messages"] = {"maximum": "No."}

    def replaced_by(messages: Any) -> list[str]:
        return changed(lambda after: fields_of(after)["days"].update({"x-messages": messages}), before=before)

    assert replaced_by({"maximum": "Too long."}) == [
        "Field “Number of days”: message if the answer is too high “No.” becomes “Too long.”"
    ]
    assert replaced_by(5) == [f"Field “Number of days” {OPAQUE}"]
    other = loan()
    fields_of(other)["days"]["x-messages"] = 5
    assert told(other, before) == [f"Field “Number of days” {OPAQUE}"]


@pytest.mark.parametrize("change", [{"properties": 5}, {"allOf": []}, {"type": "array"}])
def test_what_else_is_said_of_the_information_is_for_developers(change: Json) -> None:
    assert changed(lambda after: after["state_schema"].update(change)) == [f"The information {OPAQUE}"]


@pytest.mark.parametrize("wrong", [{"state_schema": 5}, {"state_schema": {"type": "object", "properties": 5}}])
def test_information_that_was_not_readable_is_for_developers(wrong: Json) -> None:
    document = {**loan(), "state_schema": {"type": "object", "properties": {"note": TEXT}}}

    assert told({**document, **wrong}, document) == [f"The information {OPAQUE}"]


def test_a_field_that_is_no_schema_is_for_developers() -> None:
    assert changed(lambda after: fields_of(after).update(device=True)) == [f"Field “Device” {OPAQUE}"]


def test_a_field_that_goes_is_called_as_it_was() -> None:
    assert changed(lambda after: fields_of(after).pop("born")) == ["Field “Date of birth” removed"]


def test_a_field_without_a_number_stands_first() -> None:
    assert changed(lambda after: fields_of(after)["note"].pop("x-order")) == ["Field “Note” moved to the beginning"]
    assert changed(lambda after: fields_of(after)["device"].pop("x-order")) == [
        "Field “Device” has another number; the order is as before"
    ]


def test_other_numbers_in_the_same_order_are_told_once() -> None:
    def renumber(after: Json) -> None:
        for schema in fields_of(after).values():
            schema["x-order"] *= 10

    assert changed(renumber) == ["Field “Device” has another number; the order is as before"]


def test_numbers_that_follow_from_what_came_or_went_are_not_told() -> None:
    def without_the_first(after: Json) -> None:
        del fields_of(after)["device"]
        after["state_schema"]["required"].remove("device")
        for number, schema in enumerate(fields_of(after).values()):
            schema["x-order"] = number

    assert changed(without_the_first) == ["Field “Device” removed"]


def test_answers_in_questions_help_and_messages_are_read_by_their_labels() -> None:
    changes = {
        "x-ask": ["How long, {{state.born}}?"],
        "description": "{{state.born}}",
        "x-messages": {"maximum": "Less, {{state.born}}."},
    }
    found = changed(lambda after: fields_of(after)["days"].update(changes))

    assert found == [
        "Field “Number of days”: question added, “How long, [Date of birth]?”",
        "Field “Number of days”: help added, “[Date of birth]”",
        "Field “Number of days”: message if the answer is too high added, “Less, [Date of birth].”",
    ]
