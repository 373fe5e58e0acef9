"""What is wrong with the placeholders in an author's words: everything at once, at the text that holds it."""

from typing import Any

import pytest

from engine.findings import Severity
from engine.tests.builders import BOOL, LIST, NUMBER, TEXT, document, found, info, only_finding, row, rule, step
from engine.validation import validate

COLUMNS = {"size": {**NUMBER, "x-messages": {"minimum": "{{state.x}}"}}, "rest": True}


def test_answers_may_stand_in_every_text_that_people_are_told() -> None:
    asked = {
        **TEXT,
        "description": "As in {{state.b}}",
        "x-messages": {"type": "No, {{state.b}}.", "*": "Fine."},
        "x-ask": ["Fine?", "Really, {{state.b}}?"],
    }
    rules = [rule(row("a", "answered"), "Eh, {{state.b}}?")]
    source = document(
        step("one", "a", "b", name="For {{state.a}}", description="{{ state.b }}", rules=rules),
        info("end", end={"outcome": "x", "message": "Bye, {{state.a}}."}),
        properties={"a": asked, "b": TEXT},
    )

    assert found(source) == []


def test_an_answer_that_there_is_not_is_told_at_each_text_with_the_nearest_one() -> None:
    wrong = "{{state.naem}} and {{state.naem}}"
    items = {"type": "object", "properties": COLUMNS, "x-messages": {"type": "{{state.y}}", "not": 5}}
    source = document(
        step("one", "name", name=wrong, description=wrong, rules=[rule(row("name", "answered"), wrong)]),
        step("two", "list"),
        info("end", end={"outcome": "x", "message": wrong}),
        properties={
            "name": {**TEXT, "description": wrong, "x-messages": {"type": wrong}, "x-ask": ["Fine?", wrong]},
            "list": {**LIST, "items": items},
        },
    )  # fmt: skip

    assert found(source) == [
        ("unknown_field", "/steps/0/name"),
        ("unknown_field", "/steps/0/description"),
        ("unknown_field", "/steps/0/rules/0/message"),
        ("unknown_field", "/steps/2/end/message"),
        ("unknown_field", "/state_schema/properties/name/description"),
        ("unknown_field", "/state_schema/properties/name/x-ask/1"),
        ("unknown_field", "/state_schema/properties/name/x-messages/type"),
        ("unknown_field", "/state_schema/properties/list/items/x-messages/type"),
        ("unknown_field", "/state_schema/properties/list/items/properties/size/x-messages/minimum"),
    ]
    assert validate(source)[0].message == "The state schema has no property 'naem'. Did you mean 'name'?"
    assert validate(source)[0].suggestion == "name"
    assert [finding.step for finding in validate(source)[:5]] == ["one", "one", "one", "end", None]


def test_what_is_wrong_with_words_is_told_of_the_step_or_the_field_that_says_them() -> None:
    wrong = "{{a}} {{b}}"
    column = {**NUMBER, "x-messages": {"minimum": wrong}}
    items = {"type": "object", "properties": {"size": column}, "x-messages": {"type": wrong}}
    source = document(
        step("one", "name", name=wrong, description=wrong, rules=[rule(row("name", "answered"), wrong)]),
        step("two", "list"),
        info("end", end={"outcome": "x", "message": wrong}),
        properties={
            "name": {**TEXT, "description": wrong, "x-messages": {"type": wrong}, "x-ask": [wrong]},
            "list": {**LIST, "items": items},
        },
    )  # fmt: skip

    told = [(finding.path.rpartition("/")[2], finding.step, finding.field) for finding in validate(source)]

    assert told == [
        ("name", "one", None),
        ("description", "one", None),
        ("message", "one", None),
        ("message", "end", None),
        ("description", None, "name"),
        ("0", None, "name"),
        ("type", None, "name"),
        ("type", None, "list"),
        ("minimum", None, "list"),
    ]


@pytest.mark.parametrize("kind", ["mask", "never_llm"])
def test_a_sensitive_answer_in_words_is_refused_and_so_is_what_follows_from_it(kind: str) -> None:
    source = document(
        step("one", "born", "free", "slot", name="{{state.born}}", description="{{state.age}} {{state.older}}"),
        properties={
            "born": {**TEXT, "format": "date", "x-sensitive": kind},
            "age": {"type": "integer", "x-computed": {"years_since": "born"}},
            "older": {**NUMBER, "x-computed": {"sum": ["age"]}},
            "free": {**LIST, "x-sensitive": kind},
            "slot": {**TEXT, "x-choices": {"ref": "free"}, "x-ask": ["Not {{state.slot}}?"]},
        },
        required=["born", "free", "slot"],
    )

    told = [(finding.rule, finding.path, finding.message.partition(".")[0]) for finding in validate(source)]

    assert told == [
        ("sensitive_in_words", "/steps/0/name", "'born' is sensitive"),
        ("sensitive_in_words", "/steps/0/description", "'age' follows from 'born', which is sensitive"),
        ("sensitive_in_words", "/steps/0/description", "'older' follows from 'born', which is sensitive"),
        (
            "sensitive_in_words",
            "/state_schema/properties/slot/x-ask/0",
            "'slot' follows from 'free', which is sensitive",
        ),
    ]
    assert validate(source)[0].message.endswith(
        "Its value never stands in words, which anybody may read. Take the placeholder out."
    )


