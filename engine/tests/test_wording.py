"""What parts of a document mean, in the words of its author."""

from collections.abc import Callable
from typing import Any

import pytest

from engine.document_schema import MAX_CONDITION_DEPTH
from engine.tests.builders import document, info, row, step
from engine.wording import (
    UNREADABLE_CONDITION,
    UNREADABLE_DURATION,
    UNREADABLE_FORMULA,
    UNREADABLE_KIND,
    Vocabulary,
    computed_in_words,
    condition_in_words,
    duration_in_words,
    kind_in_words,
    plain_value,
)

type Json = dict[str, Any]

PEOPLE: Json = {
    "type": "array",
    "title": "People",
    "items": {"type": "object", "properties": {"pay": {"type": "number", "title": "Monthly pay", "x-unit": "EUR"}}},
}
TITLED: Json = {"oneOf": [{"const": "car", "title": "A car"}, {"const": "home"}, {"const": "x", "title": 5}]}
SOURCE = document(
    step("what", "amount", "purpose"),
    info("minor", name="Too young"),
    properties={
        "amount": {"type": "number", "title": "Amount", "x-unit": "EUR"},
        "income": {"type": ["integer", "null"], "title": "Yearly income"},
        "year": {"type": "integer"},
        "purpose": {"type": "string", "title": "Purpose", **TITLED},
        "extras": {"type": "array", "title": "Extras", "items": {"type": "string", **TITLED}},
        "born": {"type": "string", "format": "date", "title": "Date of birth"},
        "call_at": {"type": "string", "format": "date-time"},
        "name": {"type": "string", "title": " Name "},
        "smoker": {"type": "boolean", "title": "Smoker"},
        "term": {"type": "integer", "title": "Term", "enum": [12, 24], "x-unit": "months"},
        "people": PEOPLE,
        "free": {},
    },
)
WORDS = Vocabulary.of(SOURCE)

CAR, RICH, SMOKER = row("purpose", "==", "car"), row("amount", ">", 5000), row("smoker", "==", True)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (row("purpose", "==", "car"), "Purpose is “A car”"),
        (row("purpose", "!=", "home"), "Purpose is not “home”"),
        (row("purpose", "in", ["car", "home", "x"]), "Purpose is “A car”, “home” or “x”"),
        (row("purpose", "in", ["car"]), "Purpose is “A car”"),
        (row("purpose", "in", []), "Purpose is nothing"),
        (row("purpose", "not_in", ["car", "home"]), "Purpose is neither “A car” nor “home”"),
        (row("purpose", "not_in", ["car"]), "Purpose is not “A car”"),
        (row("amount", "<", 5000), "Amount is less than 5,000 EUR"),
        (row("amount", "<=", 5000), "Amount is at most 5,000 EUR"),
        (row("amount", ">", 5000), "Amount is more than 5,000 EUR"),
        (row("amount", ">=", 0.5), "Amount is at least 0.5 EUR"),
        (row("year", ">=", 1950), "Year is at least 1950"),
        (row("term", "==", 12), "Term is 12 months"),
        (row("smoker", "==", True), "Smoker is yes"),
        (row("smoker", "!=", value=False), "Smoker is not no"),
        (row("born", "<", "2006-03-14"), "Date of birth is before 14 March 2006"),
        (row("born", "<=", "2006-03-14"), "Date of birth is on or before 14 March 2006"),
        (row("born", ">", "2006-03-14"), "Date of birth is after 14 March 2006"),
        (row("born", ">=", "2006-03-14"), "Date of birth is on or after 14 March 2006"),
        (row("born", "==", "2006-03-14"), "Date of birth is 14 March 2006"),
        (row("born", "<", "soon"), "Date of birth is before “soon”"),
        (row("call_at", "<", "2026-01-31T14:00:00Z"), "Call at is before 31 January 2026 at 14:00:00Z"),
        (row("name", "<", "M"), "Name comes, by alphabet, before “M”"),
        (row("name", "<", "2006-03-14"), "Name comes, by alphabet, before “2006-03-14”"),
        (row("name", "<=", "M"), "Name is, or comes by alphabet before, “M”"),
        (row("name", ">", "M"), "Name comes, by alphabet, after “M”"),
        (row("name", ">=", "M"), "Name is, or comes by alphabet after, “M”"),
        (row("extras", "contains", "car"), "Extras includes “A car”"),
        (row("extras", "contains_any", ["car", "home"]), "Extras includes “A car” or “home”"),
        (row("extras", "contains_all", ["car", "home"]), "Extras includes “A car” and “home”"),
        (row("extras", "!=", []), "Extras is not an empty list"),
        (row("extras", "answered"), "Extras is answered"),
        (row("extras", "empty"), "Extras is not answered"),
        (row("name", "attempts>=", 1), "Name was refused at least once"),
        (row("name", "attempts>=", 3), "Name was refused at least 3 times"),
        (row("amount", "<=", ref="income"), "Amount is at most Yearly income"),
        (row("name", "<", ref="purpose"), "Name comes, by alphabet, before Purpose"),
        (row("born", "<", ref="$today"), "Date of birth is before today"),
        (row("born", "<", ref="call_at"), "Date of birth is before Call at"),
        (row("born", ">", ref="$today", offset="-P18Y"), "Date of birth is later than 18 years before today"),
        (row("born", ">=", ref="$today", offset="P1M"), "Date of birth is no earlier than 1 month after today"),
        (row("born", "<", ref="call_at", offset="P4M"), "Date of birth is earlier than 4 months after Call at"),
        (row("born", "<=", ref="$today", offset="-P1D"), "Date of birth is no later than 1 day before today"),
        (row("born", "==", ref="$today", offset="-P1D"), "Date of birth is 1 day before today"),
        (row("purpose", "in", ref="extras"), "Purpose is one of Extras"),
        (row("purpose", "not_in", ref="extras"), "Purpose is none of Extras"),
        (row("extras", "contains", ref="purpose"), "Extras includes Purpose"),
        (row("extras", "contains_any", ref="people"), "Extras includes some of People"),
        (row("extras", "contains_all", ref="people"), "Extras includes all of People"),
        (row("ghost_field", "==", "a"), "Ghost field is “a”"),
        (row("ghost_field", "<", 5), "Ghost field is less than 5"),
        (row("ghost_field", "<", "2006-03-14"), "Ghost field is before 14 March 2006"),
        (row("ghost_field", "<", "M"), "Ghost field comes, by alphabet, before “M”"),
        (row("ghost_field", "<", ref="$today"), "Ghost field is before today"),
        (row("free", "==", value="2006-03-14"), "Free is 14 March 2006"),
    ],
)
def test_a_row_is_a_sentence_that_suits_the_kind_of_the_field(condition: Json, words: str) -> None:
    assert condition_in_words(condition, WORDS) == words


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"all": [CAR, RICH]}, "Purpose is “A car” and Amount is more than 5,000 EUR"),
        ({"any": [CAR, SMOKER]}, "either Purpose is “A car” or Smoker is yes"),
        ({"all": [CAR]}, "Purpose is “A car”"),
        ({"any": [{"all": [CAR]}]}, "Purpose is “A car”"),
        ({"not": CAR}, "not (Purpose is “A car”)"),
        ({"not": {"any": [CAR, SMOKER]}}, "not (either Purpose is “A car” or Smoker is yes)"),
        (
            {"all": [RICH, {"any": [CAR, SMOKER]}]},
            "Amount is more than 5,000 EUR and (Purpose is “A car” or Smoker is yes)",
        ),
        (
            {"any": [RICH, {"all": [CAR, SMOKER]}]},
            "either Amount is more than 5,000 EUR or (Purpose is “A car” and Smoker is yes)",
        ),
        (
            {"all": [RICH, {"all": [CAR, SMOKER]}]},
            "Amount is more than 5,000 EUR and Purpose is “A car” and Smoker is yes",
        ),
        (
            {"any": [{"any": [RICH, CAR]}, {"all": [{"any": [CAR, SMOKER]}]}]},
            "either Amount is more than 5,000 EUR or Purpose is “A car” or Purpose is “A car” or Smoker is yes",
        ),
        (
            {"all": [{"any": [RICH, {"all": [CAR, SMOKER]}]}, CAR]},
            "(Amount is more than 5,000 EUR or (Purpose is “A car” and Smoker is yes)) and Purpose is “A car”",
        ),
        ({"all": [CAR, 5]}, f"Purpose is “A car” and {UNREADABLE_CONDITION}"),
    ],
)
def test_groups_are_joined_with_parentheses_only_where_they_are_needed(condition: Json, words: str) -> None:
    assert condition_in_words(condition, WORDS) == words