def test_each_field_that_a_field_is_computed_from_may_make_it_sensitive() -> None:
    properties = {
        "half": {**NUMBER, "x-computed": {"sum": ["first"]}},
        "first": NUMBER,
        "second": {**NUMBER, "x-sensitive": "mask"},
        "all": {**NUMBER, "x-computed": {"sum": ["half", "second"]}},
    }
    source = document(
        step("one", "first", "second", name="{{state.all}}"), properties=properties, required=["first", "second"]
    )

    assert only_finding(source).message.startswith("'all' follows from 'second', which is sensitive.")


def test_looking_for_what_is_sensitive_comes_to_an_end() -> None:
    circle = {"a": {**NUMBER, "x-computed": {"sum": ["b"]}}, "b": {**NUMBER, "x-computed": {"sum": ["a", "none"]}}}
    source = document(step("one", "c", name="{{state.a}}"), properties=circle, required=[])

    assert {rule_id for rule_id, _ in found(source)} == {"computed_cycle", "unknown_field"}


@pytest.mark.parametrize(
    ("text", "rule_id", "words"),
    [
        ("{{workflow.id}}", "placeholder_misplaced", "Only answers stand in words, like {{state.name}}."),
        ("{{secret:bank}}", "secret_misplaced", "A secret never stands in words."),
        ("{{a}}", "malformed_placeholder", "This holds a {{...}} that asks for nothing known, and would be read"),
        ("{{ state.a }", "malformed_placeholder", "This holds a {{...}} that asks for nothing known, and would be"),
        ("{{state.a b}}", "malformed_placeholder", "This holds a {{...}} that asks for nothing known, and would be"),
    ],
)
def test_what_is_no_answer_is_refused_in_words(text: str, rule_id: str, words: str) -> None:
    finding = only_finding(document(step("one", "a", description=f"{{{{state.a}}}} {text}")))

    assert (finding.rule, finding.path, finding.severity) == (rule_id, "/steps/0/description", Severity.ERROR)
    assert finding.message.startswith(words)
    assert finding.step == "one"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("{{Full name}}", "{{state.full_name}}"),
        ("{{ full_name }}", "{{state.full_name}}"),
        ("{{nothing}} {{state.Date of Birth}}", "{{state.born}}"),
        ("{{}}", None),
    ],
)
def test_who_writes_a_label_is_told_what_to_write(text: str, meant: str | None) -> None:
    properties = {"born": {**TEXT, "title": "Date of birth"}}

    finding = only_finding(document(step("one", "full_name", "born", name=text), properties=properties))

    assert finding.suggestion == meant
    hint = f"Did you mean {meant}?" if meant else "Write {{state.field}}, with nothing else in the braces."
    assert finding.message.endswith(f" {hint}")


@pytest.mark.parametrize("text", ["{state.a}", "{ state.a }", "{state.a}}", "{{state.a}} {state.none}"])
def test_half_a_placeholder_is_worth_a_look(text: str) -> None:
    finding = only_finding(document(step("one", "a"), properties={"a": {**TEXT, "x-ask": [f"Is it {text}?"]}}))

    assert (finding.rule, finding.severity) == ("malformed_placeholder", Severity.WARNING)
    assert finding.path == "/state_schema/properties/a/x-ask/0"
    assert finding.message.endswith(" is read as it stands. Write {{state.field}}, with two braces on either side.")
    assert finding.field == "a"


def test_where_nothing_is_filled_in_a_placeholder_is_worth_a_look() -> None:
    text = "For {{state.a}}"
    options = [{"const": 1, "title": text}, {"const": 2}]
    source = document(
        step("one", "a", "b"),
        properties={"a": {**TEXT, "title": text}, "b": {**LIST, "items": {"oneOf": options}}},
        description=text,
        guidelines=text,
    )

    findings = validate(source)

    assert {(finding.rule, finding.severity) for finding in findings} == {("placeholder_not_filled", Severity.WARNING)}
    assert {finding.message for finding in findings} == {
        "Nothing is filled in here: this is read as it stands. Take the placeholder out."
    }
    assert [(finding.path, finding.field) for finding in findings] == [
        ("/description", None),
        ("/guidelines", None),
        ("/state_schema/properties/a/title", "a"),
        ("/state_schema/properties/b/items/oneOf/0/title", "b"),
    ]


def test_braces_that_ask_for_nothing_are_words_like_any() -> None:
    source = document(step("one", "a", name="A {set}", description="{ } }} {state} {x.y}"))

    assert found(source) == []


def test_words_of_a_part_whose_shape_is_wrong_hide_nothing_else() -> None:
    properties: Any = {"a": {**TEXT, "description": "{{state.none}}"}, "b": {**BOOL, "x-ask": "{{state.none}}"}}

    told = found(document(step("one", "a", "b", name="{{state.none}}"), properties=properties))

    assert ("shape", "/state_schema/properties/b/x-ask") in told
    assert ("unknown_field", "/steps/0/name") in told
    assert ("unknown_field", "/state_schema/properties/a/description") in told