@pytest.mark.parametrize(
    "condition",
    [
        None,
        True,
        "purpose",
        [CAR],
        {},
        {"all": []},
        {"any": {}},
        {"all": [CAR], "any": [CAR]},
        {"field": "purpose"},
        {"op": "==", "value": 1},
        {"field": 5, "op": "==", "value": 1},
        {"field": "purpose", "op": "like", "value": 1},
        {"field": "purpose", "op": ["=="], "value": 1},
        {"field": "purpose", "op": "=="},
        {"field": "purpose", "op": "answered", "value": 1},
        {"field": "purpose", "op": "==", "value": 1, "ref": "amount"},
        {"field": "purpose", "op": "==", "value": 1, "note": "x"},
        {"field": "purpose", "op": "==", "ref": 5},
        {"field": "purpose", "op": "==", "ref": "amount", "note": "x"},
        {"field": "born", "op": "<", "ref": "$today", "offset": "soon"},
        {"field": "born", "op": "attempts>=", "ref": "$today"},
        {"field": "born", "op": "attempts>=", "value": "often"},
        {"field": "purpose", "op": "in", "value": "car"},
    ],
)
def test_what_no_form_can_say_is_said_to_be_a_developers(condition: Any) -> None:
    assert condition_in_words(condition, WORDS) == UNREADABLE_CONDITION


def test_a_condition_is_read_as_deep_as_one_may_be() -> None:
    deep: Any = CAR
    for _ in range(MAX_CONDITION_DEPTH - 1):
        deep = {"not": deep}

    assert UNREADABLE_CONDITION not in condition_in_words(deep, WORDS)
    assert UNREADABLE_CONDITION in condition_in_words({"not": deep}, WORDS)
    assert UNREADABLE_CONDITION in condition_in_words({"all": [{"all": [deep]}]}, WORDS)


@pytest.mark.parametrize("around", [lambda part: {"all": [part]}, lambda part: {"any": [part, CAR]}])
def test_each_group_is_one_step_deeper(around: Callable[[Any], Json]) -> None:
    deep: Any = CAR
    for _ in range(MAX_CONDITION_DEPTH - 1):
        deep = around(deep)

    assert UNREADABLE_CONDITION not in condition_in_words(deep, WORDS)
    assert UNREADABLE_CONDITION in condition_in_words(around(deep), WORDS)


def test_a_text_is_read_with_what_people_call_its_answers() -> None:
    assert WORDS.text("From {{state.born}} to {{state.ghost_field}}") == "From [Date of birth] to [Ghost field]"


@pytest.mark.parametrize(
    ("value", "field", "words"),
    [
        ("car", "purpose", "“A car”"),
        ("boat", "purpose", "“boat”"),
        (["car", "x"], "extras", "“A car” and “x”"),
        ([], "extras", "an empty list"),
        (12, "term", "12 months"),
        (True, "smoker", "yes"),
        (False, "smoker", "no"),
        (True, "term", "yes"),
        ("2006-03-14", "born", "14 March 2006"),
        ("2006-03-14", "name", "“2006-03-14”"),
        (None, "name", "nothing"),
        ([{"pay": 1200, "first_name": "Ann"}], "people", "Monthly pay: 1,200 EUR; First name: “Ann”"),
        ({}, "free", "nothing"),
        (1.5, "ghost", "1.5"),
    ],
)
def test_a_value_is_read_as_its_field_is(value: Any, field: str, words: str) -> None:
    assert plain_value(value, WORDS.schema(field)) == words


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "string", "format": "date-time"}, "date and time"),
        ({"type": "string", "contentMediaType": "text/plain"}, "long text"),
        ({"type": "string", "contentMediaType": "text/html"}, "text"),
        ({"type": "string", "format": "time"}, "time"),
        ({"type": "string", "format": "email"}, "e-mail address"),
        ({"type": "string", "format": "uri"}, "link"),
        ({"type": "string", "format": "uuid"}, "text"),
        ({"type": "string", "format": 5}, "text"),
        ({"type": "integer"}, "whole number"),
        ({"type": "number"}, "number"),
        ({"type": "boolean"}, "yes or no"),
        ({"type": "object"}, "group of values"),
        ({"type": ["string", "null"]}, "text"),
        ({"type": ["string", "number"]}, "text or number"),
        ({"enum": ["a"]}, "one of a list"),
        ({"type": "string", "oneOf": [{"const": "a"}]}, "one of a list"),
        ({"type": "string", "x-choices": {"ref": "slots"}}, "one of a list"),
        ({"type": "string", "oneOf": [{"const": "a"}, {"pattern": "b"}]}, "text"),
        ({"type": "string", "enum": []}, "text"),
        ({"type": "array"}, "list"),
        ({"type": ["array", "null"], "items": {"type": "string"}}, "list of texts"),
        ({"type": "array", "items": {"type": "number"}}, "list"),
        ({"type": "array", "items": {"type": "string", "enum": ["a"]}}, "several of a list"),
        ({"type": "array", "x-choices": {"ref": "slots"}}, "several of a list"),
        (PEOPLE, "list of people or things"),
        ({}, UNREADABLE_KIND),
        ({"type": "null"}, UNREADABLE_KIND),
        ({"type": "poem"}, UNREADABLE_KIND),
        ({"type": [{}]}, UNREADABLE_KIND),
        (True, UNREADABLE_KIND),
    ],
)
def test_a_kind_of_answer_has_a_name(schema: Any, words: str) -> None:
    assert kind_in_words(schema) == words


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ({"years_since": "born"}, "years since Date of birth"),
        ({"sum": ["amount", "income", "year"]}, "sum of Amount, Yearly income and Year"),
        ({"sum": {"list": "people", "of": "pay"}}, "sum of Monthly pay over all entries of People"),
        ({"sum": {"list": "ghosts", "of": "pay"}}, "sum of Pay over all entries of Ghosts"),
        ({"difference": ["income", "amount"]}, "Yearly income less Amount"),
        ({"count": "people"}, "number of entries in People"),
        ({"sum": []}, UNREADABLE_FORMULA),
        ({"sum": ["a", 5]}, UNREADABLE_FORMULA),
        ({"sum": {"list": 5, "of": "pay"}}, UNREADABLE_FORMULA),
        ({"sum": {"list": "people", "of": "pay", "less": "tax"}}, UNREADABLE_FORMULA),
        ({"difference": ["a"]}, UNREADABLE_FORMULA),
        ({"product": ["a", "b"]}, UNREADABLE_FORMULA),
        ({"count": "people", "years_since": "born"}, UNREADABLE_FORMULA),
        (None, UNREADABLE_FORMULA),
    ],
)
def test_a_formula_is_a_phrase(formula: Any, words: str) -> None:
    assert computed_in_words(formula, WORDS) == words


def test_a_duration_is_said_in_words() -> None:
    durations = ("P7D", "-P18Y", "", None)

    words = [duration_in_words(duration) for duration in durations]

    assert words == ["7 days", "minus 18 years", UNREADABLE_DURATION, UNREADABLE_DURATION]


def test_names_of_steps_and_fields_are_the_authors_or_made_readable() -> None:
    words = Vocabulary.of(SOURCE)

    assert [words.step(step_id) for step_id in ("minor", "no_such_step")] == ["Too young", "No such step"]
    assert [words.label(name) for name in ("born", "name", "no_such_field")] == [
        "Date of birth",
        "Name",
        "No such field",
    ]


@pytest.mark.parametrize(
    "source",
    [
        None,
        [],
        "x",
        {},
        {"state_schema": []},
        {"state_schema": {"properties": 5}},
        {"state_schema": {"properties": {"a": 5}}, "steps": [5, {"id": 5, "name": "x"}, {"id": "x", "name": " "}]},
        {"steps": {"id": "x"}},
    ],
)
def test_anything_has_a_vocabulary(source: Any) -> None:
    words = Vocabulary.of(source)

    assert (words.label("a"), words.step("x"), plain_value(5, words.schema("a"))) == ("A", "X", "5")
